"""Checks of `train`, by where the weights end and by the losses on the way.

Models, criteria and optimizers are built in the worker by `LAB`, so that nothing
here depends on what the submission wrote for other exercises. Accuracy is no
witness: a loop without `zero_grad` reaches 1.0 as well. The losses from a given
start are deterministic, so they are compared epoch by epoch.
"""

import numpy as np

from autograder.authoring import array, check, column, expect, fail, plain

HOURS = column(1, 2, 3, 4)
PASSED = column(0, 0, 1, 1)
# Full batch, SGD at lr 0.1 from w = b = 0; the first is ln 2.
FIRST_LOSSES = [0.6931472, 0.6704881, 0.6553215, 0.6448064, 0.6371884, 0.6313913, 0.6267523]

LAB = '''
import torch
from torch import nn

CRITERIA = {"bce": nn.BCELoss, "mse": nn.MSELoss}
OPTIMIZERS = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}


def unit(x, w, b):
    """One linear unit and the sigmoid, from the weights w (1, n_inputs) and the bias b (1,)."""
    model = nn.Sequential(nn.Linear(x.shape[1], 1), nn.Sigmoid()).to(x.device)
    with torch.no_grad():
        model[0].weight.copy_(w)
        model[0].bias.copy_(b)
    return model


def normalised(x, w, b, hidden):
    """A hidden layer with batch normalisation, which trains well only in training mode."""
    width = hidden.shape[0]
    model = nn.Sequential(
        nn.Linear(x.shape[1], width), nn.BatchNorm1d(width), nn.Tanh(), nn.Linear(width, 1),
        nn.Sigmoid(),
    ).to(x.device)
    with torch.no_grad():
        model[0].weight.copy_(hidden)
        model[0].bias.zero_()
        model[3].weight.copy_(w)
        model[3].bias.copy_(b)
    return model


def training_run(train, x, y, w, b, epochs, lr, criterion="bce", optimizer="sgd", options=None,
                 hidden=None, times=1):
    """Train from the given start; what `train` returned, and the weights at the end."""
    model = unit(x, w, b) if hidden is None else normalised(x, w, b, hidden)
    loss = CRITERIA[criterion]()
    rule = OPTIMIZERS[optimizer](model.parameters(), lr=lr, **(options or {}))
    for _ in range(times):
        history = train(model, loss, rule, x, y, epochs)
    end = [p.detach().flatten() for p in model.parameters()]
    return {"history": history, "weights": torch.cat(end)}


def watched_run(train, x, y, w, b, epochs, lr):
    """Train, and tell what took part: said as evidence, which no mark rests on."""
    from torch.nn.modules.module import register_module_forward_hook
    from torch.optim.optimizer import register_optimizer_step_post_hook

    model = unit(x, w, b)
    rule = torch.optim.SGD(model.parameters(), lr=lr)
    seen = {"forward": 0, "backward": 0, "step": 0, "other step": 0}

    def note(what):
        seen[what] = 1

    def called(module, inputs, output):
        if module is model:
            note("forward")
            if output.requires_grad:
                output.register_hook(lambda grad: note("backward"))

    # the model itself bears no hook, so that it can be copied and pickled
    handles = [
        register_module_forward_hook(called),
        register_optimizer_step_post_hook(
            lambda o, *rest: note("step" if o is rule else "other step")),
    ]
    with torch.no_grad():
        given = float(nn.BCELoss()(torch.sigmoid(x @ w.T + b), y))
    try:
        history = train(model, nn.BCELoss(), rule, x, y, epochs)
    finally:
        for handle in handles:
            handle.remove()
    try:
        first = abs(torch.as_tensor(history[0]).item() - given) < 1e-4
    except Exception:
        first = False
    grad = model[0].weight.grad
    left = grad is not None and bool((grad != 0).any())
    return {"weights": torch.cat([model[0].weight.detach().flatten(), model[0].bias.detach()]),
            "seen": list(seen.values()) + [int(left), int(first)]}


def manners(train, x, y):
    """Train for 3 epochs with SGD(lr=0.1, momentum=0.9); how things are afterwards. `held` are the
    places of the optimizer's parameters among the model's, -1 for another one."""
    model = unit(x, torch.zeros(1, 1), torch.zeros(1))
    rule = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    train(model, nn.BCELoss(), rule, x, y, 3)
    own, groups = list(model.parameters()), rule.param_groups
    names = "lr", "momentum", "dampening", "weight_decay", "nesterov", "maximize"
    return {
        "x": x,
        "y": y,
        "data_grad": [x.requires_grad, y.requires_grad],
        "training": [m.training for m in model.modules()],
        "requires_grad": [p.requires_grad for p in own],
        "settings": [float(group[name]) for group in groups for name in names],
        "held": [next((i for i, q in enumerate(own) if q is p), -1)
                 for group in groups for p in group["params"]],
    }
'''

START = np.zeros((1, 1), np.float32), np.zeros(1, np.float32)


def numbers(history, length, what):
    """The losses in a history as Python floats; 0-dim tensors are let pass here."""
    expect(history, what=what).is_list(length)
    losses = []
    for epoch, loss in enumerate(plain(history)):
        value = array(loss, what=f"{what} entry {epoch}")
        if value.size != 1:
            fail(f"{what}: entry {epoch} holds {value.size} numbers; expected one.")
        losses.append(float(value.reshape(())))
    return losses


def descent(x, y, w, b, lr, epochs):
    """Losses and final [w, .., b] of full-batch gradient descent, by the statement's formulas."""
    w, b, losses = w.astype(np.float64).T, b.astype(np.float64), []
    for _ in range(epochs):
        z = x @ w + b
        losses.append(float(np.mean(np.logaddexp(0, z) - y * z)))
        error = 1 / (1 + np.exp(-z)) - y
        w, b = w - lr * x.T @ error / len(x), b - lr * error.mean()
    return losses, [*w.ravel().tolist(), float(b[0])]


def random_start(rng):
    """Weights (1, 1) and bias (1,) that nobody knows beforehand."""
    return rng.normal(size=(1, 1)).astype(np.float32), rng.normal(size=1).astype(np.float32)


@check(points=2)
def takes_one_step_downhill(student, rng):
    """one epoch of SGD at lr 0.1 brings w = b = 0 to w = 0.05, b = 0, and any start as far"""
    for start in (START, random_start(rng)):
        report = student.define(LAB, "watched_run")(student.train, HOURS, PASSED, *start, 1, 0.1)
        expect(report, what="The dict of weights").is_dict(["weights", "seen"])
        end = plain(report)
        w, b = array(end["weights"], 2, what="The list of weights after one epoch")
        w_0, b_0 = (float(part.item()) for part in start)
        wanted_w, wanted_b = descent(HOURS, PASSED, *start, 0.1, 1)[1]
        if not (abs(w - wanted_w) <= 1e-5 and abs(b - wanted_b) <= 1e-5):
            fail(
                "Called `train(model, criterion, optimizer, x, y, 1)` on the hours 1 to 4 from "
                f"w = {w_0:.5g}, b = {b_0:.5g} with SGD(lr=0.1). The model that was given is now "
                f"at w = {w:.5g}, b = {b:.5g}; expected w = {wanted_w:.5g}, b = {wanted_b:.5g}.",
                evidence=[w, b, *array(end["seen"])],
            )


@check(points=3, after=takes_one_step_downhill)
def records_each_loss_before_its_update(student, rng):
    """7 epochs return a list: .69315 .67049 .65532 .64481 .63719 .63139 .62675"""
    for start, known in ((START, FIRST_LOSSES), (random_start(rng), None)):
        w, b = (float(part.item()) for part in start)
        what = f"The list that `train(..., epochs=7)` returned, from w = {w:.5g}, b = {b:.5g},"
        end = student.define(LAB, "training_run")(student.train, HOURS, PASSED, *start, 7, 0.1)
        losses = numbers(end["history"], 7, what)
        wanted = known or descent(HOURS, PASSED, *start, 0.1, 7)[0]
        expect(losses, what=what).close_to(wanted, atol=1e-5)


@check(points=1, after=records_each_loss_before_its_update)
def keeps_plain_numbers(student):
    """each loss in the list is a Python float, not a tensor"""
    end = student.define(LAB, "training_run")(student.train, HOURS, PASSED, *START, 2, 0.1)
    for epoch in range(2):
        expect(end["history"][epoch], what=f"Entry {epoch} of the list").is_float()


@check(points=1, after=takes_one_step_downhill)
def runs_any_number_of_epochs(student):
    """0 epochs return [] and move nothing; 1 and 30 epochs return 1 and 30 losses"""
    run = student.define(LAB, "training_run")
    start = np.array([[0.5]], np.float32), np.array([-0.25], np.float32)
    idle = run(student.train, HOURS, PASSED, *start, 0, 0.1)
    expect(idle["history"], what="What `train(..., epochs=0)` returned").is_list(0)
    expect(idle["weights"], what="[w, b] after 0 epochs from [0.5, -0.25]").close_to([0.5, -0.25])
    for epochs in (1, 30):
        history = run(student.train, HOURS, PASSED, *start, epochs, 0.1)["history"]
        expect(history, what=f"What `train(..., epochs={epochs})` returned").is_list(epochs)


@check(points=1, after=takes_one_step_downhill)
def leaves_the_rest_as_it_was(student):
    """x, y, the model's mode, requires_grad and the optimizer's settings stay as they were"""
    report = student.define(LAB, "manners")(student.train, HOURS, PASSED)
    parts = "x", "y", "data_grad", "training", "requires_grad", "settings", "held"
    expect(report, what="The dict of what is left").is_dict(parts)
    found = plain(report)
    tracked = array(found["data_grad"], 2)
    kept = {
        "x": np.array_equal(array(found["x"]), HOURS) and not tracked[0],
        "y": np.array_equal(array(found["y"]), PASSED) and not tracked[1],
        "the mode of the model": array(found["training"]).all(),
        "requires_grad of the parameters": array(found["requires_grad"]).all(),
        "the settings of the optimizer": np.array_equal(
            array(found["settings"]), [0.1, 0.9, 0, 0, 0, 0]
        ),
        "the parameters in the optimizer": np.array_equal(array(found["held"]), [0, 1]),
    }
    changed = [name for name, is_kept in kept.items() if not is_kept]
    if changed:
        fail(
            f"After `train` ran for 3 epochs, this was no longer as it was: {', '.join(changed)}.",
            evidence=[float(not is_kept) for is_kept in kept.values()],
        )
