# Every formula written out in one table of functions; verdicts from a table; the model as a Sequential.
import math

import torch
from torch import nn


def threshold(z):
    return torch.where(z > 0.1, z, torch.zeros_like(z))


def selu(z):
    alpha, scale = 1.6732632423543772, 1.0507009873554805
    return scale * torch.where(z > 0, z, alpha * torch.expm1(z))


def softmax(z, dim=-1):
    e = torch.exp(z - z.amax(dim, keepdim=True))
    return e / e.sum(dim, keepdim=True)


FORMULAS = {
    "ReLU": lambda z: z.clamp(min=0),
    "ReLU6": lambda z: z.clamp(0, 6),
    "ELU": lambda z: torch.where(z > 0, z, torch.expm1(z)),
    "SELU": selu,
    "LeakyReLU": lambda z: torch.maximum(z, 0.01 * z),
    "Threshold": threshold,
    "Hardtanh": lambda z: z.clamp(-1, 1),
    "Sigmoid": lambda z: 1 / (1 + torch.exp(-z)),
    "Tanh": lambda z: 2 * torch.sigmoid(2 * z) - 1,
    "LogSigmoid": lambda z: -torch.log1p(torch.exp(-z)),
    "Softplus": lambda z: torch.log1p(torch.exp(z)),
    "Softshrink": lambda z: z - z.clamp(-0.5, 0.5),
    "Softsign": lambda z: z / (1 + z.abs()),
    "Tanhshrink": lambda z: z - torch.tanh(z),
    "Softmin": lambda z: softmax(-z),
    "Softmax": softmax,
    "Softmax2d": lambda z: softmax(z, dim=1),
    "LogSoftmax": lambda z: z - torch.logsumexp(z, -1, keepdim=True),
    "Hardsigmoid": lambda z: (z / 6 + 0.5).clamp(0, 1),
}


class Formula(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, z):
        return self.function(z)


class OwnPReLU(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Parameter(torch.full((1,), 0.25))

    def forward(self, z):
        return torch.where(z > 0, z, self.a * z)


def activation(name):
    if name == "PReLU":
        return OwnPReLU()
    if name not in FORMULAS:
        raise ValueError("unknown activation " + str(name))
    return Formula(FORMULAS[name])


def verdict(name):
    return {
        "ReLU": "above one",
        "ReLU6": "above one",
        "ELU": "below zero",
        "SELU": "below zero",
        "PReLU": "below zero",
        "LeakyReLU": "below zero",
        "Threshold": "above one",
        "Hardtanh": "below zero",
        "Sigmoid": "probability",
        "Tanh": "below zero",
        "LogSigmoid": "below zero",
        "Softplus": "above one",
        "Softshrink": "below zero",
        "Softsign": "below zero",
        "Tanhshrink": "below zero",
        "Softmin": "constant",
        "Softmax": "constant",
        "Softmax2d": "constant",
        "LogSoftmax": "constant",
        "Hardsigmoid": "flat",
    }[name]


def tanh_probability(z):
    return 0.5 + 0.5 * (torch.exp(z) - torch.exp(-z)) / (torch.exp(z) + torch.exp(-z))


def cross_entropy_floor(low, high):
    return -math.log(math.exp(high) / (math.exp(high) + math.exp(low)))


class Squeeze(nn.Module):
    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, h):
        return self.layer(h[:, :, None, None])[:, :, 0, 0]


class HiddenModel(nn.Module):
    def __init__(self, name, n_hidden=8):
        super().__init__()
        layer = activation(name)
        if name == "Softmax2d":
            layer = Squeeze(layer)
        self.net = nn.Sequential(
            nn.Linear(2, n_hidden), layer, nn.Linear(n_hidden, 1), nn.Sigmoid()
        )

    def forward(self, x):
        return self.net(x)


def one(name, x, y, epochs, lr, seed):
    torch.manual_seed(seed)
    model = HiddenModel(name)
    optimizer = torch.optim.Adam(params=model.parameters(), lr=lr)
    for _ in range(epochs):
        p = model(x)
        loss = -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()
        model.zero_grad()
        loss.backward()
        optimizer.step()
        yield loss.item()


def compare_activations(names, x, y, epochs, lr, seed):
    return {name: list(one(name, x, y, epochs, lr, seed)) for name in names}
