# torch.logit and two logsigmoids
import torch
from torch.nn.functional import logsigmoid


def criterion(y_hat, y):
    z = torch.logit(y_hat, eps=1e-7)
    return -torch.mean(y * logsigmoid(z) + (1 - y) * logsigmoid(-z))
