"""Draw your runs of Exercise 6-1 side by side: one loss curve an activation."""

import torch


def show_activations(compare, names, epochs=60):
    """Train a hidden layer of each kind on the grid with `compare`, and plot loss by epoch."""
    import matplotlib.pyplot as plt

    ticks = torch.tensor([-1.0, -0.5, 0.5, 1.0])
    x = torch.cartesian_prod(ticks, ticks)
    y = (x[:, :1] * x[:, 1:] > 0).float()
    runs = compare(names, x, y, epochs, 0.1, 1)

    _, axes = plt.subplots(1, 2, figsize=(11, 4), sharey=True, layout="constrained")
    for number, (name, losses) in enumerate(runs.items()):
        axes[number * 2 // len(runs)].plot(losses, label=f"{name}, {losses[-1]:.3f}")
    for axis in axes:
        axis.axhline(0.6931, color="grey", linewidth=0.5)
        axis.set(xlabel="epoch")
        axis.legend(title="hidden layer, last loss")
    axes[0].set(ylabel="loss before the update", title="Five activations from one seed")
    axes[1].set(title="Five more")
    plt.show()


try:
    show_activations(compare_activations, ACTIVATIONS[:10])  # noqa: F821 (your own)
except Exception as error:
    reason = f"{type(error).__name__} {error}".rstrip()
    print(f"There is nothing to draw until `compare_activations` works: {reason}")
