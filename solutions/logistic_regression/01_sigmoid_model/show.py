"""Draw the logistic function that the student wrote, and its slope as autograd sees it."""

import matplotlib.pyplot as plt
import torch

z = torch.linspace(-8, 8, 161, requires_grad=True)
p = sigmoid(z)  # noqa: F821 (the student's own)
(slope,) = torch.autograd.grad(p.sum(), z)

plt.plot(z.detach(), p.detach(), label="sigmoid(z)")
plt.plot(z.detach(), slope, "--", label="its slope")
plt.axhline(0.5, color="grey", linewidth=0.5)
plt.xlabel("z")
plt.ylabel("probability of class 1")
plt.legend()
plt.show()
