"""Wrong answers to optimizers, each the reference with one thing wrong.

M92 (a plot or title that names another optimizer) is text alone: there is nothing to run.
"""

import copy

import torch
from torch import nn

from autograder.authoring import mistake

from .checks import (
    adam_agrees_elsewhere,
    adam_follows_the_worked_example,
    adam_is_by_hand,
    asgd_gives_its_average,
    builds_every_optimizer_by_name,
    every_run_has_the_same_start,
    lbfgs_asks_for_the_loss_again,
    lbfgs_reaches_the_bottom,
    learning_rates_fit_their_optimizers,
    momentum_agrees_elsewhere,
    momentum_follows_the_worked_example,
    momentum_is_by_hand,
    refuses_other_names,
)
from .solution import OPTIMIZERS, make_optimizer


def descend(model, optimizer, x, y, epochs):
    losses = []
    for _ in range(epochs):
        loss = nn.functional.binary_cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def torchs_path(optimizer, w, grad, steps):
    path = [w.detach().clone()]
    for _ in range(steps):
        w.grad = grad(w.detach())
        optimizer.step()
        path.append(w.detach().clone())
    return torch.stack(path)


@mistake(fails=builds_every_optimizer_by_name, ids="M88", replaces="make_optimizer")
def nesterov_without_momentum(name, params, lr):
    """Nesterov's idea is to look ahead. What does it look ahead along,
    and have you given it one?"""
    if name not in OPTIMIZERS:
        raise ValueError(name)
    extra = {"nesterov": True} if name == "SGD" else {}
    return getattr(torch.optim, name)(params, lr=lr, **extra)


@mistake(fails=refuses_other_names, ids="M84", replaces="make_optimizer")
def sparse_adam_let_in(name, params, lr):
    """torch.optim holds more than these twelve. SparseAdam, for one: whose gradients are sparse?"""
    found = getattr(torch.optim, name, None)
    if found is None:
        raise ValueError(name)
    return found(params, lr=lr)


@mistake(fails=momentum_follows_the_worked_example, ids="M87", replaces="momentum_path")
def momentum_as_an_average(w, grad, lr, momentum, steps, weight_decay=0.0):
    """Compute the very first step by hand: how long is it?
    Does torch damp the gradient by default?"""
    velocity, path = torch.zeros_like(w), [w]
    for _ in range(steps):
        g = grad(w) + weight_decay * w
        velocity = momentum * velocity + (1 - momentum) * g
        w = w - lr * velocity
        path.append(w)
    return torch.stack(path)


@mistake(fails=momentum_follows_the_worked_example, replaces="momentum_path")
def no_memory(w, grad, lr, momentum, steps, weight_decay=0.0):
    """Does the second step know of the first? What should be left of it, and where is that kept?"""
    path = [w]
    for _ in range(steps):
        velocity = momentum * torch.zeros_like(w) + grad(w) + weight_decay * w
        w = w - lr * velocity
        path.append(w)
    return torch.stack(path)


@mistake(fails=momentum_follows_the_worked_example, replaces="momentum_path")
def one_tensor_many_times(w, grad, lr, momentum, steps, weight_decay=0.0):
    """All rows of the path are the last place. After `w -= ...`, how many tensors are there?"""
    velocity, path = torch.zeros_like(w), [w]
    for _ in range(steps):
        velocity = momentum * velocity + grad(w) + weight_decay * w
        w -= lr * velocity
        path.append(w)
    return torch.stack(path)


@mistake(fails=momentum_agrees_elsewhere, ids="M89", replaces="momentum_path")
def decay_beside_the_velocity(w, grad, lr, momentum, steps, weight_decay=0.0):
    """In torch's SGD weight decay is part of the gradient.
    Then does it pass through the velocity?"""
    velocity, path = torch.zeros_like(w), [w]
    for _ in range(steps):
        velocity = momentum * velocity + grad(w)
        w = w - lr * velocity - lr * weight_decay * w
        path.append(w)
    return torch.stack(path)


@mistake(fails=momentum_agrees_elsewhere, ids="M89", replaces="momentum_path")
def decay_without_the_learning_rate(w, grad, lr, momentum, steps, weight_decay=0.0):
    """By how much do the weights shrink in one step if the gradient is 0?
    Does lr have a say in it?"""
    velocity, path = torch.zeros_like(w), [w]
    for _ in range(steps):
        velocity = momentum * velocity + grad(w)
        w = (1 - weight_decay) * w - lr * velocity
        path.append(w)
    return torch.stack(path)


@mistake(fails=momentum_agrees_elsewhere, ids="M89", replaces="momentum_path")
def decay_of_the_first_parameter_only(w, grad, lr, momentum, steps, weight_decay=0.0):
    """Which parameters shrink? Does an optimizer know which of them is called a bias?"""
    velocity, path = torch.zeros_like(w), [w]
    shrinks = torch.zeros_like(w)
    shrinks[0] = weight_decay
    for _ in range(steps):
        velocity = momentum * velocity + grad(w) + shrinks * w
        w = w - lr * velocity
        path.append(w)
    return torch.stack(path)


@mistake(fails=momentum_is_by_hand, replaces="momentum_path")
def momentum_from_torch(w, grad, lr, momentum, steps, weight_decay=0.0):
    """The numbers are right. Can you write the two lines that torch runs for you here?"""
    w = w.clone().requires_grad_()
    optimizer = torch.optim.SGD([w], lr=lr, momentum=momentum, weight_decay=weight_decay)
    return torchs_path(optimizer, w, grad, steps)


@mistake(fails=adam_is_by_hand, replaces="adam_path")
def adam_from_torch(w, grad, lr, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    """The numbers are right. Can you write the five lines that torch runs for you here?"""
    w = w.clone().requires_grad_()
    optimizer = torch.optim.Adam([w], lr=lr, betas=(beta1, beta2), eps=eps)
    return torchs_path(optimizer, w, grad, steps)


def adam_like(w, grad, lr, steps, betas, update):
    """Adam's loop with another last line; the mistakes below are that line."""
    m, v, path = torch.zeros_like(w), torch.zeros_like(w), [w]
    for t in range(1, steps + 1):
        g = grad(w)
        m = betas[0] * m + (1 - betas[0]) * g
        v = betas[1] * v + (1 - betas[1]) * g**2
        w = w - lr * update(m, v, t)
        path.append(w)
    return torch.stack(path)


@mistake(fails=adam_follows_the_worked_example, replaces="adam_path")
def no_correction(w, grad, lr, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    """m and v start at 0. By what factor are they too small after one step?
    And after a thousand?"""
    return adam_like(w, grad, lr, steps, (beta1, beta2), lambda m, v, t: m / (v.sqrt() + eps))


@mistake(fails=adam_follows_the_worked_example, replaces="adam_path")
def start_left_out(w, grad, lr, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    """One row is missing. After 3 steps, how many places has w been at, if the start counts?"""

    def update(m, v, t):
        return m / (1 - beta1**t) / ((v / (1 - beta2**t)).sqrt() + eps)

    return adam_like(w, grad, lr, steps, (beta1, beta2), update)[1:]


@mistake(fails=adam_follows_the_worked_example, replaces="adam_path")
def counted_from_zero(w, grad, lr, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    """Which t does the first step have? Put it into 1 - beta**t and look at what you divide by."""

    def update(m, v, t):
        m_hat, v_hat = m / (1 - beta1 ** (t - 1)), v / (1 - beta2 ** (t - 1))
        return m_hat / (v_hat.sqrt() + eps)

    return adam_like(w, grad, lr, steps, (beta1, beta2), update)


@mistake(fails=adam_follows_the_worked_example, replaces="adam_path")
def root_forgotten(w, grad, lr, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    """If all gradients were ten times as large, should Adam's first step change? Does yours?"""

    def update(m, v, t):
        return m / (1 - beta1**t) / (v / (1 - beta2**t) + eps)

    return adam_like(w, grad, lr, steps, (beta1, beta2), update)


@mistake(fails=adam_agrees_elsewhere, replaces="adam_path")
def eps_under_the_root(w, grad, lr, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    """With a large eps the path differs. Is eps added before the root is taken, or after it?"""

    def update(m, v, t):
        return m / (1 - beta1**t) / (v / (1 - beta2**t) + eps).sqrt()

    return adam_like(w, grad, lr, steps, (beta1, beta2), update)


@mistake(fails=lbfgs_reaches_the_bottom, ids="M82", replaces="train_lbfgs")
def no_closure(model, criterion, x, y, steps):
    """LBFGS looks at several places before it settles for one.
    Why would it ask for the loss again?"""
    optimizer, losses = torch.optim.LBFGS(model.parameters()), []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(fails=lbfgs_reaches_the_bottom, ids="M83", replaces="train_lbfgs")
def stale_loss_with_its_graph(model, criterion, x, y, steps):
    """The weights have moved since this loss was computed.
    What has to happen inside the closure?"""
    optimizer, losses = torch.optim.LBFGS(model.parameters()), []
    for _ in range(steps):
        loss = criterion(model(x), y)

        def closure(loss=loss):
            optimizer.zero_grad()
            loss.backward()
            return loss

        losses.append(optimizer.step(closure).item())
    return losses


@mistake(fails=lbfgs_reaches_the_bottom, ids="M83", replaces="train_lbfgs")
def gradient_computed_once(model, criterion, x, y, steps):
    """LBFGS moved and asked again, and got the loss and the slope of the old place.
    Who computes the new?"""
    optimizer, losses = torch.optim.LBFGS(model.parameters()), []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        losses.append(optimizer.step(lambda loss=loss: loss).item())
    return losses


@mistake(fails=lbfgs_reaches_the_bottom, replaces="train_lbfgs")
def gradients_pile_up(model, criterion, x, y, steps):
    """The closure runs many times in a step.
    What is in the gradients when it runs the second time?"""
    optimizer = torch.optim.LBFGS(model.parameters())

    def closure():
        loss = criterion(model(x), y)
        loss.backward()
        return loss

    return [optimizer.step(closure).item() for _ in range(steps)]


@mistake(fails=lbfgs_reaches_the_bottom, ids="M93", replaces="train_lbfgs")
def learning_rate_in_the_wrong_bracket(model, criterion, x, y, steps):
    """Read the call from the inside out: whose bracket is the learning rate in?
    Close that one first."""
    optimizer = torch.optim.LBFGS(model.parameters(lr=1.0))

    def closure():
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        return loss

    return [optimizer.step(closure).item() for _ in range(steps)]


@mistake(fails=lbfgs_asks_for_the_loss_again, replaces="train_lbfgs")
def own_criterion(model, criterion, x, y, steps):
    """Which of the things that this function is given does it never use?"""
    optimizer = torch.optim.LBFGS(model.parameters())

    def closure():
        optimizer.zero_grad()
        loss = nn.functional.binary_cross_entropy(model(x), y)
        loss.backward()
        return loss

    return [optimizer.step(closure).item() for _ in range(steps)]


@mistake(fails=asgd_gives_its_average, ids="M91", replaces="asgd_average")
def the_parameters_themselves(optimizer):
    """These are the places where the walk stands now. Where is the average of the walk kept?"""
    return [p.detach() for group in optimizer.param_groups for p in group["params"]]


@mistake(fails=asgd_gives_its_average, replaces="asgd_average")
def first_group_only(optimizer):
    """An optimizer may hold several groups of parameters. How many do you look into?"""
    return [optimizer.state[p]["ax"] for p in optimizer.param_groups[0]["params"]]


@mistake(fails=every_run_has_the_same_start, ids="M85", replaces="compare_optimizers")
def one_model_for_all(model, rates, x, y, epochs):
    """Same start line? Print the first loss of every run, and the weights before each."""
    return {
        name: descend(model, make_optimizer(name, model.parameters(), lr), x, y, epochs)
        for name, lr in rates.items()
    }


@mistake(fails=every_run_has_the_same_start, ids="M93", replaces="compare_optimizers")
def parameters_not_called(model, rates, x, y, epochs):
    """Is `model.parameters` a collection of parameters, or something that would give you one?"""
    runs = {}
    for name, lr in rates.items():
        runner = copy.deepcopy(model)
        runs[name] = descend(runner, make_optimizer(name, runner.parameters, lr), x, y, epochs)
    return runs


@mistake(fails=every_run_has_the_same_start, replaces="compare_optimizers")
def parameters_of_the_other_model(model, rates, x, y, epochs):
    """The loss never moves. Whose parameters does the optimizer hold,
    and whose loss do you compute?"""
    runs = {}
    for name, lr in rates.items():
        runner = copy.deepcopy(model)
        runs[name] = descend(runner, make_optimizer(name, model.parameters(), lr), x, y, epochs)
    return runs


@mistake(fails=every_run_has_the_same_start, ids="M90", replaces="compare_optimizers")
def row_by_row(model, rates, x, y, epochs):
    """Is the sign of the gradient the same from one row to the next?
    Which rows make one update here?"""
    runs = {}
    for name, lr in rates.items():
        runner = copy.deepcopy(model)
        optimizer = make_optimizer(name, runner.parameters(), lr)
        runs[name] = []
        for _ in range(epochs):
            parts = [
                descend(runner, optimizer, a[None], b[None], 1)[0]
                for a, b in zip(x, y, strict=True)
            ]
            runs[name].append(sum(parts) / len(parts))
    return runs


@mistake(fails=every_run_has_the_same_start, replaces="compare_optimizers")
def same_rate_for_all(model, rates, x, y, epochs):
    """Each name comes with a number of its own.
    Does every optimizer get the one that belongs to it?"""
    runs = {}
    for name in rates:
        runner = copy.deepcopy(model)
        runs[name] = descend(runner, make_optimizer(name, runner.parameters(), 0.1), x, y, epochs)
    return runs


@mistake(fails=learning_rates_fit_their_optimizers, ids="M86", replaces="learning_rates")
def one_rate_for_all():
    """Is a step of .01 the same size in each? Print how far the first step of each one goes."""
    return dict.fromkeys(OPTIMIZERS, 0.01)


@mistake(fails=learning_rates_fit_their_optimizers, replaces="learning_rates")
def torchs_defaults():
    """Defaults are made for large networks and many steps.
    How far can each get in thirty of its steps?"""
    return {
        "Adadelta": 1.0,
        "Adagrad": 0.01,
        "Adam": 0.001,
        "Adamax": 0.002,
        "ASGD": 0.01,
        "RMSprop": 0.01,
        "Rprop": 0.01,
        "SGD": 0.001,
        "AdamW": 0.001,
        "NAdam": 0.002,
        "RAdam": 0.001,
        "Adafactor": 0.01,
    }
