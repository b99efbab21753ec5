# Verdicts are members of an Enum with str, runs are kept in a defaultdict, and a name that is not
# known raises an exception of its own kind.
import enum
from collections import defaultdict

import numpy as np
import torch
from torch import nn


class UnknownActivation(ValueError):
    def __init__(self, name):
        super().__init__(f"{name}: not among the twenty")
        self.name = name


class Verdict(str, enum.Enum):
    CONSTANT = "constant"
    BELOW_ZERO = "below zero"
    ABOVE_ONE = "above one"
    FLAT = "flat"
    PROBABILITY = "probability"


PLAIN = (
    "ReLU ReLU6 ELU SELU PReLU LeakyReLU Hardtanh Sigmoid Tanh LogSigmoid Softplus Softshrink "
    "Softsign Tanhshrink Softmax2d Hardsigmoid"
)
ALONG_ROWS = "Softmin Softmax LogSoftmax"


def activation(name):
    if name in PLAIN.split():
        return getattr(nn, name)()
    if name in ALONG_ROWS.split():
        return getattr(nn, name)(dim=-1)
    if name == "Threshold":
        return nn.Threshold(threshold=0.1, value=0.0)
    raise UnknownActivation(name)


def verdict(name):
    z = torch.linspace(-12, 12, 97)
    z = z.reshape(-1, 1, 1, 1) if name == "Softmax2d" else z.reshape(-1, 1)
    out = activation(name)(z).detach().numpy().reshape(-1)
    if np.ptp(out) == 0:
        return Verdict.CONSTANT
    if out.min() < 0:
        return Verdict.BELOW_ZERO
    if out.max() > 1:
        return Verdict.ABOVE_ONE
    return Verdict.FLAT if (np.diff(out)[[0, -1]] == 0).any() else Verdict.PROBABILITY


def tanh_probability(z):
    return nn.Parameter((z.tanh() + 1) / 2, requires_grad=False)


def cross_entropy_floor(low, high):
    return np.log1p(np.exp(np.float64(low - high)))


class HiddenModel(nn.Module):
    def __init__(self, name, n_hidden=8):
        super().__init__()
        self.into, self.out_of = nn.Linear(2, n_hidden), nn.Linear(n_hidden, 1)
        self.between = activation(name)

    def forward(self, x):
        h = self.into(x)
        is_picture = isinstance(self.between, nn.Softmax2d)
        h = self.between(h[..., None, None])[..., 0, 0] if is_picture else self.between(h)
        return self.out_of(h).sigmoid()


def compare_activations(names, x, y, epochs, lr, seed):
    runs = defaultdict(list)
    for name in names:
        torch.manual_seed(seed)
        model = HiddenModel(name)
        rule = torch.optim.Adam(model.parameters(), lr)
        for _ in range(epochs):
            rule.zero_grad()
            loss = nn.functional.binary_cross_entropy(model(x), y)
            runs[name].append(loss.item())
            loss.backward()
            rule.step()
    return runs
