import torch


def sigmoid(z):
    return torch.softmax(torch.stack([torch.zeros_like(z), z], -1), -1)[..., 1]
