"""What `criterion` has to do: the value, its gradient, and both of them where y_hat is 0 or 1."""

import numpy as np

from autograder.authoring import check, column, expect, fail, plain

READY_MADE = {
    "binary_cross_entropy": ("F.binary_cross_entropy", "nn.BCELoss"),
    "binary_cross_entropy_with_logits": (
        "F.binary_cross_entropy_with_logits",
        "nn.BCEWithLogitsLoss",
        "torch.distributions.Bernoulli",
    ),
    "cross_entropy": ("F.cross_entropy", "nn.CrossEntropyLoss"),
    "cross_entropy_loss": ("F.cross_entropy", "nn.CrossEntropyLoss"),
    "entropy": ("scipy.stats.entropy", "torch.distributions"),
    "gaussian_nll_loss": ("F.gaussian_nll_loss", "nn.GaussianNLLLoss"),
    "kl_div": ("F.kl_div", "nn.KLDivLoss"),
    "kl_divergence": ("torch.distributions.kl_divergence",),
    "log_loss": ("sklearn.metrics.log_loss",),
    "log_normalizer": ("torch.distributions",),
    "log_prob": ("torch.distributions",),
    "multilabel_soft_margin_loss": (
        "F.multilabel_soft_margin_loss",
        "nn.MultiLabelSoftMarginLoss",
    ),
    "nll_loss": ("F.nll_loss", "nn.NLLLoss"),
    "nll_loss2d": ("F.nll_loss", "nn.NLLLoss"),
    "nll_loss_nd": ("F.nll_loss", "nn.NLLLoss"),
    "poisson_nll_loss": ("F.poisson_nll_loss", "nn.PoissonNLLLoss"),
    "soft_margin_loss": ("F.soft_margin_loss", "nn.SoftMarginLoss"),
}
"""Losses that hold a cross-entropy: torch's operation, and the names that lead to it."""

LOGARITHMS = (
    "log",
    "log1p",
    "log2",
    "log10",
    "xlogy",
    "special_xlog1py",
    "logit",
    "log_sigmoid",
    "log_softmax",
    "softplus",
    "logaddexp",
    "logaddexp2",
    "logsumexp",
    "logcumsumexp",
)


@check(
    points=1,
    hint="Work the four rows out on paper, and print what your code has for each before the mean: "
    "which is the first that differs, or does it have more than four?",
)
def matches_the_definition(student, rng):
    """criterion is the mean of -[y ln(y_hat) + (1 - y) ln(1 - y_hat)] over the batch"""
    p, y = column(0.9, 0.2, 0.7, 0.4), column(1, 0, 1, 0)
    expect(student.criterion(p, y)).close_to(0.29900, atol=1e-4)
    single_rows = ((1, 0.8, 0.22314), (0, 0.3, 0.35667), (0, 0.7, 1.20397), (1, 0.2, 1.60944))
    for label, guess, loss in single_rows:
        expect(student.criterion(column(guess), column(label))).close_to(loss, atol=1e-4)
    p, y, loss = drawn(rng, rows=4, soft=False)
    expect(student.criterion(p, y)).close_to(loss, atol=3e-4)


@check(
    points=3,
    after=matches_the_definition,
    hint="The formula needs two logarithms, two products, a sum and a mean: can you write those?",
)
def is_written_by_hand(student, rng):
    """criterion is built from logarithms, no ready-made loss inside it, and right on any batch"""
    p, y, loss = drawn(rng, rows=4, soft=False)
    answer = student.watch(student.criterion, p, y)
    bent = student.bend(LOGARITHMS, student.criterion, p, y)
    expect(answer).close_to(loss, atol=3e-4).is_by_hand(READY_MADE, LOGARITHMS, bent)


@check(
    points=1,
    after=matches_the_definition,
    hint="Backward starts from one number that autograd has followed all the way from y_hat. Is "
    "there a step on that way that it can't follow, or one whose slope is not what you think?",
)
def has_the_right_gradient(student):
    """criterion returns a tensor without dimensions, and backward finds the right gradient"""
    p, y = column(0.5, 0.5, 0.9, 0.2), column(1, 0, 1, 1)
    tracked = student.torch.nn.Parameter(p)
    loss = student.criterion(tracked, y)
    expect(loss).is_tensor().has_shape().is_differentiable()
    gradient = student.torch.autograd.grad(loss, tracked)[0]
    right = (p - y) / (p * (1 - p)) / len(p)
    what = "For y_hat = 0.5, 0.5, 0.9, 0.2 and y = 1, 0, 1, 1 the gradient"
    expect(gradient, what).close_to(right, atol=1e-4, rtol=1e-3)


@check(
    points=1,
    hint="Print each part of the formula for y_hat = 1 and y = 1. What is ln 0, and what is 0 "
    "times that?",
)
def stays_finite_where_the_model_is_certain(student):
    """where y_hat is exactly 0 or 1 the loss is finite: about 0 if that is right, large if not"""
    losses = []
    for p, y in ((1, 1), (0, 0), (1, 0), (0, 1)):
        loss = student.criterion(column(p), column(y))
        expect(loss).has_shape()
        losses.append(float(plain(loss)))
    near_zero = all(abs(loss) < 0.02 for loss in losses[:2])
    large = all(np.isfinite(loss) and loss > 4 for loss in losses[2:])
    if not (near_zero and large):
        shown = "{:.4g}, {:.4g}, {:.4g} and {:.4g}".format(*losses)
        fail(
            "Called `criterion(y_hat, y)` with one row at a time: (1, 1), (0, 0), (1, 0), (0, 1). "
            f"It returned {shown}; expected about 0 twice, then two finite numbers above 4.",
            evidence=losses,
            kind="certain",
        )


@check(
    points=1,
    after=stays_finite_where_the_model_is_certain,
    hint="The slope of ln at 0 is infinite, and backward multiplies it by what comes from above. "
    "Where could you step in before the logarithm, instead of after it?",
)
def keeps_its_gradient_finite_there(student):
    """where y_hat is exactly 0 or 1 the gradient is finite, too"""
    tracked = student.torch.nn.Parameter(column(1, 0, 1, 0, 0.5))
    loss = student.criterion(tracked, column(1, 0, 0, 1, 1))
    expect(loss).is_differentiable()
    gradient = student.torch.autograd.grad(loss, tracked)[0]
    what = "For y_hat = 1, 0, 1, 0, 0.5 and y = 1, 0, 0, 1, 1 the gradient"
    expect(gradient, what).is_finite()


def drawn(rng, rows, soft):
    """Random guesses, labels (hard or soft), and the loss that the formula gives for them."""
    p = rng.uniform(0.1, 0.9, size=(rows, 1)).astype(np.float32)
    y = rng.uniform(0.1, 0.9, size=p.shape) if soft else rng.integers(0, 2, size=p.shape)
    y = y.astype(np.float32)
    loss = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p), dtype=np.float64)
    return p, y, float(loss)
