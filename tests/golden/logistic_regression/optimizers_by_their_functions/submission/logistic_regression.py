import torch
from torch.optim.adam import adam as update_of
from torch.optim.sgd import sgd as move


def momentum_path(w, grad, lr, momentum, steps, weight_decay=0.0):
    p, memory, path = w.clone(), [None], [w.clone()]
    for _ in range(steps):
        move(
            [p],
            [grad(p)],
            memory,
            weight_decay=weight_decay,
            momentum=momentum,
            lr=lr,
            dampening=0,
            nesterov=False,
            maximize=False,
        )
        path.append(p.clone())
    return torch.stack(path)


def adam_path(w, grad, lr, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    p, path = w.clone(), [w.clone()]
    m, v, count = torch.zeros_like(p), torch.zeros_like(p), torch.tensor(0.0)
    for _ in range(steps):
        update_of(
            [p],
            [grad(p)],
            [m],
            [v],
            [],
            [count],
            amsgrad=False,
            beta1=beta1,
            beta2=beta2,
            lr=lr,
            weight_decay=0,
            eps=eps,
            maximize=False,
        )
        path.append(p.clone())
    return torch.stack(path)
