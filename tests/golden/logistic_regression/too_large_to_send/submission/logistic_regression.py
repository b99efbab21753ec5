import torch


def sigmoid(z):
    return "text" * 25_000_000


def Model(n_inputs=1):
    return [1.5] * 300_000


def criterion(y_hat, y):
    return [torch.zeros(7 << 20)] * 4


def predict(model, x):
    return torch.zeros(1, 1).expand(1 << 20, 1 << 10)


def accuracy(model, x, y):
    nested = 1.0
    for _ in range(500):
        nested = [nested]
    return nested
