"""Known wrong answers: the solution with one thing wrong. The docstring is the hint."""

from autograder.authoring import mistake

from .checks import matches_the_worked_example
from .hidden import agrees_on_unseen_numbers


@mistake(fails=matches_the_worked_example)
def doubled(x):
    """Is 2 * 3 the same as 3 * 3?"""
    return x + x


@mistake(fails=agrees_on_unseen_numbers)
def rounded(x):
    """What is the square of one half?"""
    return (x * x).round()
