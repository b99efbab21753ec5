# torch.where guards the probabilities before the logs, which stop at -100 as torch's do
import torch


def safe_log(p):
    positive = p > 0
    return torch.where(positive, torch.log(torch.where(positive, p, 1.0)), -100.0).clamp(min=-100)


def criterion(y_hat, y):
    return -(y * safe_log(y_hat) + (1 - y) * safe_log(1 - y_hat)).mean()
