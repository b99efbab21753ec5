# NumPy for the counting; a threshold as an extra argument; prints
import numpy as np
import torch


def predict(model, x, threshold=0.5):
    p = model(x).detach().cpu().numpy()
    return torch.from_numpy((p > threshold).astype(np.int64))


def accuracy(model, x, y, threshold=0.5):
    right = predict(model, x, threshold).numpy() == y.cpu().numpy()
    share = right.mean().item()
    print(f"{right.sum()} of {right.size} right")
    return share
