"""Hidden checks of activations: the other names, and training as it should be."""

import numpy as np

from autograder.authoring import array, check, credit, expect, fail, plain

from .checks import (
    WEIGHTS,
    WHAT_THEY_MAKE_OF_ROW,
    every_run_has_the_same_start,
    finds_the_floor_of_cross_entropy,
    grid,
    hidden_model_follows_the_worked_example,
    judges_seven_as_outputs,
    moves_tanh_onto_probabilities,
    near,
    start_of,
    word_for,
)

MOST_COMMON = 8
"""Of the other thirteen, so many share one word: that many are right by saying it of all."""


@check(points=1, after=judges_seven_as_outputs)
def judges_the_others_as_outputs(student):
    """verdict(name) is right for the other thirteen as well"""
    wanted = dict.fromkeys(("ReLU6", "Threshold"), "above one")
    wanted |= dict.fromkeys(("Softmin", "Softmax2d", "LogSoftmax"), "constant")
    below = "ELU SELU PReLU LeakyReLU Hardtanh Softshrink Softsign Tanhshrink"
    wanted |= dict.fromkeys(below.split(), "below zero")
    right = sum(word_for(student, name) == word for name, word in wanted.items())
    if right == len(wanted):
        return None
    return credit(
        (right - MOST_COMMON) / (len(wanted) - MOST_COMMON),
        f"{right} of these {len(wanted)} verdicts are right "
        f"({MOST_COMMON} would be with one word for all).",
    )


@check(points=1, after=(moves_tanh_onto_probabilities, finds_the_floor_of_cross_entropy))
def both_formulas_hold_elsewhere(student, reference, rng):
    """tanh_probability and cross_entropy_floor are right for other values as well"""
    z = rng.uniform(-4, 4, (3, 2)).astype(np.float32)
    expect(student.tanh_probability(z)).close_to(reference.tanh_probability(z))
    for low, high in ((0.0, 1.0), (-1.0, 1.0), (-2.0, 0.5)):
        expect(student.cross_entropy_floor(low, high)).close_to(
            reference.cross_entropy_floor(low, high), atol=1e-5
        )


@check(
    points=1,
    after=hidden_model_follows_the_worked_example,
    hint="Which of the twenty expects images? What could stand for the channels of an image here?",
)
def hidden_model_takes_every_activation(student, reference, rng):
    """HiddenModel works with each of the twenty as its hidden activation"""
    shapes = ((5, 2), (5,), (1, 5), (1,))
    weights = [rng.normal(0, 1.5, shape).astype(np.float32).tolist() for shape in shapes]
    x = rng.normal(0, 2, (6, 2)).astype(np.float32)
    wrong = [
        name for name in WHAT_THEY_MAKE_OF_ROW if not agrees(student, reference, name, weights, x)
    ]
    if wrong:
        count = len(WHAT_THEY_MAKE_OF_ROW)
        return credit(
            1 - len(wrong) / count,
            f"With weights of ours, {count - len(wrong)} of {count} models give the right "
            f"probabilities; not so: {', '.join(wrong)}.",
        )
    return None


def agrees(student, reference, name, weights, x):
    """Whether the student's HiddenModel of that name gives what the reference's does."""
    outputs = []
    for one in (reference, student):
        run = one.define(WEIGHTS + FORWARD, "probabilities")
        outputs.append(plain(run(one.HiddenModel, name, weights, x)))
    wanted, found = outputs
    return near(found, wanted)


FORWARD = """
def probabilities(build, name, weights, x):
    '''The outputs of a HiddenModel with these weights as a flat list; none where it fails.'''
    try:
        model = build(name, len(weights[1]))
        set_weights(model, weights)
        return model(x).reshape(-1).tolist()
    except Exception:
        return []
"""


SLOPES = """
def fit_a_little(trained, other, x, y):
    '''The parameters of two models before and after only the first was trained: three lists.'''
    both = [*trained.parameters(), *other.parameters()]
    before = [p.detach().clone() for p in both]
    for _ in range(3):
        trained.zero_grad()
        p = trained(x)
        torch.nn.functional.binary_cross_entropy(p, y.to(p.dtype)).backward()
        with torch.no_grad():
            for p in trained.parameters():
                p -= 0.5 * p.grad.sign()
    after = [[p.detach() for p in model.parameters()] for model in (trained, other)]
    return [before, *after]
"""


@check(points=1, after=hidden_model_follows_the_worked_example)
def prelu_has_something_to_learn(student):
    """The slope of PReLU is a parameter of its model, is trained, and belongs to it alone"""
    first, second = student.HiddenModel("PReLU", 3), student.HiddenModel("PReLU", 3)
    found = student.define(SLOPES, "fit_a_little")(first, second, *grid())
    what = "The list of parameters"
    expect(found, what=what).is_list(3)
    for part in plain(found):
        expect(part, what=what).is_list()
    before, trained, other = ([array(one, what=what) for one in part] for part in plain(found))
    expect(
        sum(part.size for part in trained),
        what='The count of numbers that HiddenModel("PReLU", 3) can learn',
    ).equals(14)
    shapes = [part.shape for part in (*trained, *other)]
    if shapes != [part.shape for part in before]:
        fail("Training HiddenModel changed the shapes of its parameters.")
    moved = [
        float(np.abs(after - start).sum())
        for after, start in zip((*trained, *other), before, strict=True)
    ]
    mine, others = moved[: len(trained)], moved[len(trained) :]
    if min(mine) == 0:
        fail("A parameter of HiddenModel never moves in training.", evidence=mine)
    if max(others) > 0:
        fail("Training one HiddenModel changed another one as well.", evidence=others)


FIT = """
def fit(build, name, x, y, epochs):
    '''What a HiddenModel gives before and after it was trained, from weights of ours.'''
    random = torch.Generator().manual_seed(3)
    shapes = ((8, 2), (8,), (1, 8), (1,))
    drawn = [torch.randn(s, generator=random, dtype=torch.float32, device="cpu") for s in shapes]
    weights = [w.tolist() for w in drawn]
    model = build(name, 8)
    set_weights(model, weights)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    first = model(x).detach()
    for _ in range(epochs):
        p = model(x)
        loss = torch.nn.functional.binary_cross_entropy(p, y.to(p.dtype))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return [first, model(x).detach()]
"""


@check(points=2, after=hidden_model_follows_the_worked_example)
def hidden_layer_separates_the_grid(student, reference, thresholds):
    """After 25 epochs HiddenModel reaches the loss and the accuracy that the statement names"""
    fit, fit_ours = (one.define(WEIGHTS + FIT, "fit") for one in (student, reference))
    shares, said = [], []
    for name in ("ReLU", "PReLU", "Tanh", "Softplus"):
        returned = fit(student.HiddenModel, name, *grid(), 25)
        start = fit_ours(reference.HiddenModel, name, *grid(), 25)[0]
        what = f"What HiddenModel({name!r}) gives with weights of ours"
        expect(returned, what=what).is_list(2)
        outputs = plain(returned)
        expect(outputs[0], what=what).close_to(start, atol=1e-5)
        (first, _), (last, accuracy) = (loss_and_accuracy(outputs[i]) for i in range(2))
        share = np.clip((first - last) / (first - thresholds.loss), 0, 1)
        shares.append(share if accuracy >= thresholds.accuracy else min(share, 0.5))
        said.append(f"{name} {last:.3f} (accuracy {accuracy:.2f})")
    if min(shares) == 1:
        return None
    return credit(
        float(np.mean(shares)),
        f"Losses after 25 epochs: {', '.join(said)}; expected at most {thresholds.loss:g} "
        f"with an accuracy of at least {thresholds.accuracy:g}.",
    )


def loss_and_accuracy(outputs):
    """Mean BCE and accuracy of a model that gives these probabilities on the grid."""
    p = array(outputs, 16, 1, what="The model's output on the grid")
    _, y = grid()
    expect(p, what="The model's output on the grid").is_between(0, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        loss = -np.mean(np.where(y > 0.5, np.log(p), np.log(1 - p)))
    return float(loss), float(np.mean((p > 0.5) == (y > 0.5)))


RUN = """
def run(build, name, weights, x, y, epochs, lr):
    '''The run that the statement describes, from these weights.'''
    model = build(name)
    set_weights(model, weights)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        p = model(x)
        loss = torch.nn.functional.binary_cross_entropy(p, y.to(p.dtype))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
"""


@check(points=1, after=every_run_has_the_same_start)
def every_run_is_the_training_described(student, reference):
    """Each run of compare_activations is Adam on the mean BCE of HiddenModel(name)"""
    run = reference.define(WEIGHTS + RUN, "run")
    names = ["Tanh", "PReLU", "Softmax"]
    found = student.compare_activations(names, *grid(), 6, 0.1, 11)
    for name in names:
        weights = start_of(student, name, 11)
        wanted = run(reference.HiddenModel, name, weights, *grid(), 6, 0.1)
        expect(found[name], what=f"The run of {name}").close_to(wanted, atol=1e-4, rtol=1e-3)
