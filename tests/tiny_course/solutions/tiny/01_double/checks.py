"""Three checks: a plain one, one that needs the reference, one with partial credit."""

from autograder.authoring import check, credit, expect, plain


@check(points=2, hint="How much is twice?")
def doubles_a_number(student):
    """double(3) is 6"""
    expect(student.double(3)).close_to(6)


@check(points=3, after=doubles_a_number)
def agrees_on_unseen(student, reference, rng):
    """double agrees with the reference"""
    x = rng.normal(size=(3, 1)).astype("float32")
    expect(student.double(x)).close_to(reference.double(x))


@check(points=4)
def gets_far(student, thresholds):
    """double(1) is far from 1"""
    far = (plain(student.double(1)) - 1) / thresholds.enough
    return credit(far, f"It went {far:g} of the way.")
