# float64 inside, 1e-12 added inside each logarithm; the loss comes back as float64
import torch


def criterion(y_hat, y):
    p, t = y_hat.double(), y.double()
    return torch.mean(-t * torch.log(p + 1e-12) - (1 - t) * torch.log(1 - p + 1e-12))
