# Updates as small classes of one's own (one is called Adam), a table of classes, restored weights instead of copies.
import torch
from torch import nn, optim

CLASSES = {
    cls.__name__: cls
    for cls in (
        optim.Adadelta, optim.Adagrad, optim.Adam, optim.Adamax, optim.ASGD, optim.RMSprop, optim.Rprop,
        optim.SGD, optim.AdamW, optim.NAdam, optim.RAdam, optim.Adafactor,
    )
}  # fmt: skip


def make_optimizer(name, params, lr):
    if name in CLASSES:
        return CLASSES[name](params, lr)
    raise ValueError(f"{name} is none of {', '.join(CLASSES)}")


class Momentum:
    def __init__(self, lr, momentum, weight_decay):
        self.lr, self.momentum, self.weight_decay = lr, momentum, weight_decay
        self.velocity = 0

    def step(self, w, g):
        # the learning rate goes into the velocity: the same path, for one learning rate
        self.velocity = self.momentum * self.velocity - self.lr * (g + self.weight_decay * w)
        return w + self.velocity


class Adam:
    def __init__(self, lr, betas, eps):
        self.lr, self.betas, self.eps = lr, betas, eps
        self.m = self.v = 0
        self.power = [1.0, 1.0]

    def step(self, w, g):
        self.power = [power * beta for power, beta in zip(self.power, self.betas, strict=True)]
        self.m = torch.lerp(g, torch.as_tensor(self.m).expand_as(g).to(g), self.betas[0])
        self.v = self.betas[1] * self.v + (1 - self.betas[1]) * g * g
        size = self.lr * (1 - self.power[1]) ** 0.5 / (1 - self.power[0])
        return w - size * self.m / (self.v.sqrt() + self.eps * (1 - self.power[1]) ** 0.5)


def walk(update, w, grad, steps):
    places = [w.clone()]
    while len(places) <= steps:
        places.append(update.step(places[-1], grad(places[-1])))
    return torch.cat([place.unsqueeze(0) for place in places])


def momentum_path(w, grad, lr, momentum, steps, weight_decay=0.0):
    return walk(Momentum(lr, momentum, weight_decay), w, grad, steps)


def adam_path(w, grad, lr, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    return walk(Adam(lr, (beta1, beta2), eps), w, grad, steps)


def train_lbfgs(model, criterion, x, y, steps):
    optimizer = optim.LBFGS(model.parameters(), lr=1)
    losses = []
    for _ in range(steps):
        seen = []

        def closure(seen=seen):
            model.zero_grad()
            loss = criterion(model(x), y)
            seen.append(loss.item())
            loss.backward()
            return loss

        optimizer.step(closure)
        losses.append(seen[0])
    return losses


def asgd_average(optimizer):
    averages = []
    for group in optimizer.param_groups:
        for p in group["params"]:
            averages.append(optimizer.state[p]["ax"].clone())
    return averages


def compare_optimizers(model, rates, x, y, epochs):
    start = {key: value.clone() for key, value in model.state_dict().items()}
    runs = {}
    for name in rates:
        model.load_state_dict(start)
        optimizer = make_optimizer(name, list(model.parameters()), rates[name])
        losses = []
        for _ in range(epochs):
            model.zero_grad()
            loss = nn.functional.binary_cross_entropy(model(x), y)
            loss.backward()
            losses.append(loss.detach())
            optimizer.step()
        runs[name] = torch.stack(losses).tolist()
    model.load_state_dict(start)
    model.zero_grad()
    return runs


def learning_rates():
    many = {name: 1.0 for name in ("Adam", "Adamax", "NAdam", "AdamW")}
    return {
        **many, "SGD": 3, "ASGD": 3, "Adagrad": 3, "RMSprop": 0.1, "Rprop": 0.01, "RAdam": 5,
        "Adadelta": 100, "Adafactor": 0.4,
    }  # fmt: skip
