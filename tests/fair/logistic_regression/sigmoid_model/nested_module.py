# the linear unit and the sigmoid in modules of their own; sigmoid over float64 returns float64
import math

import torch


def sigmoid(z):
    base = torch.full_like(z, math.e, dtype=torch.float64)
    return 1 / (1 + base**-z)


class Squash(torch.nn.Module):
    def forward(self, z):
        return 0.5 * (1 + torch.tanh(z / 2))


class Line(torch.nn.Module):
    def __init__(self, width):
        super().__init__()
        self.inner = torch.nn.Linear(width, 1)

    def forward(self, x):
        return self.inner(x)


class Model(torch.nn.Module):
    def __init__(self, n_inputs=1):
        super().__init__()
        self.parts = torch.nn.ModuleList([Line(n_inputs), Squash()])

    def forward(self, x):
        for part in self.parts:
            x = part(x)
        return x
