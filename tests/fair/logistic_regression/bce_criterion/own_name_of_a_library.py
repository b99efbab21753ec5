# a helper of the student's own that is called like a library loss; a dot product for the sum
import torch


def binary_cross_entropy(p, y):
    return -(torch.dot(y, torch.log(p)) + torch.dot(1 - y, torch.log(1 - p))) / p.numel()


def criterion(y_hat, y):
    p = y_hat.reshape(-1) * (1 - 2e-7) + 1e-7
    return binary_cross_entropy(p, y.reshape(-1))
