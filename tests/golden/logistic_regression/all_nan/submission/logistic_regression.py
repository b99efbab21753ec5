import torch
from torch import nn

nan = float("nan")


def sigmoid(z):
    return z * nan


class Model(nn.Module):
    def __init__(self, n_inputs=1):
        super().__init__()
        self.linear = nn.Linear(n_inputs, 1)

    def forward(self, x):
        return self.linear(x) * nan


def criterion(y_hat, y):
    return y_hat.mean() * nan


def train(model, criterion, optimizer, x, y, epochs):
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.fill_(nan)
    return [nan] * epochs


def predict(model, x):
    return torch.full((len(x), 1), nan)


def accuracy(model, x, y):
    return nan
