"""Known wrong answers."""

from autograder.authoring import mistake

from .checks import doubles_a_number


@mistake(fails=doubles_a_number, ids="T1")
def squares(x):
    """Is 2 * 3 the same as 3 * 3?"""
    return x * x
