# %%
import torch


# %%
def predict(model, x):
    with torch.no_grad():
        return (model(x) > 0.5).float()


def accuracy(model, x, y):
    return (predict(model, x) == y).float().mean().item()


# %%
epoch = 0
while epoch < 10:
    loss = 1.0


def criterion(y_hat, y):
    return torch.tensor(loss)
