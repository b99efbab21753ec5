# learning_rates looks for its rates by running; prints, a warning, and extra arguments with defaults.
import warnings
from copy import deepcopy

import torch
from torch import nn

warnings.warn("an exercise on optimizers", stacklevel=1)


def names():
    return (
        "Adadelta", "Adagrad", "Adam", "Adamax", "ASGD", "RMSprop", "Rprop", "SGD",
        "AdamW", "NAdam", "RAdam", "Adafactor",
    )  # fmt: skip


def make_optimizer(name, params, lr, **more):
    if name not in names():
        raise ValueError(name)
    return getattr(torch.optim, name)(params, lr=lr, **more)


def momentum_path(w, grad, lr, momentum, steps, weight_decay=0.0, verbose=False):
    path, gradients = [w], []
    for t in range(steps):
        gradients.append(grad(path[-1]) + weight_decay * path[-1])
        velocity = sum(momentum ** (t - k) * g for k, g in enumerate(gradients))
        path.append(path[-1] - lr * velocity)
        if verbose:
            print(t, path[-1])
    return torch.stack(path)


def adam_path(w, grad, lr, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    path, gs = [w], []
    for t in range(1, steps + 1):
        gs.append(grad(path[-1]))
        up = sum(beta1 ** (t - 1 - k) * g for k, g in enumerate(gs)) / sum(
            beta1**k for k in range(t)
        )
        down = sum(beta2 ** (t - 1 - k) * g**2 for k, g in enumerate(gs)) / sum(
            beta2**k for k in range(t)
        )
        path.append(path[-1] - lr * up / (torch.sqrt(down) + eps))
    return torch.stack(path, dim=0)


def train_lbfgs(model, criterion, x, y, steps):
    optimizer = torch.optim.LBFGS(model.parameters())
    losses = []

    def closure():
        optimizer.zero_grad()
        output = model(x)
        loss = criterion(output, y)
        loss.backward()
        return loss

    for step in range(steps):
        loss = optimizer.step(closure)
        print(step, loss.item())
        losses.append(loss.item())
    return losses


def asgd_average(optimizer):
    found = []
    for group in optimizer.param_groups:
        found.extend(optimizer.state[p].get("ax") for p in group["params"])
    return tuple(found)


def compare_optimizers(model, rates, x, y, epochs):
    results = {}
    for name in sorted(rates):
        net = deepcopy(model)
        optimizer = make_optimizer(name=name, params=net.parameters(), lr=rates[name])
        criterion = nn.BCELoss(reduction="mean")
        results[name] = []
        for epoch in range(epochs):
            loss = criterion(net(x), y)
            results[name].append(loss.item())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            del epoch
    return results


def learning_rates():
    x, y = torch.arange(1.0, 5.0).reshape(-1, 1), torch.tensor([[0.0], [0.0], [1.0], [1.0]])
    model = nn.Sequential(nn.Linear(1, 1), nn.Sigmoid())
    nn.init.constant_(model[0].weight, 0.5)
    nn.init.constant_(model[0].bias, -0.25)
    found = {}
    for name in names():
        for lr in (0.3, 3.0, 300.0):
            losses = compare_optimizers(model, {name: lr}, x, y, 31)[name]
            if losses[-1] < 0.24:
                found[name] = lr
                break
    return found
