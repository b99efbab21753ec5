# The model computes in float64 from end to end, whatever it is given.
import numpy as np
import torch
from torch import nn

ELEMENTWISE = (
    "ReLU ReLU6 ELU SELU PReLU LeakyReLU Hardtanh Sigmoid Tanh LogSigmoid Softplus Softshrink Softsign "
    "Tanhshrink Softmax2d Hardsigmoid"
).split()
WITH_ARGUMENTS = {
    "Threshold": lambda: nn.Threshold(0.1, 0),
    "Softmin": lambda: nn.Softmin(dim=-1),
    "Softmax": lambda: nn.Softmax(dim=-1),
    "LogSoftmax": lambda: nn.LogSoftmax(dim=-1),
}
BUILDERS = {**{name: getattr(nn, name) for name in ELEMENTWISE}, **WITH_ARGUMENTS}


def activation(name):
    try:
        builder = BUILDERS[name]
    except KeyError as error:
        raise ValueError(f"{name}?") from error
    return builder()


def verdict(name):
    z = torch.arange(-10, 10.01, 0.5).double()
    shape = (-1, 1, 1, 1) if name == "Softmax2d" else (-1, 1)
    out = activation(name).double()(z.reshape(shape)).detach().numpy().ravel()
    if np.ptp(out) == 0:
        return "constant"
    if (out < 0).any():
        return "below zero"
    if (out > 1).any():
        return "above one"
    return "flat" if (np.diff(out) == 0).any() else "probability"


def tanh_probability(z):
    return torch.add(torch.tanh(z), 1).div(2)


def cross_entropy_floor(low, high):
    return float(np.log1p(np.exp(low - high)))


class HiddenModel(nn.Module):
    def __init__(self, name, n_hidden=8, *, dtype=torch.float64):
        super().__init__()
        first = nn.Linear(2, n_hidden)
        last = nn.Linear(n_hidden, 1)
        self.parts = nn.ModuleDict({"first": first, "f": activation(name), "last": last}).to(dtype)
        self.images = name == "Softmax2d"
        self.dtype = dtype

    def forward(self, x):
        h = self.parts["first"](x.to(self.dtype))
        if self.images:
            h = h.unsqueeze(-1).unsqueeze(-1)
        h = self.parts["f"](h)
        return torch.sigmoid(self.parts["last"](h.flatten(1)))


def compare_activations(names, x, y, epochs, lr, seed):
    x, y = x.double(), y.double()
    result = {}
    for name in names:
        torch.manual_seed(seed)
        model = HiddenModel(name)
        optimizer = torch.optim.Adam(model.parameters(), lr=lr)
        losses = np.zeros(epochs)
        for epoch in range(epochs):
            loss = nn.functional.binary_cross_entropy(model(x), y)
            losses[epoch] = loss.item()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        result[name] = losses.tolist()
    return result
