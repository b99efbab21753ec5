"""The logistic function written from exp, and logistic regression as a module."""

import torch
from torch import nn


def sigmoid(z):
    """Return 1 / (1 + exp(-z)), element by element.

    z: float tensor of any shape. Returns a tensor of the same shape, each entry in [0, 1].
    Value and slope are right and finite for z from -100 to 100.
    """
    ### BEGIN SOLUTION
    positive = z >= 0
    e = torch.exp(torch.where(positive, -z, z))  # never above 1, so it cannot overflow
    return torch.where(positive, 1 / (1 + e), e / (1 + e))
    ### END SOLUTION


class Model(nn.Module):
    """Logistic regression: one linear unit, then the logistic function.

    Takes x of shape (N, n_inputs) and returns N probabilities in shape (N, 1).
    """

    def __init__(self, n_inputs=1):
        ### BEGIN SOLUTION
        super().__init__()  # may be shown
        self.linear = nn.Linear(n_inputs, 1)
        ### END SOLUTION

    def forward(self, x):
        ### BEGIN SOLUTION
        return torch.sigmoid(self.linear(x))
        ### END SOLUTION
