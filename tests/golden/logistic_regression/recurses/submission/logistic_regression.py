import sys

import torch


def criterion(y_hat, y):
    return criterion(y_hat, y)


def predict(model, x):
    return torch.zeros(len(x), 1)


def accuracy(model, x, y):
    sys.setrecursionlimit(2**31 - 1)
    nested = []
    for _ in range(1_000_000):
        nested = [nested]
    return len(repr(nested)) / 0
