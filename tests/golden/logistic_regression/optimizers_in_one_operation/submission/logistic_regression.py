"""The steps that Adam(fused=True) and SGD(fused=True) come down to, and one function below SGD."""

import torch
from torch.optim.sgd import _single_tensor_sgd as below


def momentum_path(w, grad, lr, momentum, steps, weight_decay=0.0):
    p, memory, path = w.clone(), [None], [w.clone()]
    for _ in range(steps):
        below(
            [p],
            [grad(p)],
            memory,
            None,
            None,
            weight_decay=weight_decay,
            momentum=momentum,
            lr=lr,
            dampening=0.0,
            nesterov=False,
            maximize=False,
            has_sparse_grad=False,
        )
        path.append(p.clone())
    return torch.stack(path)


def adam_path(w, grad, lr, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    p, path, count = w.clone(), [w.clone()], torch.tensor(0.0)
    m, v = torch.zeros_like(p), torch.zeros_like(p)
    for _ in range(steps):
        count += 1
        torch._fused_adam_(
            [p],
            [grad(p)],
            [m],
            [v],
            [],
            [count],
            lr=lr,
            beta1=beta1,
            beta2=beta2,
            weight_decay=0.0,
            eps=eps,
            amsgrad=False,
            maximize=False,
        )
        path.append(p.clone())
    return torch.stack(path)
