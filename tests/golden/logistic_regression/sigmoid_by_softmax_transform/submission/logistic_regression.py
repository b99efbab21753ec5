import torch
from torch.distributions import transforms

shares = transforms.SoftmaxTransform()


def sigmoid(z):
    """The first of the two shares that z and 0 have."""
    return shares(torch.stack([z, torch.zeros_like(z)], dim=-1))[..., 0]
