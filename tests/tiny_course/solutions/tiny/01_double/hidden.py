"""Hidden checks: never released."""

from autograder.authoring import check, expect

from .checks import doubles_a_number


@check(points=3, after=doubles_a_number)
def agrees_on_unseen(student, reference, rng):
    """double agrees with the reference"""
    x = rng.normal(size=(3, 1)).astype("float32")
    expect(student.double(x)).close_to(reference.double(x))
