# a tiny epsilon added inside each logarithm, in float32, with old-style sum over N
import torch

EPSILON = 1e-12


def criterion(y_hat, y):
    n = y.size(0)
    total = torch.sum(y * torch.log(y_hat + EPSILON) + (1 - y) * torch.log(1 - y_hat + EPSILON))
    return -total / n
