"""Hidden checks of `predict` and `accuracy`: other models, sizes, another device."""

import numpy as np

from autograder.authoring import array, check, expect, plain

from .checks import (
    LAB,
    TEN,
    TEN_LABELS,
    expect_classes,
    gives_the_share_that_is_right,
    predicts_a_class_for_each_row,
)


def unseen(rng, rows, inputs):
    """Inputs and a unit whose guesses keep away from one half: x, w, b as float32."""
    w = rng.normal(size=(1, inputs)).astype(np.float32)
    b = rng.normal(size=1).astype(np.float32)
    x = rng.normal(size=(rows * 4, inputs)).astype(np.float32)
    z = x @ w.T + b
    return x[np.abs(z[:, 0]) > 1e-3][:rows], w, b


@check(points=2, after=predicts_a_class_for_each_row)
def agrees_with_the_reference_on_unseen_models(student, reference, rng):
    """predict agrees with the reference on other data, of other sizes, with several inputs"""
    for rows, inputs in ((7, 1), (300, 3), (1, 2)):
        x, w, b = unseen(rng, rows, inputs)
        mine = student.define(LAB, "on_unit")(student.predict, x, w, b)
        ours = plain(reference.define(LAB, "on_unit")(reference.predict, x, w, b))
        what = f"What `predict` made of {rows} rows with {inputs} inputs"
        expect_classes(mine, ours.reshape(-1), what)


@check(points=1, after=gives_the_share_that_is_right)
def counts_batches_of_every_size(student, reference, rng):
    """accuracy agrees with the reference on 300, 20 and 1 rows, and where all or none are right"""
    mine, ours = student.define(LAB, "share"), reference.define(LAB, "share")
    for rows, wrong in ((300, 0), (300, 300), (300, 41), (20, 7), (1, 0)):
        y = (rng.random((rows, 1)) < 0.5).astype(np.float32)
        sure = np.where(y > 0.5, 0.8, 0.2)
        is_wrong = rng.permutation(np.arange(rows) < wrong).reshape(-1, 1)
        p = np.where(is_wrong, 1 - sure, sure).astype(np.float32)
        what = f"What `accuracy` returned for {rows} rows, {rows - wrong} of them right,"
        answer = array(mine(student.accuracy, p, y), what=what)
        wanted = plain(ours(reference.accuracy, p, y))
        expect(answer.reshape(-1)[:1], what=what).close_to([wanted], atol=1e-5)


@check(points=1, after=gives_the_share_that_is_right)
def stays_on_the_device_of_its_inputs(student):
    """with model and data on a GPU, nothing is left behind on the CPU (the GPU is pretended)"""
    model = student.define(LAB, "Same")()
    classes = student.elsewhere(student.predict, model, TEN)
    expect_classes(classes, [1, 1, 1, 1, 0, 1, 0, 0, 0, 1], "What `predict` made of ten rows")
    what = "What `accuracy` returned for ten rows, 8 of them right,"
    share = array(student.elsewhere(student.accuracy, model, TEN, TEN_LABELS), what=what)
    expect(share.reshape(-1)[:1], what=what).close_to([0.8], atol=1e-5)
