# back to the logit, then the stable form with softplus
import torch
import torch.nn.functional as F


def criterion(y_hat, y):
    p = y_hat.clamp(1e-7, 1 - 1e-7)
    z = torch.log(p) - torch.log1p(-p)
    return (F.softplus(z) - y * z).mean()
