"""Draw what your criterion charges for each probability, for both labels."""

import torch


def show_criterion(criterion):
    """The loss of one row against the predicted probability, between 0 and 1."""
    import matplotlib.pyplot as plt

    guesses = [step / 500 for step in range(1, 500)]
    _, axes = plt.subplots()
    for label in (0.0, 1.0):
        y = torch.tensor([[label]])
        losses = [float(criterion(torch.tensor([[p]]), y)) for p in guesses]
        axes.plot(guesses, losses, label=f"label {label:.0f}")
    axes.set(xlabel="predicted probability of class 1", ylabel="loss", ylim=(0, 6))
    axes.legend()
    plt.show()


try:
    show_criterion(criterion)  # noqa: F821 (your own)
except Exception as error:
    print(
        f"There is nothing to draw until `criterion` works: {type(error).__name__} {error}".rstrip()
    )
