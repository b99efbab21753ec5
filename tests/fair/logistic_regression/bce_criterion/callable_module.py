# a loss module of the student's own, built once; criterion is the instance
import torch
from torch import nn


class BinaryCrossEntropy(nn.Module):
    def __init__(self, eps=1e-6):
        super().__init__()
        self.eps = eps

    def forward(self, y_hat, y):
        p = torch.clip(y_hat, self.eps, 1 - self.eps)
        return torch.add(y * torch.log(p), (1 - y) * torch.log(1 - p)).mean().neg()


criterion = BinaryCrossEntropy()
