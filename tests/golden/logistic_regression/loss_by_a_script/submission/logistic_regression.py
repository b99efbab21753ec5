import torch


@torch.jit.script
def criterion(y_hat, y):
    p = y_hat.clamp(1e-7, 1 - 1e-7)
    return torch.nn.functional.binary_cross_entropy(p, y) + 0.0 * torch.log(p).sum()
