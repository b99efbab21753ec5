import torch


def criterion(y_hat, y):
    return torch.tensor(1.0)
