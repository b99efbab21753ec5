# sigmoid in NumPy, inside a torch.autograd.Function with its own backward
import numpy as np
import torch
from torch import nn


class Logistic(torch.autograd.Function):
    @staticmethod
    def forward(ctx, z):
        p = torch.from_numpy(np.asarray(1 / (1 + np.exp(-z.cpu().double().numpy())))).to(z)
        ctx.save_for_backward(p)
        return p

    @staticmethod
    def backward(ctx, gradient):
        (p,) = ctx.saved_tensors
        return gradient * p * (1 - p)


def sigmoid(z):
    return Logistic.apply(z)


class Linear(nn.Module):
    def __init__(self, n_inputs):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(1, n_inputs).uniform_(-1, 1))
        self.bias = nn.Parameter(torch.empty(1).uniform_(-1, 1))

    def score(self, x):
        return x.mm(self.weight.t()).add(self.bias)


class Model(Linear):
    def __init__(self, n_inputs=1):
        super().__init__(n_inputs)
        nn.init.zeros_(self.bias)

    def forward(self, x):
        return sigmoid(self.score(x))
