"""Hidden checks: never released."""

from autograder.authoring import check, expect


@check(points=1)
def has_volume(student):
    """Voice(3).volume is 3"""
    expect(student.Voice(3).volume).equals(3)
