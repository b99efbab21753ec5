"""Activation functions by name, as an output, inside a hidden layer, and compared fairly."""

import math

import torch
from torch import nn

# Ten from the exercise's slide, nine from the backup slide, and one that torch has gained since.
ACTIVATIONS = (
    "ReLU", "ReLU6", "ELU", "SELU", "PReLU", "LeakyReLU", "Threshold", "Hardtanh", "Sigmoid",
    "Tanh", "LogSigmoid", "Softplus", "Softshrink", "Softsign", "Tanhshrink", "Softmin", "Softmax",
    "Softmax2d", "LogSoftmax", "Hardsigmoid",
)  # fmt: skip


def activation(name):
    """A new layer of the activation called `name`; ValueError for a name not in ACTIVATIONS.

    Threshold: what is not above 0.1 becomes 0. Softmin, Softmax and LogSoftmax: over the last
    dimension.
    """
    ### BEGIN SOLUTION
    if name not in ACTIVATIONS:
        raise ValueError(f"no activation of this exercise is called {name!r}")
    if name == "Threshold":
        return nn.Threshold(0.1, 0.0)
    if name in ("Softmin", "Softmax", "LogSoftmax"):
        return getattr(nn, name)(dim=-1)
    return getattr(nn, name)()
    ### END SOLUTION


def verdict(name):
    """One of the statement's five words: what BCE would get if `name` were one unit's output."""
    ### BEGIN SOLUTION
    z = torch.linspace(-10, 10, 201).reshape(-1, 1)
    if name == "Softmax2d":
        z = z.reshape(-1, 1, 1, 1)
    with torch.no_grad():  # may be shown
        out = activation(name)(z).flatten()
    if out.min() == out.max():
        return "constant"
    if out.min() < 0:
        return "below zero"
    if out.max() > 1:
        return "above one"
    if out[0] == out[1] or out[-1] == out[-2]:
        return "flat"
    return "probability"
    ### END SOLUTION


def tanh_probability(z):
    """tanh moved from (-1, 1) onto (0, 1); a tensor of any shape to one of the same shape."""
    ### BEGIN SOLUTION
    return (torch.tanh(z) + 1) / 2
    ### END SOLUTION


def cross_entropy_floor(low, high):
    """The least CrossEntropyLoss of two outputs that both must lie in [low, high]; a float."""
    ### BEGIN SOLUTION
    return math.log(1 + math.exp(low - high))
    ### END SOLUTION


class HiddenModel(nn.Module):
    """(N, 2) -> n_hidden units -> the activation `name` -> one unit -> sigmoid: (N, 1)."""

    def __init__(self, name, n_hidden=8):
        super().__init__()
        ### BEGIN SOLUTION
        self.hidden = nn.Linear(2, n_hidden)
        self.activation = activation(name)
        self.is_for_images = name == "Softmax2d"
        self.output = nn.Linear(n_hidden, 1)
        ### END SOLUTION

    def forward(self, x):
        ### BEGIN SOLUTION
        h = self.hidden(x)
        if self.is_for_images:
            h = self.activation(h.reshape(*h.shape, 1, 1)).reshape(h.shape)
        else:
            h = self.activation(h)
        return torch.sigmoid(self.output(h))
        ### END SOLUTION


def compare_activations(names, x, y, epochs, lr, seed):
    """Train a HiddenModel a name, each from the start that `seed` gives; {name: [losses]}.

    x: (N, 2), y: (N, 1) of 0 and 1. Adam, mean BCE, full batch; `epochs` losses, each taken
    before its update.
    """
    ### BEGIN SOLUTION
    criterion = nn.BCELoss()
    runs = {}
    for name in names:  # may be shown
        torch.manual_seed(seed)  # may be shown
        model = HiddenModel(name)
        optimizer = torch.optim.Adam(model.parameters(), lr=lr)
        runs[name] = []
        for _ in range(epochs):  # may be shown
            loss = criterion(model(x), y)
            optimizer.zero_grad()  # may be shown
            loss.backward()
            optimizer.step()  # may be shown
            runs[name].append(loss.item())
    return runs
    ### END SOLUTION
