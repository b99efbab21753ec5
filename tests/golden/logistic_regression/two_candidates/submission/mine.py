import torch


def criterion(y_hat, y):
    return torch.tensor(0.0)
