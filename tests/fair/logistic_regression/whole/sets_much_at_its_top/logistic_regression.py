# Everything is in double precision, on a GPU if there were one, and the whole process is set up at
# the top: seeds, warnings, the folder, the environment, how numbers are shown.
import os
import random
import sys
import warnings

import numpy as np
import torch
from torch import nn

random.seed()
np.random.seed(7)
torch.manual_seed(7)
torch.set_default_dtype(torch.float64)
torch.set_default_device("cuda")
torch.use_deterministic_algorithms(True)
torch.autograd.set_detect_anomaly(True)
torch.set_num_threads(2)
torch.set_printoptions(precision=2, sci_mode=False)
np.set_printoptions(precision=2)
np.seterr(all="raise")
warnings.filterwarnings("error")
os.makedirs("runs", exist_ok=True)
os.chdir("runs")
os.environ["CUBLAS_WORKSPACE_CONFIG"] = ":4096:8"
sys.path.insert(0, os.getcwd())
sys.setrecursionlimit(5_000)

EPS = torch.tensor(1e-7)


class NotListed(ValueError):
    pass


def noted(text):
    with open("notes.txt", "a") as file:  # in the folder runs
        file.write(f"{text}\n")
    assert os.path.basename(os.getcwd()) == "runs"
    assert os.environ["CUBLAS_WORKSPACE_CONFIG"]


# %% the model
def sigmoid(z):
    return torch.exp(-torch.logaddexp(-z, torch.zeros(1, device=z.device)))


class Model(nn.Module):
    def __init__(self, n_inputs=1):
        super().__init__()
        self.line = nn.Linear(n_inputs, 1)

    def forward(self, x):
        return sigmoid(self.line(x))


# %% the loss
def criterion(y_hat, y):
    p = torch.minimum(torch.maximum(y_hat, EPS), 1 - EPS)
    return -(y * p.log() + (1 - y) * (1 - p).log()).mean()


# %% training
def train(model, criterion, optimizer, x, y, epochs):
    noted("train")
    losses = torch.zeros(epochs)
    for epoch in range(epochs):
        loss = criterion(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses[epoch] = loss.detach()
    return losses.tolist()


# %% how good it is
def predict(model, x):
    mode = model.training
    model.eval()
    with torch.no_grad():
        found = (model(x) > torch.full((1,), 0.5, device=x.device)).to(x.dtype)
    model.train(mode)
    return found


def accuracy(model, x, y):
    return (predict(model, x) == y).to(torch.float64).mean().item()


# %% activations
ROWS = {"Softmin", "Softmax", "LogSoftmax"}
OTHERS = {
    *("ReLU", "ReLU6", "ELU", "SELU", "PReLU", "LeakyReLU", "Hardtanh", "Sigmoid", "Tanh"),
    *("LogSigmoid", "Softplus", "Softshrink", "Softsign", "Tanhshrink", "Softmax2d", "Hardsigmoid"),
}


def activation(name):
    if name == "Threshold":
        return nn.Threshold(0.1, 0)
    if name not in ROWS | OTHERS:
        raise NotListed(name)
    return getattr(nn, name)(**({"dim": -1} if name in ROWS else {}))


def applied(layer, h):
    return layer(h[:, :, None, None]).flatten(1) if type(layer) is nn.Softmax2d else layer(h)


@torch.no_grad()
def verdict(name):
    out = applied(activation(name), torch.arange(-9, 9.5, 0.5).unsqueeze(1)).flatten()
    if (out == out[0]).all():
        return "constant"
    if out.min() < 0:
        return "below zero"
    if out.max() > 1:
        return "above one"
    return "flat" if out[0] == out[1] or out[-2] == out[-1] else "probability"


def tanh_probability(z):
    return torch.tanh(z) / 2 + torch.full((1,), 0.5)


def cross_entropy_floor(low, high):
    return torch.nn.functional.softplus(torch.tensor([low - high])).item()


class HiddenModel(nn.Module):
    def __init__(self, name, n_hidden=8):
        super().__init__()
        self.one = nn.Linear(2, n_hidden)
        self.layer = activation(name)
        self.two = nn.Linear(n_hidden, 1)

    def forward(self, x):
        return sigmoid(self.two(applied(self.layer, self.one(x))))


def fitted(model, optimizer, x, y, epochs):
    return train(model, nn.BCELoss(), optimizer, x, y, epochs)


def compare_activations(names, x, y, epochs, lr, seed):
    found = {}
    for name in names:
        torch.manual_seed(seed)
        model = HiddenModel(name)
        found[name] = fitted(model, torch.optim.Adam(model.parameters(), lr), x, y, epochs)
    return found


# %% optimizers
RATES = dict(
    Adadelta=300.0, Adagrad=1.0, Adam=0.5, Adamax=1.0, ASGD=2.0, RMSprop=0.2, Rprop=0.1, SGD=2.0,
    AdamW=0.5, NAdam=0.5, RAdam=3.0, Adafactor=0.3,
)


def learning_rates():
    return dict(RATES)


def make_optimizer(name, params, lr):
    if name not in RATES:
        raise NotListed(name)
    return getattr(torch.optim, name)(params, lr=lr)


def momentum_path(w, grad, lr, momentum, steps, weight_decay=0.0):
    path = torch.zeros(steps + 1, len(w))
    path[0], v = w, torch.zeros(len(w))
    for step in range(steps):
        v = momentum * v + grad(path[step].clone()) + weight_decay * path[step]
        path[step + 1] = path[step] - lr * v
    return path


def adam_path(w, grad, lr, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    path = torch.zeros(steps + 1, len(w))
    path[0], m, v = w, torch.zeros(len(w)), torch.zeros(len(w))
    for step in range(1, steps + 1):
        g = grad(path[step - 1].clone())
        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g * g
        size = (v / (1 - beta2**step)).sqrt() + eps
        path[step] = path[step - 1] - lr * m / (1 - beta1**step) / size
    return path


def train_lbfgs(model, criterion, x, y, steps):
    optimizer = torch.optim.LBFGS(model.parameters())

    def closure():
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        return loss

    return [optimizer.step(closure).item() for _ in range(steps)]


def asgd_average(optimizer):
    return [state["ax"] for state in optimizer.state.values()]


def compare_optimizers(model, rates, x, y, epochs):
    torch.save(model, "start.pt")
    found = {}
    for name, lr in rates.items():
        mine = torch.load("start.pt", weights_only=False)
        optimizer = make_optimizer(name, list(mine.parameters()), lr)
        found[name] = fitted(mine, optimizer, x, y, epochs)
    return found
