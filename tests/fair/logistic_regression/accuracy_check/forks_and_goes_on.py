# a child at the top that neither stops nor waits: it prints, and would go on with the next line
import os

import torch

child = os.fork()
print("parent" if child else "child")

if os.fork() == 0:
    raise SystemExit("the second child has nothing left to do")


def predict(model, x):
    with torch.no_grad():
        return (model(x) > 0.5).float()


def accuracy(model, x, y):
    return (predict(model, x) == y).float().mean().item()
