"""The hidden checks: never released. Only here a check may ask for the reference."""

from autograder.authoring import check, expect

from .checks import matches_the_worked_example


@check(points=1, after=matches_the_worked_example)
def agrees_on_unseen_numbers(student, reference, rng):
    """EXERCISE agrees with the reference on random numbers"""
    x = rng.normal(size=(5, 2)).astype("float32")
    expect(student.EXERCISE(x)).close_to(reference.EXERCISE(x))
