import torch
from torch import nn


class Model(nn.Module):
    """Gives classes where probabilities are asked for."""

    def __init__(self, n_inputs=1):
        super().__init__()
        self.linear = nn.Linear(n_inputs, 1)

    def forward(self, x):
        return self.linear(x) > 0
