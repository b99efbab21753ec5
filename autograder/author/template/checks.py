"""The visible checks: students get this file as it is."""

from autograder.authoring import check, column, expect


@check(points=2)
def matches_the_worked_example(student):
    """EXERCISE of 1, 2 and -3 is 1, 4 and 9"""
    expect(student.EXERCISE(column(1, 2, -3))).close_to(column(1, 4, 9))
