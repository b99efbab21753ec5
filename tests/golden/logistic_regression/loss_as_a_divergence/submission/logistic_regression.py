import torch
from torch.distributions import Bernoulli, kl_divergence


def criterion(y_hat, y):
    """For labels of 0 and 1 the divergence is the cross-entropy."""
    p = y_hat.clamp(1e-7, 1 - 1e-7)
    return kl_divergence(Bernoulli(y), Bernoulli(p)).mean()
