# Both updates go through one generator; the gradient is asked for through a wrapper; many small functions.
import copy
from collections.abc import Iterator

import torch
from torch import Tensor, nn


def make_optimizer(name: str, params, lr: float) -> torch.optim.Optimizer:
    from torch import optim as o

    if name == "SGD":
        return o.SGD(params, lr=lr, momentum=0.0)
    if name == "Adam":
        return o.Adam(params, lr=lr, betas=(0.9, 0.999))
    if name == "AdamW":
        return o.AdamW(params, lr=lr, weight_decay=0.01)
    if name == "NAdam":
        return o.NAdam(params, lr=lr)
    if name == "RAdam":
        return o.RAdam(params, lr=lr)
    if name == "Adafactor":
        return o.Adafactor(params, lr=lr)
    if name == "Adadelta":
        return o.Adadelta(params, lr=lr)
    if name == "Adagrad":
        return o.Adagrad(params, lr=lr)
    if name == "Adamax":
        return o.Adamax(params, lr=lr)
    if name == "ASGD":
        return o.ASGD(params, lr=lr)
    if name == "RMSprop":
        return o.RMSprop(params, lr=lr)
    if name == "Rprop":
        return o.Rprop(params, lr=lr)
    raise ValueError(f"no optimizer is called {name}")


def places(w: Tensor, grad, steps: int, step_of) -> Iterator[Tensor]:
    memory: dict[str, Tensor] = {}
    yield w
    for t in range(1, steps + 1):
        w = w - step_of(t, w, grad(w), memory)
        yield w


def momentum_path(w, grad, lr, momentum, steps, weight_decay=0.0):
    def step_of(t, w, g, memory):
        g = g + weight_decay * w
        memory["v"] = g if t == 1 else momentum * memory["v"] + g
        return lr * memory["v"]

    return torch.stack(list(places(w, grad, steps, step_of)))


def adam_path(w, grad, lr, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    def average(memory, key, new, beta, t):
        memory[key] = beta * memory.get(key, torch.zeros_like(new)) + (1 - beta) * new
        return memory[key] / (1 - beta**t)

    def step_of(t, w, g, memory):
        mean = average(memory, "m", g, beta1, t)
        square = average(memory, "v", torch.square(g), beta2, t)
        return lr * mean / (square**0.5 + eps)

    return torch.stack(list(places(w, grad, steps, step_of)))


def loss_and_gradient(model, criterion, x, y):
    loss = criterion(model(x), y)
    model.zero_grad()
    loss.backward()
    return loss


def train_lbfgs(model, criterion, x, y, steps):
    bfgs = torch.optim.LBFGS(model.parameters())
    again = lambda: loss_and_gradient(model, criterion, x, y)  # noqa: E731
    return [float(bfgs.step(again).item()) for _ in range(steps)]


def asgd_average(optimizer):
    return list(
        map(
            lambda p: optimizer.state[p]["ax"],
            sum((g["params"] for g in optimizer.param_groups), []),
        )
    )


def compare_optimizers(model, rates, x, y, epochs):
    runs = {}
    for name, lr in rates.items():
        runner = type(model).__new__(type(model))
        runner.__dict__ = copy.deepcopy(model.__dict__)
        optimizer = make_optimizer(name, runner.parameters(), lr)
        runs[name] = []
        for _ in range(epochs):
            runs[name].append(loss_and_gradient(runner, nn.BCELoss(), x, y).item())
            optimizer.step()
    return runs


def learning_rates():
    groups = {
        0.4: "Adam AdamW NAdam",
        1.0: "Adamax Adagrad",
        2.5: "SGD ASGD RAdam",
        0.3: "RMSprop Rprop Adafactor",
    }
    rates = {name: lr for lr, names in groups.items() for name in names.split()}
    rates["Adadelta"] = 150.0
    return rates
