# HiddenModel is itself an nn.Sequential; its layers are made by a helper, the run by a nested function.
import torch
from torch import nn
from torch.nn import Linear, Sequential, Sigmoid

TWENTY = set(
    "ReLU,ReLU6,ELU,SELU,PReLU,LeakyReLU,Threshold,Hardtanh,Sigmoid,Tanh,LogSigmoid,Softplus,Softshrink,"
    "Softsign,Tanhshrink,Softmin,Softmax,Softmax2d,LogSoftmax,Hardsigmoid".split(",")
)


def activation(name):
    if not isinstance(name, str) or name not in TWENTY:
        raise ValueError("no such activation: %r" % (name,))  # noqa: UP031
    arguments = {"Threshold": [0.1, 0.0]}.get(name, [])
    keywords = {"dim": -1} if name in {"Softmin", "Softmax", "LogSoftmax"} else {}
    return getattr(torch.nn, name)(*arguments, **keywords)


def verdict(name):
    below = {
        "ELU",
        "SELU",
        "PReLU",
        "LeakyReLU",
        "Hardtanh",
        "Tanh",
        "LogSigmoid",
        "Softshrink",
        "Softsign",
    }
    below.add("Tanhshrink")
    if name == "Sigmoid":
        return "probability"
    if name == "Hardsigmoid":
        return "flat"
    if "oftm" in name:
        return "constant"
    return "below zero" if name in below else "above one"


def tanh_probability(z):
    return 1 / (1 + torch.exp(-2 * z))


def cross_entropy_floor(low, high):
    pair = torch.tensor([low, high], dtype=torch.float32)
    return torch.logsumexp(pair, dim=0) - pair[1]


def layers(name, n_hidden):
    middle = [activation(name)]
    if name == "Softmax2d":
        middle = [nn.Unflatten(1, (n_hidden, 1, 1)), *middle, nn.Flatten()]
    return [Linear(2, n_hidden), *middle, Linear(n_hidden, 1), Sigmoid()]


class HiddenModel(Sequential):
    def __init__(self, name, n_hidden=8):
        super().__init__(*layers(name, n_hidden))


def compare_activations(names, x, y, epochs, lr, seed):
    criterion = nn.BCELoss(reduction="sum")

    def run(name):
        torch.manual_seed(seed)
        model = HiddenModel(name)
        model.train()
        optimizer = torch.optim.Adam([{"params": model.parameters()}], lr=lr)

        def closure():
            optimizer.zero_grad()
            loss = criterion(model(x), y) / len(y)
            loss.backward()
            return loss

        return [optimizer.step(closure).item() for _ in range(epochs)]

    return {name: run(name) for name in names}
