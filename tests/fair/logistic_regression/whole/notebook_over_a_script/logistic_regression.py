"""The logistic function written from exp, and logistic regression as a module."""

import torch
from torch import nn


def sigmoid(z):
    """Return 1 / (1 + exp(-z)), element by element.

    z: float tensor of any shape. Returns a tensor of the same shape, each entry in [0, 1].
    Value and slope are right and finite for z from -100 to 100.
    """
    positive = z >= 0
    e = torch.exp(torch.where(positive, -z, z))  # never above 1, so it cannot overflow
    return torch.where(positive, 1 / (1 + e), e / (1 + e))


class Model(nn.Module):
    """Logistic regression: one linear unit, then the logistic function.

    Takes x of shape (N, n_inputs) and returns N probabilities in shape (N, 1).
    """

    def __init__(self, n_inputs=1):
        super().__init__()
        self.linear = nn.Linear(n_inputs, 1)

    def forward(self, x):
        return torch.sigmoid(self.linear(x))


"""Mean binary cross-entropy, written from its formula."""

import torch


def criterion(y_hat, y):
    """Return -1/N sum of [y ln(y_hat) + (1 - y) ln(1 - y_hat)], in nats.

    y_hat: probabilities in [0, 1], shape (N, 1). y: labels 0 or 1, or probabilities (soft
    labels), shape (N, 1). Returns a tensor without dimensions that can be differentiated with
    respect to y_hat; finite, and so is its gradient, where y_hat is exactly 0 or 1.
    """
    eps = 1e-7  # 1 - 1e-7 is still below 1 in float32
    p = y_hat.clamp(eps, 1 - eps)
    return -torch.mean(y * torch.log(p) + (1 - y) * torch.log(1 - p))


"""The training loop: forward, loss, gradients, update, over and over."""


def train(model, criterion, optimizer, x, y, epochs):
    """Train `model` on the whole batch `x`, `y`, `epochs` times over.

    model: nn.Module, maps x to probabilities of shape (N, 1); trained in place
    criterion: callable, criterion(y_hat, y) is the loss as a 0-dim tensor
    optimizer: torch.optim.Optimizer that holds the parameters of `model`
    x: float tensor of shape (N, n_inputs)
    y: float tensor of shape (N, 1), of zeros and ones
    epochs: int, 0 or more
    returns: list of `epochs` Python floats, each epoch's loss before its update
    """
    history = []
    for _ in range(epochs):
        loss = criterion(model(x), y)
        history.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return history


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
    if name not in ACTIVATIONS:
        raise ValueError(f"no activation of this exercise is called {name!r}")
    if name == "Threshold":
        return nn.Threshold(0.1, 0.0)
    if name in ("Softmin", "Softmax", "LogSoftmax"):
        return getattr(nn, name)(dim=-1)
    return getattr(nn, name)()


def verdict(name):
    """One of the statement's five words: what BCE would get if `name` were one unit's output."""
    z = torch.linspace(-10, 10, 201).reshape(-1, 1)
    if name == "Softmax2d":
        z = z.reshape(-1, 1, 1, 1)
    with torch.no_grad():
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


def tanh_probability(z):
    """tanh moved from (-1, 1) onto (0, 1); a tensor of any shape to one of the same shape."""
    return (torch.tanh(z) + 1) / 2


def cross_entropy_floor(low, high):
    """The least CrossEntropyLoss of two outputs that both must lie in [low, high]; a float."""
    return math.log(1 + math.exp(low - high))


class HiddenModel(nn.Module):
    """(N, 2) -> n_hidden units -> the activation `name` -> one unit -> sigmoid: (N, 1)."""

    def __init__(self, name, n_hidden=8):
        super().__init__()
        self.hidden = nn.Linear(2, n_hidden)
        self.activation = activation(name)
        self.is_for_images = name == "Softmax2d"
        self.output = nn.Linear(n_hidden, 1)

    def forward(self, x):
        h = self.hidden(x)
        if self.is_for_images:
            h = self.activation(h.reshape(*h.shape, 1, 1)).reshape(h.shape)
        else:
            h = self.activation(h)
        return torch.sigmoid(self.output(h))


def compare_activations(names, x, y, epochs, lr, seed):
    """Train a HiddenModel a name, each from the start that `seed` gives; {name: [losses]}.

    x: (N, 2), y: (N, 1) of 0 and 1. Adam, mean BCE, full batch; `epochs` losses, each taken
    before its update.
    """
    criterion = nn.BCELoss()
    runs = {}
    for name in names:
        torch.manual_seed(seed)
        model = HiddenModel(name)
        optimizer = torch.optim.Adam(model.parameters(), lr=lr)
        runs[name] = []
        for _ in range(epochs):
            loss = criterion(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            runs[name].append(loss.item())
    return runs


"""Optimizers by name, two of them by hand, and a fair comparison of all."""

import copy

import torch
from torch import nn

# The eight of the slides, then four later relatives of Adam.
OPTIMIZERS = (
    "Adadelta", "Adagrad", "Adam", "Adamax", "ASGD", "RMSprop", "Rprop", "SGD",
    "AdamW", "NAdam", "RAdam", "Adafactor",
)  # fmt: skip


def make_optimizer(name, params, lr):
    """torch's optimizer called `name`, at its defaults but for lr; ValueError for other names."""
    if name not in OPTIMIZERS:
        raise ValueError(f"no optimizer of this exercise is called {name!r}")
    return getattr(torch.optim, name)(params, lr=lr)


def momentum_path(w, grad, lr, momentum, steps, weight_decay=0.0):
    """SGD with momentum by hand, as torch does it: the start and where each step leads.

    w: (P,), the start; it stays as it is. grad: a function, (P,) -> (P,), the gradient at a
    place. Returns (steps + 1, P).
    """
    velocity = torch.zeros_like(w)
    path = [w]
    for _ in range(steps):
        g = grad(w) + weight_decay * w
        velocity = momentum * velocity + g
        w = w - lr * velocity
        path.append(w)
    return torch.stack(path)


def adam_path(w, grad, lr, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    """Adam by hand, as torch does it. w, grad and what is returned: as in momentum_path."""
    m = torch.zeros_like(w)
    v = torch.zeros_like(w)
    path = [w]
    for t in range(1, steps + 1):
        g = grad(w)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat = m / (1 - beta1**t)
        v_hat = v / (1 - beta2**t)
        w = w - lr * m_hat / (v_hat.sqrt() + eps)
        path.append(w)
    return torch.stack(path)


def train_lbfgs(model, criterion, x, y, steps):
    """Train `model` with torch's LBFGS at its defaults; a list of the losses before each step."""
    optimizer = torch.optim.LBFGS(model.parameters())

    def closure():
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        return loss

    return [optimizer.step(closure).item() for _ in range(steps)]


def asgd_average(optimizer):
    """The averages that a torch ASGD optimizer keeps: a list, one tensor a parameter, in order."""
    return [optimizer.state[p]["ax"] for group in optimizer.param_groups for p in group["params"]]


def compare_optimizers(model, rates, x, y, epochs):
    """A run for each {name: lr} of `rates`, each from the weights of `model`; {name: [losses]}.

    model: (N, 1) -> (N, 1) of probabilities; it stays as it is. Mean BCE, full batch; `epochs`
    losses, each taken before its update.
    """
    criterion = nn.BCELoss()
    runs = {}
    for name, lr in rates.items():
        runner = copy.deepcopy(model)
        optimizer = make_optimizer(name, runner.parameters(), lr)
        runs[name] = []
        for _ in range(epochs):
            loss = criterion(runner(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            runs[name].append(loss.item())
    return runs


def learning_rates():
    """{name: lr}: for each of OPTIMIZERS a rate that meets the statement's loss in its epochs."""
    return {
        "Adadelta": 300.0,
        "Adagrad": 1.0,
        "Adam": 0.5,
        "Adamax": 1.0,
        "ASGD": 2.0,
        "RMSprop": 0.2,
        "Rprop": 0.1,
        "SGD": 2.0,
        "AdamW": 0.5,
        "NAdam": 0.5,
        "RAdam": 3.0,
        "Adafactor": 0.3,
    }
