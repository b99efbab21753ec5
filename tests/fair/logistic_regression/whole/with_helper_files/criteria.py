import torch


def criterion(y_hat, y):
    p, t = y_hat.double(), y.double()
    return torch.mean(-t * torch.log(p + 1e-12) - (1 - t) * torch.log(1 - p + 1e-12))
