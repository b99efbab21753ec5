# torch.round, whose half goes to the even number 0; accuracy calls predict
import torch


def predict(model, x):
    return torch.round(model(x)).detach()


def accuracy(model, x, y):
    return (predict(model, x) == y).float().mean().item()
