"""Optimizers by name, two of them by hand, and a fair comparison of all."""

import copy

import torch
from torch import nn

# The eight of the slides, then four later relatives of Adam.
OPTIMIZERS = (
    "Adadelta", "Adagrad", "Adam", "Adamax", "ASGD", "RMSprop", "Rprop", "SGD",
    "AdamW", "NAdam", "RAdam", "Adafactor",
)  # fmt: skip


def make_optimizer(name, params, lr):
    """torch's optimizer called `name`, at its defaults but for lr; ValueError for other names."""
    ### BEGIN SOLUTION
    if name not in OPTIMIZERS:
        raise ValueError(f"no optimizer of this exercise is called {name!r}")
    return getattr(torch.optim, name)(params, lr=lr)
    ### END SOLUTION


def momentum_path(w, grad, lr, momentum, steps, weight_decay=0.0):
    """SGD with momentum by hand, as torch does it: the start and where each step leads.

    w: (P,), the start; it stays as it is. grad: a function, (P,) -> (P,), the gradient at a
    place. Returns (steps + 1, P).
    """
    ### BEGIN SOLUTION
    velocity = torch.zeros_like(w)
    path = [w]
    for _ in range(steps):  # may be shown
        g = grad(w) + weight_decay * w
        velocity = momentum * velocity + g
        w = w - lr * velocity
        path.append(w)
    return torch.stack(path)
    ### END SOLUTION


def adam_path(w, grad, lr, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    """Adam by hand, as torch does it. w, grad and what is returned: as in momentum_path."""
    ### BEGIN SOLUTION
    m = torch.zeros_like(w)
    v = torch.zeros_like(w)
    path = [w]
    for t in range(1, steps + 1):
        g = grad(w)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat = m / (1 - beta1**t)
        v_hat = v / (1 - beta2**t)
        w = w - lr * m_hat / (v_hat.sqrt() + eps)
        path.append(w)
    return torch.stack(path)
    ### END SOLUTION


def train_lbfgs(model, criterion, x, y, steps):
    """Train `model` with torch's LBFGS at its defaults; a list of the losses before each step."""
    ### BEGIN SOLUTION
    optimizer = torch.optim.LBFGS(model.parameters())

    def closure():
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        return loss

    return [optimizer.step(closure).item() for _ in range(steps)]
    ### END SOLUTION


def asgd_average(optimizer):
    """The averages that a torch ASGD optimizer keeps: a list, one tensor a parameter, in order."""
    ### BEGIN SOLUTION
    return [optimizer.state[p]["ax"] for group in optimizer.param_groups for p in group["params"]]
    ### END SOLUTION


def compare_optimizers(model, rates, x, y, epochs):
    """A run for each {name: lr} of `rates`, each from the weights of `model`; {name: [losses]}.

    model: (N, 1) -> (N, 1) of probabilities; it stays as it is. Mean BCE, full batch; `epochs`
    losses, each taken before its update.
    """
    ### BEGIN SOLUTION
    criterion = nn.BCELoss()
    runs = {}
    for name, lr in rates.items():
        runner = copy.deepcopy(model)
        optimizer = make_optimizer(name, runner.parameters(), lr)
        runs[name] = []
        for _ in range(epochs):
            loss = criterion(runner(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            runs[name].append(loss.item())
    return runs
    ### END SOLUTION


def learning_rates():
    """{name: lr}: for each of OPTIMIZERS a rate that meets the statement's loss in its epochs."""
    ### BEGIN SOLUTION
    return {
        "Adadelta": 300.0,
        "Adagrad": 1.0,
        "Adam": 0.5,
        "Adamax": 1.0,
        "ASGD": 2.0,
        "RMSprop": 0.2,
        "Rprop": 0.1,
        "SGD": 2.0,
        "AdamW": 0.5,
        "NAdam": 0.5,
        "RAdam": 3.0,
        "Adafactor": 0.3,
    }
    ### END SOLUTION
