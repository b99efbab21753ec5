# %% imports
from criteria import criterion
from mine.loops import train

# %% sigmoid_model
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

# %% accuracy_check
import torch


def predict(model, x):
    labels = []
    for row in x:
        probability = model(row).item()
        labels.append([1 if probability > 0.5 else 0])
    return torch.tensor(labels, device=x.device)


def accuracy(model, x, y):
    n_right = 0
    for guess, label in zip(predict(model, x), y, strict=True):
        if guess.item() == label.item():
            n_right += 1
    return n_right / len(y)

# %% activations
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

# %% optimizers
import torch
from torch import nn, optim

CLASSES = {
    cls.__name__: cls
    for cls in (
        optim.Adadelta, optim.Adagrad, optim.Adam, optim.Adamax, optim.ASGD, optim.RMSprop, optim.Rprop,
        optim.SGD, optim.AdamW, optim.NAdam, optim.RAdam, optim.Adafactor,
    )
}  # fmt: skip


def make_optimizer(name, params, lr):
    if name in CLASSES:
        return CLASSES[name](params, lr)
    raise ValueError(f"{name} is none of {', '.join(CLASSES)}")


class Momentum:
    def __init__(self, lr, momentum, weight_decay):
        self.lr, self.momentum, self.weight_decay = lr, momentum, weight_decay
        self.velocity = 0

    def step(self, w, g):
        # the learning rate goes into the velocity: the same path, for one learning rate
        self.velocity = self.momentum * self.velocity - self.lr * (g + self.weight_decay * w)
        return w + self.velocity


class Adam:
    def __init__(self, lr, betas, eps):
        self.lr, self.betas, self.eps = lr, betas, eps
        self.m = self.v = 0
        self.power = [1.0, 1.0]

    def step(self, w, g):
        self.power = [power * beta for power, beta in zip(self.power, self.betas, strict=True)]
        self.m = torch.lerp(g, torch.as_tensor(self.m).expand_as(g).to(g), self.betas[0])
        self.v = self.betas[1] * self.v + (1 - self.betas[1]) * g * g
        size = self.lr * (1 - self.power[1]) ** 0.5 / (1 - self.power[0])
        return w - size * self.m / (self.v.sqrt() + self.eps * (1 - self.power[1]) ** 0.5)


def walk(update, w, grad, steps):
    places = [w.clone()]
    while len(places) <= steps:
        places.append(update.step(places[-1], grad(places[-1])))
    return torch.cat([place.unsqueeze(0) for place in places])


def momentum_path(w, grad, lr, momentum, steps, weight_decay=0.0):
    return walk(Momentum(lr, momentum, weight_decay), w, grad, steps)


def adam_path(w, grad, lr, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    return walk(Adam(lr, (beta1, beta2), eps), w, grad, steps)


def train_lbfgs(model, criterion, x, y, steps):
    optimizer = optim.LBFGS(model.parameters(), lr=1)
    losses = []
    for _ in range(steps):
        seen = []

        def closure(seen=seen):
            model.zero_grad()
            loss = criterion(model(x), y)
            seen.append(loss.item())
            loss.backward()
            return loss

        optimizer.step(closure)
        losses.append(seen[0])
    return losses


def asgd_average(optimizer):
    averages = []
    for group in optimizer.param_groups:
        for p in group["params"]:
            averages.append(optimizer.state[p]["ax"].clone())
    return averages


def compare_optimizers(model, rates, x, y, epochs):
    start = {key: value.clone() for key, value in model.state_dict().items()}
    runs = {}
    for name in rates:
        model.load_state_dict(start)
        optimizer = make_optimizer(name, list(model.parameters()), rates[name])
        losses = []
        for _ in range(epochs):
            model.zero_grad()
            loss = nn.functional.binary_cross_entropy(model(x), y)
            loss.backward()
            losses.append(loss.detach())
            optimizer.step()
        runs[name] = torch.stack(losses).tolist()
    model.load_state_dict(start)
    model.zero_grad()
    return runs


def learning_rates():
    many = {name: 1.0 for name in ("Adam", "Adamax", "NAdam", "AdamW")}
    return {
        **many, "SGD": 3, "ASGD": 3, "Adagrad": 3, "RMSprop": 0.1, "Rprop": 0.01, "RAdam": 5,
        "Adadelta": 100, "Adafactor": 0.4,
    }  # fmt: skip
