# softplus written out with max and log1p; a LazyLinear that learns its width at the first call
import torch
from torch import nn


def sigmoid(z):
    m = torch.maximum(-z, torch.zeros_like(z))
    softplus = m + torch.log(torch.exp(-m) + torch.exp(-z - m))
    return torch.exp(-softplus)


class Model(nn.Module):
    def __init__(self, n_inputs=1):
        super().__init__()
        self.unit = nn.LazyLinear(1)

    def forward(self, x):
        return torch.special.expit(self.unit(x))
