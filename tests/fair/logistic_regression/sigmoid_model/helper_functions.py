# helper functions and a recursion by symmetry; softmax over two columns inside the model
import torch
from torch import nn


def right_half(z):
    return 1 / (1 + torch.exp(-z))


def sigmoid(z):
    if (z >= 0).all():
        return right_half(z)
    negative = z < 0
    mirrored = sigmoid(torch.where(negative, -z, z))
    return torch.where(negative, torch.exp(torch.where(negative, z, -z)) * mirrored, mirrored)


class Model(nn.Module):
    def __init__(self, n_inputs=1):
        super().__init__()
        self.linear = nn.Linear(n_inputs, 1)

    def forward(self, x):
        z = self.linear(x)
        return torch.softmax(torch.cat([torch.zeros_like(z), z], dim=1), dim=1)[:, 1:]
