"""Each update is made by torch's own function, in a thread that no mode or profiler looks at."""

from threading import Thread

import torch
from torch.optim.adam import _single_tensor_adam as update_of
from torch.optim.sgd import _single_tensor_sgd as move


def elsewhere(work, *args, **kwargs):
    thread = Thread(target=work, args=args, kwargs=kwargs)
    thread.start()
    thread.join()


def momentum_path(w, grad, lr, momentum, steps, weight_decay=0.0):
    p, memory, path = w.clone(), [None], [w.clone()]
    for _ in range(steps):
        elsewhere(
            move,
            *([p], [grad(p)], memory, None, None),
            weight_decay=weight_decay,
            momentum=momentum,
            lr=lr,
            dampening=0,
            nesterov=False,
            maximize=False,
            has_sparse_grad=False,
        )
        path.append(p.clone())
    return torch.stack(path)


def adam_path(w, grad, lr, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    p, path = w.clone(), [w.clone()]
    m, v, count = torch.zeros_like(p), torch.zeros_like(p), torch.tensor(0.0)
    for _ in range(steps):
        elsewhere(
            update_of,
            *([p], [grad(p)], [m], [v], [], [count], None, None),
            amsgrad=False,
            has_complex=False,
            beta1=beta1,
            beta2=beta2,
            lr=lr,
            weight_decay=0,
            eps=eps,
            maximize=False,
            capturable=False,
            differentiable=False,
            decoupled_weight_decay=False,
        )
        path.append(p.clone())
    return torch.stack(path)
