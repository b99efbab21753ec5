"""Hidden checks of `criterion`: other batches, soft labels, guesses that are nearly certain."""

import numpy as np

from autograder.authoring import check, column, expect

from .checks import drawn, matches_the_definition, stays_finite_where_the_model_is_certain


@check(points=1, after=matches_the_definition)
def agrees_on_unseen_batches(student, reference, rng):
    """criterion agrees with the reference on random batches of many sizes"""
    for rows in (1, 2, 5, 16, 300):
        p = rng.uniform(0.1, 0.9, size=(rows, 1)).astype(np.float32)
        y = rng.integers(0, 2, size=(rows, 1)).astype(np.float32)
        expect(student.criterion(p, y)).close_to(reference.criterion(p, y), atol=3e-4)


@check(
    points=1,
    after=matches_the_definition,
    hint="A soft label lies between 0 and 1, and then both terms of the formula count. Does your "
    "code treat y as a number, or as a choice of two?",
)
def weighs_both_terms_by_soft_labels(student, rng):
    """criterion is right for labels between 0 and 1"""
    expect(student.criterion(column(0.6), column(0.7))).close_to(0.63247, atol=1e-4)
    p, y, loss = drawn(rng, rows=6, soft=True)
    expect(student.criterion(p, y)).close_to(loss, atol=3e-4)


@check(
    points=1,
    after=(matches_the_definition, stays_finite_where_the_model_is_certain),
    hint="How much does your guard change a guess that needed none, and which way can it push the "
    "loss?",
)
def leaves_honest_guesses_alone(student):
    """the guard does not move the loss of a nearly certain guess, nor push it below 0"""
    p, y = column(0.9995), column(1)
    expect(student.criterion(p, y)).close_to(0.00050013, atol=5e-5)
    expect(student.criterion(1 - p, 1 - y)).close_to(0.00050013, atol=5e-5)
    expect(student.criterion(column(1, 0), column(1, 0))).at_least(-1e-9)
