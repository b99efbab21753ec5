"""Checks of optimizers: names, two updates by hand, LBFGS, an average, a fair comparison."""

import numpy as np

from autograder.authoring import array, check, column, credit, expect, fail, plain, raised

HOURS, PASSED = column(1, 2, 3, 4), column(0, 0, 1, 1)
EPOCHS = 30
ANYWAY = 1
"""Rprop finds its step by itself and gets there from almost any rate: that earns nothing."""

GRADIENTS = [[0.5, -0.2], [0.1, 0.3], [-0.4, 0.6]]
THREE_STEPS = {
    "Adadelta": [2.99968, -1.99968, 2.99959, -2.00006, 2.99988, -2.00056],
    "Adagrad": [2.9, -1.9, 2.88039, -1.9832, 2.94211, -2.06892],
    "Adam": [2.9, -1.9, 2.8197, -1.92477, 2.81033, -1.98939],
    "Adamax": [2.9, -1.9, 2.84205, -1.92105, 2.83502, -1.96459],
    "ASGD": [2.94997, -1.97998, 2.93994, -2.00996, 2.97991, -2.06994],
    "RMSprop": [2.0, -1.0, 1.80293, -1.83333, 2.42391, -2.69196],
    "Rprop": [2.9, -1.9, 2.78, -1.9, 2.78, -1.95],
    "SGD": [2.95, -1.98, 2.94, -2.01, 2.98, -2.07],
    "AdamW": [2.897, -1.898, 2.8138, -1.92087, 2.80162, -1.98357],
    "NAdam": [2.89435, -1.89435, 2.86767, -1.97782, 2.93115, -2.07583],
    "RAdam": [2.95, -1.98, 2.92105, -1.98632, 2.91755, -2.01244],
    "Adafactor": [2.74505, -1.74505, 2.67637, -2.00827, 2.88525, -2.26968],
}

MOMENTUM_PATH = [[1, -2], [0.9, -1.8], [0.72, -1.44], [0.486, -0.972]]
SIDES = np.array([1, -2], dtype=np.float32)
ADAM_PATH = [[1, -2], [0.9, -1.9], [0.800412, -1.800166], [0.701586, -1.700623]]

STEPS = """
def three_steps(make, names, start, gradients):
    '''Where it goes from there in three steps with these gradients at lr 0.1, for each name.'''
    found = {}
    for name in names:
        p = torch.tensor(start, requires_grad=True)
        found[name] = []
        try:
            optimizer = make(name, [p], 0.1)
            for gradient in gradients:
                p.grad = torch.tensor(gradient)
                optimizer.step()
                found[name] += p.tolist()
        except Exception as error:
            found[name] = type(error).__name__
    return found
"""

SLOPES = """
def of_the_bowl(w):
    '''The gradient of w**2 / 2.'''
    return w.clone()

def of_the_lecture(w):
    '''The gradient of the mean BCE of sigmoid(w x + b) on the lecture's four rows.'''
    x, y = torch.arange(1.0, 5.0), torch.tensor([0.0, 0.0, 1.0, 1.0])
    error = torch.sigmoid(w[0] * x + w[1]) - y
    return torch.stack([(error * x).mean(), error.mean()])

def of_the_valley(w):
    '''The gradient of a narrow, bent valley in three dimensions.'''
    return torch.stack([w[0] - w[1], 8 * w[1] + w[0] ** 2, torch.sin(w[2]) + 0.1 * w[0]])
"""

MODEL = """
class Unit(torch.nn.Module):
    '''sigmoid(w x + b), and how often it was called.'''
    def __init__(self, w, b):
        super().__init__()
        self.linear = torch.nn.Linear(1, 1)
        with torch.no_grad():
            self.linear.weight.fill_(w)
            self.linear.bias.fill_(b)
        self.calls = 0

    def forward(self, x):
        self.calls += 1
        return torch.special.expit(self.linear(x))

def numbers(model):
    return torch.cat([model.linear.weight.detach().flatten(), model.linear.bias.detach()])
"""


def unit(student, w=0.5, b=-0.25):
    """A model of ours in the student's worker: one linear unit and the sigmoid."""
    return student.define(MODEL, "Unit")(w, b)


def weight_and_bias(student, model):
    return array(student.define(MODEL, "numbers")(model), 2, what="Weight and bias")


@check(
    points=1,
    hint="Take the first name on that list. Which class of torch.optim do you build for it, and "
    "with which arguments?",
)
def builds_every_optimizer_by_name(student, rng):
    """make_optimizer builds each of the twelve: its first three steps are the right ones"""
    student.make_optimizer("SGD", [student.torch.zeros(2, requires_grad=True)], 0.1)
    names = list(THREE_STEPS)
    order = rng.permuted([0, 1, 0, 1])  # a number's steps don't depend on its place
    start, *gradients = (np.array(row)[order].tolist() for row in ([3.0, -2.0], *GRADIENTS))
    steps = student.define(STEPS, "three_steps")(student.make_optimizer, names, start, gradients)
    expect(steps, what="The dict of steps").is_dict(names)
    found = plain(steps)
    wanted = {name: np.reshape(THREE_STEPS[name], (3, 2))[:, order] for name in names}
    wrong = [name for name in names if not near(found[name], wanted[name].ravel())]
    if wrong:
        right = len(names) - len(wrong)
        return credit(
            right / len(names),
            f"{right} of {len(names)} optimizers make the right three steps from 3 and -2 "
            f"at a learning rate of 0.1; not so: {', '.join(described(found, wrong))}.",
        )
    return None


def near(found, wanted):
    """Whether what came back is those numbers (and no exception's name, and no other count)."""
    if not isinstance(found, list) or len(found) != len(wanted):
        return False
    if not all(isinstance(number, float) for number in found):
        return False
    return bool(np.allclose(found, wanted, atol=1e-5, rtol=1e-6))


def described(found, names):
    """The names, each with the exception that came instead of steps, if one did."""
    return [
        f"{name} (raised {found[name][:40]})" if isinstance(found[name], str) else name
        for name in names
    ]


@check(points=1)
def refuses_other_names(student):
    """make_optimizer raises ValueError for a name that is not among the twelve"""
    weights = student.torch.zeros(2, requires_grad=True)
    student.make_optimizer("SGD", [weights], 0.1).zero_grad()
    for number, name in enumerate(("Sgd", "SparseAdam", "Optimizer")):
        what = raised(lambda name=name: student.make_optimizer(name, [weights], 0.1), "ValueError")
        if what != "ValueError":
            came = f"It raised {what}" if what else "It raised nothing"
            fail(
                f'Called `make_optimizer("{name}", params, 0.1)`. {came}; expected ValueError.',
                hint="Is everything in torch.optim an optimizer that these models can use?",
                evidence=[number, what is None],
            )


SWITCHED_OFF = """
import sys
import types

def nothing(*args, **kwargs):
    pass

nothing.hooked = True

def optimizers(base=torch.optim.Optimizer):
    for kind in base.__subclasses__():
        if kind.__module__.startswith("torch."):
            yield kind
        yield from optimizers(kind)

def without_optimizers(path, w, numbers):
    '''The path down the bowl while torch's own optimizers do nothing, or the exception's name.'''
    kept = []
    for kind in optimizers():
        module = sys.modules[kind.__module__]
        if "step" in vars(kind):
            kept.append((kind, "step", kind.step))
        for name, value in vars(module).items():
            if isinstance(value, types.FunctionType) and value.__module__ == module.__name__:
                kept.append((module, name, value))
    try:
        for owner, name, _ in kept:
            setattr(owner, name, nothing)
        return path(torch.tensor(w), of_the_bowl, *numbers)
    except Exception as error:
        return type(error).__name__
    finally:
        for owner, name, value in kept:
            setattr(owner, name, value)
"""


@check(points=1)
def momentum_follows_the_worked_example(student, rng):
    """momentum_path from 1 with gradient w, lr 0.1, momentum 0.9 goes to 0.9, 0.72, 0.486"""
    slope = student.define(SLOPES, "of_the_bowl")
    start = student.torch.tensor([1.0, -2.0])
    path = student.momentum_path(start, slope, 0.1, 0.9, 3)
    expect(path, what="The path").is_tensor().close_to(MOMENTUM_PATH)
    expect(plain(start.clone()), what="Your w after the call").close_to([1.0, -2.0])
    size = rng.uniform(0.5, 2)
    path = student.momentum_path(size * SIDES, slope, 0.1, 0.9, 3)
    expect(path, what="The path").close_to(size * np.array(MOMENTUM_PATH), atol=1e-5)


@check(points=1, after=momentum_follows_the_worked_example)
def momentum_is_by_hand(student):
    """momentum_path does without torch.optim"""
    refuse_torchs_own(student, student.momentum_path, (0.1, 0.9, 3), MOMENTUM_PATH)


@check(points=1)
def adam_follows_the_worked_example(student, rng):
    """adam_path from 1 with gradient w and lr 0.1 goes to 0.9, then to 0.80041"""
    slope = student.define(SLOPES, "of_the_bowl")
    start = student.torch.tensor([1.0, -2.0])
    path = student.adam_path(start, slope, 0.1, 3)
    expect(path, what="The path").is_tensor().close_to(ADAM_PATH, atol=5e-6)
    expect(plain(start.clone()), what="Your w after the call").close_to([1.0, -2.0])
    size = rng.uniform(0.5, 2)
    path = student.adam_path(size * SIDES, slope, 0.1 * size, 3)
    expect(path, what="The path").close_to(size * np.array(ADAM_PATH), atol=1e-5)


@check(points=1, after=adam_follows_the_worked_example)
def adam_is_by_hand(student):
    """adam_path does without torch.optim"""
    refuse_torchs_own(student, student.adam_path, (0.1, 3), ADAM_PATH)


DO_WITHOUT = "Torch's optimizer is good to compare with. Which lines would do without it?"
TORCHS_OWN = {
    f"{way}_{name.lower()}": (f"torch.optim.{name}", name)
    for way in ("fused", "single_tensor", "multi_tensor")
    for name in THREE_STEPS
}
"""What torch's optimizers make their steps with, and the names that lead to it."""


def refuse_torchs_own(student, path, numbers, wanted):
    """Fails where torch's own updates are asked for, or where a path that is right is another one
    while torch's own optimizers do nothing."""
    given = ([1.0, -2.0], numbers)
    slope = student.define(SLOPES, "of_the_bowl")
    seen = student.watch(path, np.float32(given[0]), slope, *numbers)
    expect(seen, what="The path").close_to(wanted, atol=5e-6)
    alone = student.define(SLOPES + SWITCHED_OFF, "without_optimizers")(path, *given)
    expect(
        alone,
        what="While torch's own optimizers do nothing, the path",
        hint=DO_WITHOUT,
    ).close_to(wanted, atol=5e-6)
    expect(seen, hint=DO_WITHOUT).is_by_hand(TORCHS_OWN)


@check(points=1)
def lbfgs_reaches_the_bottom(student, rng):
    """train_lbfgs gives the loss before each step: 0.7145, then the least loss, 0.4130"""
    model = unit(student)
    x, y = column(1, 2, 3, 4, 5, 6), column(0, 0, 1, 0, 1, 1)
    losses = student.train_lbfgs(model, student.torch.nn.BCELoss(), x, y, 3)
    expect(losses, what="The list of losses").is_list(3).close_to(
        [0.71452, 0.41300, 0.41300], atol=1e-4
    )
    w, b, shift = rng.uniform(-0.5, 0.5, 3)
    z = w * (x + shift) + b
    losses = student.train_lbfgs(
        unit(student, w, b), student.torch.nn.BCELoss(), (x + shift).astype(np.float32), y, 2
    )
    expect(losses, what="The list of losses from another start").is_list(2).close_to(
        [float(np.mean(np.logaddexp(0, z) - y * z)), 0.41300], atol=1e-4
    )


ASGD = """
def walked(t0, steps, size):
    '''An ASGD optimizer that has walked down a bowl with two tensors of parameters.'''
    a = torch.tensor([size, -2 * size], requires_grad=True)
    b = torch.tensor([[4 * size]], requires_grad=True)
    optimizer = torch.optim.ASGD([{"params": [a]}, {"params": [b], "lr": 0.2}], lr=0.1, t0=t0)
    for _ in range(steps):
        optimizer.zero_grad()
        (a.square().sum() / 2 + b.square().sum() / 2).backward()
        optimizer.step()
    return optimizer
"""


@check(points=1)
def asgd_gives_its_average(student, rng):
    """asgd_average gives the average of each parameter, which lags behind the parameter itself"""
    make = student.define(ASGD, "walked")
    for steps, first, second in (
        (4, [0.73170, -1.46341], [[2.08202]]),
        (8, [0.60367, -1.20735], [[1.44498]]),
    ):
        for size in (1.0, rng.uniform(0.4, 0.9)):
            averages = student.asgd_average(make(0, steps, size))
            expect(averages, what="The list of averages").is_list(2)
            for number, wanted in ((0, first), (1, second)):
                what = f"The {'second' if number else 'first'} average"
                expect(averages[number], what=what).close_to(size * np.array(wanted), atol=2e-4)


@check(points=1)
def every_run_has_the_same_start(student, rng):
    """compare_optimizers starts every run at 0.59374; SGD and Adam go on as in the statement"""
    model = unit(student)
    runs = runs_of(student, model, {"SGD": 0.01, "Adam": 0.01, "RMSprop": 0.01}, 4)
    for name, losses in runs.items():
        expect(losses[0], what=f"The first loss of {name}").close_to(0.59374, atol=1e-5)
    expect(runs["SGD"], what="The run of SGD").close_to(
        [0.59374, 0.59300, 0.59227, 0.59156], atol=2e-5
    )
    expect(runs["Adam"], what="The run of Adam").close_to(
        [0.59374, 0.59003, 0.58654, 0.58330], atol=2e-5
    )
    start = weight_and_bias(student, model)
    expect(start, what="Weight and bias of the given model, after the call,").close_to([0.5, -0.25])
    w, b = rng.uniform(-0.5, 0.5, 2)
    wanted = float(np.mean(np.logaddexp(0, w * HOURS + b) - PASSED * (w * HOURS + b)))
    for name, losses in runs_of(
        student, unit(student, w, b), {"SGD": 0.01, "Adam": 0.01}, 1
    ).items():
        expect(losses[0], what=f"The first loss of {name}, from another start,").close_to(
            wanted, atol=1e-5
        )


def runs_of(student, model, rates, epochs):
    """What compare_optimizers gives on the lecture's data, its form checked: {name: losses}."""
    returned = student.compare_optimizers(model, rates, HOURS, PASSED, epochs)
    expect(returned).is_dict(rates)
    found = plain(returned)
    for name in rates:
        expect(found[name], what=f"The run of {name}").is_list(epochs).is_finite()
    return {name: array(found[name], epochs, what=f"The run of {name}") for name in rates}


DESCENT = """
def last_losses(rates, x, y, epochs):
    '''The loss on the lecture's data after so many epochs, for each optimizer at its rate; inf
    where it can't make its steps.'''
    ended = {}
    for name in rates:
        w = torch.tensor([0.5, -0.25], requires_grad=True)
        rows = torch.cat([x, torch.ones_like(x)], dim=1)
        try:
            optimizer = getattr(torch.optim, name)([w], lr=rates[name])
            for _ in range(epochs):
                w.grad = (torch.sigmoid(rows @ w.detach()) - y.reshape(-1)) @ rows / len(rows)
                optimizer.step()
            p = torch.sigmoid(rows @ w.detach()).reshape(-1, 1)
            ended[name] = torch.nn.functional.binary_cross_entropy(p, y).item()
        except (ArithmeticError, RuntimeError, ValueError):
            ended[name] = float("inf")
    return ended
"""


@check(
    points=2,
    hint="Print the losses of one that is named, epoch by epoch: do they creep, or do they jump "
    "about?",
)
def learning_rates_fit_their_optimizers(student, bench, thresholds):
    """learning_rates() holds for each of the twelve a rate that meets the loss after 30 epochs"""
    given = student.learning_rates()
    expect(given).is_dict()
    rates = plain(given)
    usable = {name: float(rates[name]) for name in THREE_STEPS if is_rate(rates.get(name))}
    if len(usable) > 1 and len(set(usable.values())) == 1:
        fail(
            f"learning_rates gives {next(iter(usable.values())):g} for all; each needs its own.",
            hint="Is a step of .01 the same size in each? Print Adam's first and Adadelta's.",
            evidence=usable[next(iter(usable))],
        )
    ended = plain(bench.define(DESCENT, "last_losses")(usable, HOURS, PASSED, EPOCHS))
    there = [name for name in THREE_STEPS if ended.get(name, np.inf) <= thresholds.loss]
    if len(there) == len(THREE_STEPS):
        return None
    late = [
        f"{name} {ended[name]:.3f}" if name in ended else name
        for name in THREE_STEPS
        if name not in there
    ]
    return credit(
        (len(there) - ANYWAY) / (len(THREE_STEPS) - ANYWAY),
        f"{len(there)} of {len(THREE_STEPS)} reach a loss of {thresholds.loss:g} "
        f"in {EPOCHS} epochs; these end elsewhere: {', '.join(late)}.",
    )


def is_rate(value):
    """Whether a learning rate is one: a finite number above 0."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < np.inf
