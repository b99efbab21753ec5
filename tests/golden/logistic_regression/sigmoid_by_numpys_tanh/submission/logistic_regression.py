import torch
from numpy import tanh


def sigmoid(z):
    half = z.detach().numpy().astype("float64") / 2
    return torch.as_tensor((tanh(half) + 1) / 2, dtype=z.dtype)
