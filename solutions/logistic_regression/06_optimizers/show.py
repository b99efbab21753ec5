"""Draw your runs of Exercise 6-1 side by side: one loss curve an optimizer, unfair and fair."""

import torch
from torch import nn


def show_optimizers(compare, rates, epochs=30):
    """Run every optimizer with one rate for all and with its own, and plot loss by epoch."""
    import matplotlib.pyplot as plt

    hours = torch.tensor([[1.0], [2.0], [3.0], [4.0]])
    passed = torch.tensor([[0.0], [0.0], [1.0], [1.0]])
    model = nn.Sequential(nn.Linear(1, 1), nn.Sigmoid())
    nn.init.constant_(model[0].weight, 0.5)
    nn.init.constant_(model[0].bias, -0.25)

    colours = plt.rcParams["axes.prop_cycle"].by_key()["color"][:6]
    lines = plt.cycler(linestyle=["-", "--"]) * plt.cycler(color=colours)
    _, axes = plt.subplots(1, 2, figsize=(11, 4), sharey=True, layout="constrained")
    for axis, title, chosen in (
        (axes[0], "0.01 for all", dict.fromkeys(rates, 0.01)),
        (axes[1], "Each with its own rate", rates),
    ):
        axis.set_prop_cycle(lines)
        for name, losses in compare(model, chosen, hours, passed, epochs + 1).items():
            axis.plot(losses, label=f"{name} {chosen[name]:g}: {losses[-1]:.3f}")
        axis.axhline(0.25, color="grey", linewidth=0.5)
        axis.set(xlabel="epoch", title=title, ylim=(0, 1.2))
        axis.legend(title="rate: last loss", fontsize="x-small", ncols=3, loc="upper right")
    axes[0].set_ylabel("loss before the update")
    plt.show()


try:
    show_optimizers(compare_optimizers, learning_rates())  # noqa: F821 (your own)
except Exception as error:
    reason = f"{type(error).__name__} {error}".rstrip()
    print(f"There is nothing to draw until `compare_optimizers` works: {reason}")
