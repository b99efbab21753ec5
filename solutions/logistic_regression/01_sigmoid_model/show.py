"""Draw your sigmoid, and its slope as autograd sees it."""

import torch


def show_sigmoid(sigmoid):
    """The curve from z = -8 to 8, and its gradient."""
    import matplotlib.pyplot as plt

    z = torch.linspace(-8, 8, 161, requires_grad=True)
    p = sigmoid(z)
    (slope,) = torch.autograd.grad(p.sum(), z)
    _, axes = plt.subplots()
    axes.plot(z.tolist(), p.tolist(), label="sigmoid(z)")
    axes.plot(z.tolist(), slope.tolist(), "--", label="its slope")
    axes.axhline(0.5, color="grey", linewidth=0.5)
    axes.set(xlabel="z", ylabel="probability of class 1")
    axes.legend()
    plt.show()


try:
    show_sigmoid(sigmoid)  # noqa: F821 (your own)
except Exception as error:
    print(
        f"There is nothing to draw until `sigmoid` works: {type(error).__name__} {error}".rstrip()
    )
