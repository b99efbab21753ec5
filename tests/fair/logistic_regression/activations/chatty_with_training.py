# Prints, warnings, extra arguments with defaults, training at the top level of the file, old but working calls.
import math
import warnings

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(99)


def activation(name, verbose=False):
    if verbose:
        print("building", name)
    allowed = {
        "ReLU": (), "ReLU6": (), "ELU": (), "SELU": (), "PReLU": (), "LeakyReLU": (), "Threshold": (0.1, 0.0),
        "Hardtanh": (), "Sigmoid": (), "Tanh": (), "LogSigmoid": (), "Softplus": (), "Softshrink": (),
        "Softsign": (), "Tanhshrink": (), "Softmin": (-1,), "Softmax": (-1,), "Softmax2d": (),
        "LogSoftmax": (-1,), "Hardsigmoid": (),
    }  # fmt: skip
    if name not in allowed:
        raise ValueError(name, "is not one of", sorted(allowed))
    return getattr(nn, name)(*allowed[name])


def verdict(name):
    print("verdict on", name)
    z = torch.linspace(-10, 10, 999).view(-1, 1)
    layer = activation(name)
    y = layer(z.view(-1, 1, 1, 1)).view(-1, 1) if name == "Softmax2d" else layer(z)
    if torch.allclose(y, y[0].expand_as(y)):
        return "constant"
    if (y < 0).sum().item() > 0:
        return "below zero"
    if (y > 1).sum().item() > 0:
        return "above one"
    return "flat" if ((y == 0) | (y == 1)).any() else "probability"


def tanh_probability(z):
    warnings.warn("moving tanh", stacklevel=2)
    return (F.tanh(z) + 1.0) * 0.5


def cross_entropy_floor(low, high):
    gap = high - low
    return math.log(1 + math.exp(-gap))


class HiddenModel(nn.Module):
    def __init__(self, name, n_hidden=8, n_inputs=2, bias=True):
        super().__init__()
        self.name = name
        self.l1 = nn.Linear(n_inputs, n_hidden, bias=bias)
        self.act = activation(name)
        self.l2 = nn.Linear(n_hidden, 1, bias=bias)
        self.out = nn.Sigmoid()

    def forward(self, x):
        h = self.l1(x)
        if self.name == "Softmax2d":
            n, c = h.shape
            h = self.act(h.view(n, c, 1, 1)).view(n, c)
        else:
            h = self.act(h)
        return self.out(self.l2(h))


def train_one(model, x, y, epochs, lr):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    history = []
    for epoch in range(epochs):
        y_pred = model.forward(x)
        loss = F.binary_cross_entropy(y_pred, y, reduction="mean")
        history.append(loss.item())
        print(epoch, loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return history


def compare_activations(names, x, y, epochs, lr, seed):
    runs = {}
    for name in reversed(list(names)):
        torch.random.manual_seed(seed)
        runs[name] = train_one(HiddenModel(name), x, y, epochs, lr)
    return runs


corners = torch.tensor([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
same = torch.tensor([[1.0], [0.0], [0.0], [1.0]])
if __name__ != "somewhere else":
    compare_activations(["ReLU", "Tanh"], corners, same, 5, 0.1, 0)
