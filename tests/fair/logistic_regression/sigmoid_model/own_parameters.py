# hand-made parameters, bias first, the weight as a flat vector; Model uses the student's sigmoid
import torch
from torch import nn


def sigmoid(z):
    return torch.exp(-torch.logaddexp(torch.zeros_like(z), -z))


class Model(nn.Module):
    def __init__(self, n_inputs=1):
        super().__init__()
        self.b = nn.Parameter(torch.zeros(()))
        self.w = nn.Parameter(torch.randn(n_inputs) * 0.1)

    def forward(self, x):
        return sigmoid((x * self.w).sum(dim=1, keepdim=True) + self.b)
