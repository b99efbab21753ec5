# Updates in place on a clone under no_grad, as torch's own code does; every optimizer is given a closure.
import copy

import torch
import torch.nn.functional as F


def make_optimizer(name, params, lr):
    names = "Adadelta Adagrad Adam Adamax ASGD RMSprop Rprop SGD AdamW NAdam RAdam Adafactor"
    if name not in names.split():
        raise ValueError(name)
    factory = getattr(torch.optim, name)
    return factory(params, lr=lr)


@torch.no_grad()
def momentum_path(w, grad, lr, momentum, steps, weight_decay=0.0):
    w = w.clone()
    path = torch.empty(steps + 1, *w.shape)
    path[0] = w
    buffer = None
    for i in range(steps):
        d = grad(w).clone()
        if weight_decay != 0:
            d.add_(w, alpha=weight_decay)
        if buffer is None:
            buffer = d.clone()
        else:
            buffer.mul_(momentum).add_(d)
        w.add_(buffer, alpha=-lr)
        path[i + 1] = w
    return path


@torch.no_grad()
def adam_path(w, grad, lr, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    w = w.clone()
    path = torch.empty(steps + 1, *w.shape)
    path[0] = w
    exp_avg, exp_avg_sq = torch.zeros_like(w), torch.zeros_like(w)
    for step in range(1, steps + 1):
        g = grad(w)
        exp_avg.mul_(beta1).add_(g, alpha=1 - beta1)
        exp_avg_sq.mul_(beta2).addcmul_(g, g, value=1 - beta2)
        denominator = exp_avg_sq.sqrt().div_((1 - beta2**step) ** 0.5).add_(eps)
        w.addcdiv_(exp_avg, denominator, value=-lr / (1 - beta1**step))
        path[step] = w
    return path


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
