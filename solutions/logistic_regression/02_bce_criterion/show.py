"""Draw what the student's criterion charges for each probability, for both labels."""

import matplotlib.pyplot as plt
import torch

p = torch.linspace(0, 1, 101).view(-1, 1)
for label in (0.0, 1.0):
    y = torch.tensor([[label]])
    cost = [float(criterion(row.view(1, 1), y)) for row in p]  # noqa: F821 (the student's own)
    plt.plot(p.flatten(), cost, label=f"label {label:.0f}")
plt.ylim(0, 6)
plt.xlabel("predicted probability of class 1")
plt.ylabel("loss")
plt.legend()
plt.show()
