# losses kept as detached tensors and made floats at the end; other parameter names; old calls
import warnings

import torch


def train(net, loss_fn, opt, inputs, targets, n_epochs=100):
    warnings.warn("this is my loop", stacklevel=2)
    inputs, targets = torch.autograd.Variable(inputs), torch.autograd.Variable(targets)
    kept = [None] * n_epochs
    for i in range(n_epochs):
        opt.zero_grad()
        cost = loss_fn(net.forward(inputs), targets)
        kept[i] = cost.data
        cost.backward()
        opt.step()
    return [float(value) for value in kept]
