"""Hidden checks of optimizers: other slopes, models, learning rates."""

import numpy as np

from autograder.authoring import check, column, credit, expect, plain

from .checks import (
    SLOPES,
    THREE_STEPS,
    adam_follows_the_worked_example,
    every_run_has_the_same_start,
    lbfgs_reaches_the_bottom,
    momentum_follows_the_worked_example,
    runs_of,
    unit,
    weight_and_bias,
)


@check(points=1, after=momentum_follows_the_worked_example)
def momentum_agrees_elsewhere(student, reference):
    """momentum_path is right on other slopes, with other momenta, and with weight decay"""
    for slope, start, lr, momentum, decay in (
        ("of_the_lecture", [0.5, -0.25], 0.01, 0.0, 0.0),
        ("of_the_lecture", [0.5, -0.25], 0.01, 0.9, 0.1),
        ("of_the_valley", [0.4, -0.3, 2.0], 0.05, 0.5, 0.0),
        ("of_the_valley", [0.4, -0.3, 2.0], 0.05, 0.8, 0.2),
    ):
        w = np.array(start, dtype=np.float32)
        path, wanted = (
            one.momentum_path(w, one.define(SLOPES, slope), lr, momentum, 6, decay)
            for one in (student, reference)
        )
        expect(path, what="The path").close_to(wanted, atol=1e-5)


@check(points=1, after=adam_follows_the_worked_example)
def adam_agrees_elsewhere(student, reference):
    """adam_path is right on other slopes and with other beta1, beta2 and eps"""
    for slope, start, lr, others in (
        ("of_the_lecture", [0.5, -0.25], 0.01, ()),
        ("of_the_valley", [0.4, -0.3, 2.0], 0.05, (0.5, 0.9)),
        ("of_the_valley", [0.4, -0.3, 2.0], 0.05, (0.8, 0.99, 0.1)),
    ):
        w = np.array(start, dtype=np.float32)
        path, wanted = (
            one.adam_path(w, one.define(SLOPES, slope), lr, 6, *others)
            for one in (student, reference)
        )
        expect(path, what="The path").close_to(wanted, atol=1e-5)


@check(points=1, after=lbfgs_reaches_the_bottom)
def lbfgs_asks_for_the_loss_again(student, reference):
    """train_lbfgs trains the given model with the given criterion, and computes the loss anew"""
    x, y = column(-2, -1, 0, 1, 2, 3), column(0, 1, 0, 1, 0, 1)
    ended = []
    for one in (student, reference):
        model = unit(one, -0.4, 0.3)
        losses = one.train_lbfgs(model, one.torch.nn.MSELoss(), x, y, 2)
        ended.append((losses, weight_and_bias(one, model), plain(model.calls)))
    (losses, found, calls), (wanted_losses, wanted, _) = ended
    expect(losses, what="The list of losses").close_to(plain(wanted_losses), atol=1e-4)
    expect(found, what="Weight and bias of the given model, after training,").close_to(
        wanted, atol=5e-3
    )
    expect(calls, what="The number of times that the model was called in two steps").at_least(4)


@check(points=1, after=every_run_has_the_same_start)
def every_run_is_that_optimizers(student, reference):
    """compare_optimizers runs each of the twelve at its own learning rate, epoch by epoch"""
    rates = {name: 0.02 * (1 + number) for number, name in enumerate(THREE_STEPS)}
    found = runs_of(student, unit(student, -0.3, 0.1), rates, 5)
    wanted = runs_of(reference, unit(reference, -0.3, 0.1), rates, 5)
    wrong = [name for name in rates if not np.allclose(found[name], wanted[name], atol=5e-5)]
    if wrong:
        return credit(
            1 - len(wrong) / len(rates),
            f"{len(rates) - len(wrong)} of {len(rates)} runs have the right losses; "
            f"not so: {', '.join(wrong)}.",
        )
    return None
