# Adam and momentum as optimizers of one's own: subclasses of torch's base class, under the names of torch's.
import copy

import torch
import torch.nn.functional as F
from torch.optim import *  # noqa: F403
from torch.optim import Optimizer


def make_optimizer(name, params, lr):
    names = "Adadelta Adagrad Adam Adamax ASGD RMSprop Rprop SGD AdamW NAdam RAdam Adafactor"
    if name not in names.split():
        raise ValueError(name)
    return getattr(torch.optim, name)(params, lr=lr)


class SGD(Optimizer):
    def __init__(self, params, lr, momentum, weight_decay):
        super().__init__(params, dict(lr=lr, momentum=momentum, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                state = self.state[p]
                g = p.grad + group["weight_decay"] * p
                v = state.get("v", torch.zeros_like(p)) * group["momentum"] + g
                state["v"] = v
                p -= group["lr"] * v


class Adam(Optimizer):
    def __init__(self, params, lr, beta1, beta2, eps):
        super().__init__(params, dict(lr=lr, betas=(beta1, beta2), eps=eps))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            (b, c), eps = group["betas"], group["eps"]
            for p in group["params"]:
                state = self.state[p]
                t = state["t"] = state.get("t", 0) + 1
                state["m"] = b * state.get("m", 0) + (1 - b) * p.grad
                state["v"] = c * state.get("v", 0) + (1 - c) * p.grad**2
                m, v = state["m"] / (1 - b**t), state["v"] / (1 - c**t)
                p -= group["lr"] * m / (v.sqrt() + eps)


def walked(optimizer, p, grad, steps):
    path = [p.detach().clone()]
    for _ in range(steps):
        p.grad = grad(p.detach())
        optimizer.step()
        path.append(p.detach().clone())
    return torch.stack(path)


def momentum_path(w, grad, lr, momentum, steps, weight_decay=0.0):
    p = w.clone().requires_grad_()
    return walked(SGD([p], lr, momentum, weight_decay), p, grad, steps)


def adam_path(w, grad, lr, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    p = w.clone().requires_grad_()
    return walked(Adam([p], lr, beta1, beta2, eps), p, grad, steps)


def train_lbfgs(model, criterion, x, y, steps):
    opt = torch.optim.LBFGS(list(model.parameters()))
    result = []
    for _ in range(steps):

        def closure():
            if torch.is_grad_enabled():
                opt.zero_grad()
            loss = criterion(model(x), y)
            if loss.requires_grad:
                loss.backward()
            return loss

        result.append(float(opt.step(closure).detach()))
    return result


def asgd_average(optimizer):
    params = [p for group in optimizer.param_groups for p in group["params"]]
    return [optimizer.state[p]["ax"].detach() for p in params]


def compare_optimizers(model, rates, x, y, epochs):
    def one(name, lr):
        twin = copy.deepcopy(model)
        opt = make_optimizer(name, twin.parameters(), lr)

        def closure():
            opt.zero_grad()
            loss = F.binary_cross_entropy(twin(x), y)
            loss.backward()
            return loss

        return [float(opt.step(closure).detach()) for _ in range(epochs)]

    return {name: one(name, lr) for name, lr in rates.items()}


def learning_rates():
    return dict(
        Adadelta=500.0, Adagrad=2.0, Adam=0.3, Adamax=0.5, ASGD=1.5, RMSprop=0.15, Rprop=0.05, SGD=1.5,
        AdamW=0.3, NAdam=0.3, RAdam=2.0, Adafactor=0.5,
    )  # fmt: skip
