"""Checks of `predict` and `accuracy`, by the classes and the shares that come back.

Models are built in the worker by `LAB`: most are tables that hand out given probabilities,
so that nothing here depends on what the submission wrote for other exercises, and `accuracy`
is judged whatever became of `predict`.
"""

import numpy as np

from autograder.authoring import array, check, column, expect, fail, plain

LAB = '''
import torch
from torch import nn


class Table(nn.Module):
    """Hands out given probabilities: the one in row n for the input n."""

    def __init__(self, p):
        super().__init__()
        self.register_buffer("p", p)

    def forward(self, x):
        return self.p[x[..., 0].long()]


def rows(p):
    """The inputs that make a Table hand out all of its probabilities, in order: (N, 1)."""
    return torch.arange(len(p), dtype=torch.float32, device=p.device).reshape(-1, 1)


def classes(predict, p):
    """What `predict` makes of a model that gives the probabilities p (N, 1)."""
    return predict(Table(p), rows(p))


def share(accuracy, p, y):
    """What `accuracy` makes of a model that gives the probabilities p (N, 1)."""
    return accuracy(Table(p), rows(p), y)


def unit(w, b):
    """One linear unit and the sigmoid, from the weights w (1, n_inputs) and the bias b (1,)."""
    model = nn.Sequential(nn.Linear(w.shape[1], 1), nn.Sigmoid()).to(w.device)
    with torch.no_grad():
        model[0].weight.copy_(w)
        model[0].bias.copy_(b)
    return model


def on_unit(predict, x, w, b):
    return predict(unit(w, b), x)


def traces(predict, accuracy, x, y, w, b, training):
    """How things are after predict and accuracy, for a model in this mode. Its gradients were those
    of the mean BCE."""
    model = unit(w, b).train(training)
    nn.BCELoss()(model(x), y).backward()
    predict(model, x)
    accuracy(model, x, y)
    recording = torch.is_grad_enabled()
    torch.set_grad_enabled(True)
    own = list(model.parameters())
    gradients = [p.grad for p in own if p.grad is not None]
    return {
        "parameters": torch.cat([p.detach().flatten() for p in own]),
        "gradients": torch.cat([g.flatten() for g in gradients]) if gradients else [],
        "requires_grad": [p.requires_grad for p in own],
        "modes": [m.training for m in model.modules()],
        "x": x,
        "y": y,
        "recording": [recording],
    }


class Same(nn.Module):
    """Gives its input back, which are the probabilities then."""

    def forward(self, x):
        return x.clone()
'''

# Ten rows, two of them wrong: 0.9 for a 0, and 0.5, which is class 0, for a 1.
TEN = column(0.9, 0.8, 0.7, 0.6, 0.5, 0.505, 0.3, 0.1, 0.2, 0.95)
TEN_LABELS = column(0, 1, 1, 1, 1, 1, 0, 0, 0, 1)
# Four rows with certain guesses, one of them right; three rows, all right.
CERTAIN, CERTAIN_LABELS = column(1, 0, 0.2, 0.9), column(1, 1, 1, 0)
CLEAR, CLEAR_LABELS = column(0.9, 0.1, 0.8), column(1, 0, 1)


def expect_classes(answer, expected, what):
    """A tensor of zeros and ones, of shape (N, 1) or (N,), with these classes in it.

    One row may also come without dimensions, as squeeze() leaves it.
    """
    expect(answer, what=what).is_tensor()
    found = plain(answer)
    rows = len(expected)
    one_each = found.size == rows and found.shape in ((rows, 1), (rows,), ())
    expect(found.reshape(-1) if one_each else found, what=what).equals(expected)


def guesses(rng, rows):
    """Unseen probabilities well off one half, and their classes: (N, 1), (N, 1) as float32."""
    classes = rng.integers(0, 2, (rows, 1)).astype(np.float32)
    return (0.02 + 0.65 * classes + 0.3 * rng.random((rows, 1))).astype(np.float32), classes


@check(points=1)
def predicts_a_class_for_each_row(student, rng):
    """probabilities .9 .2 .7 .05 .99 .35 become the classes 1 0 1 0 1 0"""
    p = column(0.9, 0.2, 0.7, 0.05, 0.99, 0.35)
    answer = student.define(LAB, "classes")(student.predict, p)
    what = "What `predict` made of the probabilities .9 .2 .7 .05 .99 .35"
    expect_classes(answer, [1, 0, 1, 0, 1, 0], what)
    p, classes = guesses(rng, 9)
    answer = student.define(LAB, "classes")(student.predict, p)
    expect_classes(answer, classes.ravel(), f"What `predict` made of {p.ravel().round(2).tolist()}")


@check(points=1, after=predicts_a_class_for_each_row)
def one_half_is_class_0(student):
    """the border is at even odds: .5 is class 0, .505 and .55 are class 1, .495 is class 0"""
    answer = student.define(LAB, "classes")(student.predict, column(0.5, 0.505, 0.55, 0.495))
    what = "What `predict` made of the probabilities .5 .505 .55 .495"
    expect_classes(answer, [0, 1, 1, 0], what)


@check(points=2)
def gives_the_share_that_is_right(student, rng):
    """8 right of 10 give 0.8, 1 right of 4 gives 0.25, 3 right of 3 give 1.0"""
    share = student.define(LAB, "share")
    found = [
        plain(share(student.accuracy, p, y))
        for p, y in ((TEN, TEN_LABELS), (CERTAIN, CERTAIN_LABELS), (CLEAR, CLEAR_LABELS))
    ]
    for value, rows in zip(found, (10, 4, 3), strict=True):
        array(value, what=f"What `accuracy` returned for {rows} rows")
        if np.size(value) != 1:
            fail(
                f"`accuracy` returned {np.size(value)} numbers for {rows} rows; expected one.",
                evidence=[np.size(value)],
            )
    values = [float(np.asarray(value).reshape(())) for value in found]
    expect(values, what="The list of what `accuracy` returned in the three cases").close_to(
        [0.8, 0.25, 1.0], atol=1e-5
    )
    (p, classes), y = guesses(rng, 13), rng.integers(0, 2, (13, 1)).astype(np.float32)
    found = array(share(student.accuracy, p, y)).reshape(-1)
    what = "The list with what `accuracy` returned for 13 other rows"
    expect(found, what=what).close_to([np.mean(classes == y)], atol=1e-5)


@check(points=1, after=gives_the_share_that_is_right)
def returns_a_python_float(student):
    """accuracy returns a Python float, not a tensor"""
    answer = student.define(LAB, "share")(student.accuracy, TEN, TEN_LABELS)
    expect(answer, what="What `accuracy` returned").is_float()


@check(points=1, after=(predicts_a_class_for_each_row, gives_the_share_that_is_right))
def leaves_the_model_as_it_was(student):
    """parameters, gradients, requires_grad and the mode of the model stay as they were"""
    x, y = column(1, 2, 3, 4), column(0, 0, 1, 1)
    w, b = np.array([[0.5]], np.float32), np.array([-1.0], np.float32)
    error = 1 / (1 + np.exp(-(x * w + b))) - y
    slopes = [np.mean(error * x), np.mean(error)]
    kept = dict.fromkeys(("the parameters", "the gradients", "requires_grad"), True)
    kept |= dict.fromkeys(("the model's mode", "x or y", "autograd's switch"), True)
    for training in (True, False):
        traces = student.define(LAB, "traces")
        report = traces(student.predict, student.accuracy, x, y, w, b, training)
        parts = "parameters", "gradients", "requires_grad", "modes", "x", "y", "recording"
        expect(report, what="The dict of what is left").is_dict(parts)
        found = plain(report)
        modes = array(found["modes"])
        kept["the parameters"] &= same(found["parameters"], [0.5, -1.0])
        kept["the gradients"] &= same(found["gradients"], slopes)
        kept["requires_grad"] &= bool(array(found["requires_grad"]).all())
        kept["the model's mode"] &= bool((modes == training).all())
        kept["x or y"] &= same(found["x"], x) and same(found["y"], y)
        kept["autograd's switch"] &= bool(array(found["recording"]).all())
    changed = [name for name, is_kept in kept.items() if not is_kept]
    if changed:
        fail(
            "After `predict(model, x)` and `accuracy(model, x, y)`, this was no longer as it was: "
            f"{', '.join(changed)}.",
            evidence=[float(not is_kept) for is_kept in kept.values()],
        )


def same(found, wanted):
    """Whether these are the numbers, in that shape."""
    numbers = array(found)
    return numbers.shape == np.shape(wanted) and np.allclose(numbers, wanted, atol=1e-6)
