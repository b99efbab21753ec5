# The updates are computed in NumPy, in float64, and go back as tensors; the loss of the comparison is written out.
import copy

import numpy as np
import torch

SLIDES = ["Adadelta", "Adagrad", "Adam", "Adamax", "ASGD", "RMSprop", "Rprop", "SGD"]
TODAY = ["AdamW", "NAdam", "RAdam", "Adafactor"]


def make_optimizer(name, params, lr):
    if name in SLIDES + TODAY:
        return eval(f"torch.optim.{name}")(params, lr=lr)
    raise ValueError("unknown optimizer")


def slope_at(grad, w):
    return grad(torch.tensor(w, dtype=torch.float32)).cpu().numpy().astype(np.float64)


def momentum_path(w, grad, lr, momentum, steps, weight_decay=0.0):
    places = [w.cpu().numpy().astype(np.float64)]
    v = np.zeros_like(places[0])
    for _ in range(steps):
        v = momentum * v + slope_at(grad, places[-1]) + weight_decay * places[-1]
        places.append(places[-1] - lr * v)
    return torch.tensor(np.array(places), dtype=torch.float32)


def adam_path(w, grad, lr, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    places = [w.cpu().numpy().astype(np.float64)]
    m, v = np.zeros_like(places[0]), np.zeros_like(places[0])
    for t in np.arange(1, steps + 1):
        g = slope_at(grad, places[-1])
        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * np.square(g)
        places.append(places[-1] - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps))
    return torch.from_numpy(np.stack(places))


def bce(p, y):
    return -(y * p.log() + (1 - y) * (1 - p).log()).mean()


def train_lbfgs(model, criterion, x, y, steps):
    params = [p for p in model.parameters() if p.requires_grad]
    lbfgs = torch.optim.LBFGS(params)
    history = []

    def closure():
        loss = criterion(model(x), y)
        for p, g in zip(params, torch.autograd.grad(loss, params), strict=True):
            p.grad = g
        return loss

    for _ in range(steps):
        history.append(lbfgs.step(closure).item())
    return history


def asgd_average(optimizer):
    return [state["ax"] for state in optimizer.state.values()]


def compare_optimizers(model, rates, x, y, epochs):
    runs = {name: [] for name in rates}
    for name, losses in runs.items():
        runner = copy.deepcopy(model)
        optimizer = make_optimizer(name, runner.parameters(), rates[name])
        for _ in range(epochs):
            loss = bce(runner(x), y)
            losses.append(loss.item())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return runs


def learning_rates():
    rates = {}
    rates["Adadelta"] = 1000
    rates["Adagrad"] = 5.0
    for name in ("Adam", "NAdam", "AdamW"):
        rates[name] = 2.0
    rates.update(Adamax=3.0, ASGD=5.0, SGD=5.0, RMSprop=0.5, Rprop=0.3, RAdam=10.0, Adafactor=0.4)
    return rates
