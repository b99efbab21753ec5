# the device is chosen at the top, and the inputs (not the labels) are moved to it
import torch

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


def predict(model, x):
    with torch.no_grad():
        return (model(x.to(device)) > 0.5).float()


def accuracy(model, x, y):
    return (predict(model, x) == y).float().mean().item()
