# %%
import torch

# %%
rate = float(input("learning rate? "))


def criterion(y_hat, y):
    p = y_hat.clamp(1e-7, 1 - 1e-7)
    return -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()


# %%
def predict(model, x):
    with torch.no_grad():
        return (model(x) > 0.5).float()


def accuracy(model, x, y):
    return (predict(model, x) == y).float().mean().item()
