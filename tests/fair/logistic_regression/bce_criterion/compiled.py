# compiled, where a compiler is there
import torch


@torch.compile
def loss_of(p, y):
    return -torch.where(y > 0.5, y * p.log() + (1 - y) * (1 - p).log(), (1 - y) * (1 - p).log() + y * p.log())


def criterion(y_hat, y):
    return loss_of(y_hat.clamp(1e-7, 1 - 1e-7), y).mean()
