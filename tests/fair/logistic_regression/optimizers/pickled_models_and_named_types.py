# Every run starts from a pickled copy of the model; results are an OrderedDict, a named tuple, a
# list with a method of its own, and a wrong name raises a subclass of ValueError.
import copy
import io
import pickle
from collections import OrderedDict, namedtuple

import torch
from torch import nn

KNOWN = "Adadelta Adagrad Adam Adamax ASGD RMSprop Rprop SGD AdamW NAdam RAdam Adafactor".split()


class NoSuchOptimizer(LookupError, ValueError):
    pass


class History(list):
    def last(self):
        return self[-1]


def make_optimizer(name, params, lr):
    if name not in KNOWN:
        raise NoSuchOptimizer(name)
    return vars(torch.optim)[name](params, lr=lr)


def momentum_path(w, grad, lr, momentum, steps, weight_decay=0.0):
    w, speed, places = w.clone(), torch.zeros_like(w), [w.tolist()]
    for _ in range(steps):
        speed = speed * momentum + grad(w) + w * weight_decay
        w = w - speed * lr
        places.append(w.tolist())
    return nn.Parameter(torch.tensor(places))


def adam_path(w, grad, lr, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    mean, square, places = torch.zeros_like(w), torch.zeros_like(w), [copy.copy(w)]
    for step in range(steps):
        slope = grad(places[-1])
        mean = mean.lerp(slope, 1 - beta1)
        square = beta2 * square + (1 - beta2) * slope.square()
        corrected = (square / (1 - beta2 ** (step + 1))).sqrt() + eps
        places.append(places[-1] - lr * mean / (1 - beta1 ** (step + 1)) / corrected)
    return torch.stack(places)


def train_lbfgs(model, criterion, x, y, steps):
    rule, losses = torch.optim.LBFGS(model.parameters()), History()

    def again():
        rule.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        return loss

    for _ in range(steps):
        losses.append(float(rule.step(again)))
    return losses


def asgd_average(optimizer):
    held = [optimizer.state[p]["ax"] for group in optimizer.param_groups for p in group["params"]]
    return namedtuple("Averages", [f"p{number}" for number in range(len(held))])(*held)


def compare_optimizers(model, rates, x, y, epochs):
    start, runs = pickle.dumps(model), OrderedDict()
    file = io.BytesIO()
    torch.save(copy.deepcopy(model).state_dict(), file)
    for name in rates:
        runner = pickle.loads(start)
        file.seek(0)
        runner.load_state_dict(torch.load(file))
        assert repr(runner) == repr(model)
        rule = make_optimizer(name, runner.parameters(), rates[name])
        runs[name] = History()
        for _ in range(epochs):
            loss = nn.functional.binary_cross_entropy(runner(x), y)
            runs[name].append(loss.item())
            rule.zero_grad()
            loss.backward()
            rule.step()
    return runs


def learning_rates():
    rates = OrderedDict.fromkeys(KNOWN, 0.5)
    rates.update(Adadelta=300.0, Adagrad=1.0, Adamax=1.0, ASGD=2.0, RMSprop=0.2)
    rates.update(Rprop=0.1, SGD=2.0, RAdam=3.0, Adafactor=0.3)
    return rates
