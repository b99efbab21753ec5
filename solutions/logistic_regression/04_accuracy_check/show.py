"""Draw what your decision rule makes of a fitted model: who passes, and who is judged rightly."""

import torch
from torch import nn


def show_decisions(predict, accuracy):
    """The model that 1000 epochs at learning rate 0.01 make from w = b = 0, and its decisions."""
    import matplotlib.pyplot as plt

    hours = torch.tensor([[1.0], [2.0], [3.0], [4.0]])
    passed = torch.tensor([[0.0], [0.0], [1.0], [1.0]])
    model = nn.Sequential(nn.Linear(1, 1), nn.Sigmoid())
    with torch.no_grad():
        model[0].weight.fill_(0.6872)
        model[0].bias.fill_(-1.2141)
    share = accuracy(model, hours, passed)
    right = (predict(model, hours).reshape(-1) > 0.5) == (passed.reshape(-1) > 0.5)
    grid = torch.linspace(0, 8, 801).reshape(-1, 1)
    with torch.no_grad():
        curve = model(grid)

    plt.plot(grid.flatten().tolist(), curve.flatten().tolist(), label="fitted probability")
    decisions = predict(model, grid).reshape(-1).tolist()
    plt.plot(grid.flatten().tolist(), decisions, "--", label="your decision")
    for is_right, marker, label in ((True, "o", "judged rightly"), (False, "x", "judged wrongly")):
        chosen = right == is_right
        plt.plot(hours[chosen].tolist(), passed[chosen].tolist(), marker, markersize=9, label=label)
    plt.axhline(0.5, color="grey", linewidth=0.5)
    plt.xlabel("hours")
    plt.ylabel("probability of passing")
    plt.title(f"Accuracy on the four students: {share:.2f}")
    plt.legend()
    plt.show()


try:
    show_decisions(predict, accuracy)  # noqa: F821 (your own)
except Exception as error:
    reason = f"{type(error).__name__} {error}".rstrip()
    print(f"There is nothing to draw until `predict` and `accuracy` work: {reason}")
