"""Hidden checks of `train`: other data, models, optimizers, and how far it gets."""

import numpy as np

from autograder.authoring import array, check, credit, expect

from .checks import LAB, numbers, takes_one_step_downhill


def batch(rng, rows, inputs):
    """Unseen data and a start: x, y, w, b, as float32."""
    x = rng.normal(size=(rows, inputs)).astype(np.float32)
    y = (rng.random((rows, 1)) < 0.5).astype(np.float32)
    w = rng.normal(size=(1, inputs)).astype(np.float32)
    b = rng.normal(size=1).astype(np.float32)
    return x, y, w, b


def ends(student, reference, *start, **settings):
    """Where a run ends for the submission and for the reference: two lists of weights."""
    weights = [
        one.define(LAB, "training_run")(one.train, *start, **settings)["weights"]
        for one in (student, reference)
    ]
    return weights[0], weights[1]


@check(points=2, after=takes_one_step_downhill)
def follows_the_reference_on_unseen_data(student, reference, rng):
    """the losses agree, epoch by epoch, on data of other sizes and from other starts"""
    for rows, inputs, lr in ((20, 2, 0.3), (23, 3, 0.1), (1, 2, 0.05)):
        start = batch(rng, rows, inputs)
        setting = f"15 epochs on {rows} rows of {inputs} inputs with SGD(lr={lr})"
        what = f"The list of losses of {setting}"
        mine = student.define(LAB, "training_run")(student.train, *start, 15, lr)
        ours = reference.define(LAB, "training_run")(reference.train, *start, 15, lr)
        losses = numbers(mine["history"], 15, what)
        expect(losses, what=what).close_to(ours["history"], atol=1e-5, rtol=1e-4)
        expect(mine["weights"], what=f"The list of weights after {setting}").close_to(
            ours["weights"], atol=1e-5, rtol=1e-4
        )


@check(points=1, after=takes_one_step_downhill)
def trains_what_it_was_given(student, reference, rng):
    """another criterion, and a larger model that behaves otherwise in training mode"""
    x, y, w, b = batch(rng, 12, 2)
    mine, ours = ends(student, reference, x, y, w, b, 10, 0.5, criterion="mse")
    expect(mine, what="The list of weights after 10 epochs with nn.MSELoss").close_to(
        ours, atol=1e-5, rtol=1e-4
    )
    hidden = rng.normal(size=(4, 2)).astype(np.float32)
    out = rng.normal(size=(1, 4)).astype(np.float32)
    mine, ours = ends(student, reference, x, y, out, b, 10, 0.2, hidden=hidden)
    what = "The list of weights of a model with nn.BatchNorm1d after 10 epochs"
    expect(mine, what=what).close_to(ours, atol=1e-4, rtol=1e-3)


@check(points=2, after=takes_one_step_downhill)
def uses_the_given_optimizer(student, reference, rng):
    """SGD with momentum and Adam move the weights as they should, over two calls as over one"""
    start = batch(rng, 12, 2)
    momentum = {"optimizer": "sgd", "options": {"momentum": 0.9}}
    for name, settings in (("SGD with momentum 0.9", momentum), ("Adam", {"optimizer": "adam"})):
        mine, ours = ends(student, reference, *start, 8, 0.05, times=2, **settings)
        expect(mine, what=f"The list of weights after 8 + 8 epochs with {name}, lr 0.05").close_to(
            ours, atol=1e-4, rtol=1e-3
        )


def loss_and_accuracy(x, y, weights):
    """Mean cross-entropy and accuracy of one linear unit, from its weights [w, b]."""
    z = x.astype(np.float64) * float(weights[0]) + float(weights[1])
    loss = np.mean(np.logaddexp(0, z) - y * z)
    return float(loss), float(np.mean((z > 0) == (y > 0.5)))


@check(points=2, after=takes_one_step_downhill)
def learns_to_separate(student, reference, rng, thresholds):
    """40 epochs bring loss and accuracy as far as the reference brings them"""
    side = rng.choice([-1.0, 1.0])
    x = (side * np.arange(-10, 10) / 10).astype(np.float32).reshape(-1, 1)
    y = (np.arange(-10, 10) > 2).astype(np.float32).reshape(-1, 1)
    start = [-2.0 * side, 1.0]
    mine, ours = ends(
        student,
        reference,
        x,
        y,
        np.array([start[:1]], np.float32),
        np.array(start[1:], np.float32),
        40,
        2.0,
    )
    expect(mine, what="The list of weights after 40 epochs").is_finite()
    loss_0, accuracy_0 = loss_and_accuracy(x, y, start)
    loss_1, _ = loss_and_accuracy(x, y, array(ours, 2))
    loss, accuracy = loss_and_accuracy(x, y, array(mine, 2))
    if loss < loss_1 / 2:
        return credit(
            0.0,
            f"40 epochs bring the loss from {loss_0:.4f} to {loss_1:.4f}. It is {loss:.4f}, which "
            "these steps do not reach.",
        )
    gain = np.clip((loss_0 - loss) / (loss_0 - loss_1) / thresholds.gain, 0, 1)
    rise = np.clip((accuracy - accuracy_0) / (thresholds.accuracy - accuracy_0), 0, 1)
    return credit(
        float(gain + rise) / 2 if gain > 0 else 0.0,
        f"Trained for 40 epochs on 20 rows. The loss went from {loss_0:.4f} to {loss:.4f} "
        f"(reference {loss_1:.4f}), the accuracy from {accuracy_0:.2f} to {accuracy:.2f} "
        f"(wanted {thresholds.accuracy:.2f}).",
    )
