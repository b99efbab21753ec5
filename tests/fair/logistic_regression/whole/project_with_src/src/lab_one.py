import warnings

import torch
import torch.nn.functional as F


def sigmoid(z):
    e = torch.exp(-z.double())
    return (1 / (1 + e)).float()


class Model(torch.nn.Module):
    def __init__(self, n_inputs=1):
        super(Model, self).__init__()  # noqa: UP008
        self.linear = torch.nn.Linear(n_inputs, 1)

    def forward(self, x):
        warnings.warn("one more forward pass", stacklevel=1)
        y_pred = F.sigmoid(self.linear(x))
        print("predicted", y_pred)
        return y_pred


import torch
from torch.nn.functional import logsigmoid


def criterion(y_hat, y):
    z = torch.logit(y_hat, eps=1e-7)
    return -torch.mean(y * logsigmoid(z) + (1 - y) * logsigmoid(-z))


def train(model, criterion, optimizer, x, y, epochs):
    losses = []
    optimizer.zero_grad()
    while len(losses) < epochs:
        y_hat = model(x)
        loss = criterion(y_hat, y)
        loss.backward()
        losses.append(float(loss))
        optimizer.step()
        optimizer.zero_grad()
    return losses


import torch
from torch.autograd import Variable
from torch.utils.data import DataLoader, TensorDataset


def predict(model, x):
    probability = model.forward(Variable(x)).data
    return torch.heaviside(probability - 0.5, torch.zeros_like(probability))


def accuracy(model, x, y):
    correct, total = 0, 0
    for rows, labels in DataLoader(TensorDataset(x, y), batch_size=3):
        correct += int((predict(model, rows) == labels).sum())
        total += labels.size(0)
    return correct / total


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


import warnings
from copy import deepcopy

import torch
from torch import nn

warnings.warn("an exercise on optimizers", stacklevel=1)


def names():
    return (
        "Adadelta", "Adagrad", "Adam", "Adamax", "ASGD", "RMSprop", "Rprop", "SGD",
        "AdamW", "NAdam", "RAdam", "Adafactor",
    )  # fmt: skip


def make_optimizer(name, params, lr, **more):
    if name not in names():
        raise ValueError(name)
    return getattr(torch.optim, name)(params, lr=lr, **more)


def momentum_path(w, grad, lr, momentum, steps, weight_decay=0.0, verbose=False):
    path, gradients = [w], []
    for t in range(steps):
        gradients.append(grad(path[-1]) + weight_decay * path[-1])
        velocity = sum(momentum ** (t - k) * g for k, g in enumerate(gradients))
        path.append(path[-1] - lr * velocity)
        if verbose:
            print(t, path[-1])
    return torch.stack(path)


def adam_path(w, grad, lr, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    path, gs = [w], []
    for t in range(1, steps + 1):
        gs.append(grad(path[-1]))
        up = sum(beta1 ** (t - 1 - k) * g for k, g in enumerate(gs)) / sum(
            beta1**k for k in range(t)
        )
        down = sum(beta2 ** (t - 1 - k) * g**2 for k, g in enumerate(gs)) / sum(
            beta2**k for k in range(t)
        )
        path.append(path[-1] - lr * up / (torch.sqrt(down) + eps))
    return torch.stack(path, dim=0)


def train_lbfgs(model, criterion, x, y, steps):
    optimizer = torch.optim.LBFGS(model.parameters())
    losses = []

    def closure():
        optimizer.zero_grad()
        output = model(x)
        loss = criterion(output, y)
        loss.backward()
        return loss

    for step in range(steps):
        loss = optimizer.step(closure)
        print(step, loss.item())
        losses.append(loss.item())
    return losses


def asgd_average(optimizer):
    found = []
    for group in optimizer.param_groups:
        found.extend(optimizer.state[p].get("ax") for p in group["params"])
    return tuple(found)


def compare_optimizers(model, rates, x, y, epochs):
    results = {}
    for name in sorted(rates):
        net = deepcopy(model)
        optimizer = make_optimizer(name=name, params=net.parameters(), lr=rates[name])
        criterion = nn.BCELoss(reduction="mean")
        results[name] = []
        for epoch in range(epochs):
            loss = criterion(net(x), y)
            results[name].append(loss.item())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            del epoch
    return results


def learning_rates():
    x, y = torch.arange(1.0, 5.0).reshape(-1, 1), torch.tensor([[0.0], [0.0], [1.0], [1.0]])
    model = nn.Sequential(nn.Linear(1, 1), nn.Sigmoid())
    nn.init.constant_(model[0].weight, 0.5)
    nn.init.constant_(model[0].bias, -0.25)
    found = {}
    for name in names():
        for lr in (0.3, 3.0, 300.0):
            losses = compare_optimizers(model, {name: lr}, x, y, 31)[name]
            if losses[-1] < 0.24:
                found[name] = lr
                break
    return found


# everything below ran while I worked on it
torch.manual_seed(7)
hours = torch.tensor([[1.0], [2.0], [3.0], [4.0]])
passed = torch.tensor([[0.0], [0.0], [1.0], [1.0]])
my_model = Model()
history = train(my_model, criterion, torch.optim.SGD(my_model.parameters(), lr=0.01), hours, passed, 1000)
print("loss", history[0], "->", history[-1], "accuracy", accuracy(my_model, hours, passed))
if __name__ == "__main__":
    input("press enter to see the curve")
