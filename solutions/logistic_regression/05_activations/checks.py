"""Checks of activations: every name, which of them can speak to BCE, and a hidden layer of each."""

import numpy as np

from autograder.authoring import array, check, column, credit, expect, fail, plain, raised

ROW = np.array([-2.0, 0.05, 8.0], dtype=np.float32)

WHAT_THEY_MAKE_OF_ROW = {
    "ReLU": [0.0, 0.05, 8.0],
    "ReLU6": [0.0, 0.05, 6.0],
    "ELU": [-0.864665, 0.05, 8.0],
    "SELU": [-1.520167, 0.052535, 8.405608],
    "PReLU": [-0.5, 0.05, 8.0],
    "LeakyReLU": [-0.02, 0.05, 8.0],
    "Threshold": [0.0, 0.0, 8.0],
    "Hardtanh": [-1.0, 0.05, 1.0],
    "Sigmoid": [0.119203, 0.512497, 0.999665],
    "Tanh": [-0.964028, 0.049958, 1.0],
    "LogSigmoid": [-2.126928, -0.668460, -0.000335],
    "Softplus": [0.126928, 0.718460, 8.000336],
    "Softshrink": [-1.5, 0.0, 7.5],
    "Softsign": [-0.666667, 0.047619, 0.888889],
    "Tanhshrink": [-1.035972, 0.0000416, 7.0],
    "Softmin": [0.885912, 0.114048, 0.00004],
    "Softmax": [0.000045, 0.000353, 0.999602],
    "Softmax2d": [0.000045, 0.000353, 0.999602],
    "LogSoftmax": [-10.000398, -7.950398, -0.000398],
    "Hardsigmoid": [0.166667, 0.508333, 1.0],
}

OUTPUTS = """
def outputs(activation, names, rows):
    '''What the layer of each name makes of the rows: numbers, or an exception's name.'''
    found = {}
    for name in names:
        shape = (*rows.shape, 1, 1) if name == "Softmax2d" else rows.shape
        try:
            found[name] = activation(name)(rows.reshape(shape)).reshape(-1).tolist()
        except Exception as error:
            found[name] = type(error).__name__
    return found
"""

WEIGHTS = """
def set_weights(model, weights):
    '''Gives a HiddenModel these weights; returns what its parameters are after that.'''
    layers = [m for m in model.modules() if isinstance(m, torch.nn.Linear)]
    waiting = [torch.tensor(w) for w in weights]
    with torch.no_grad():
        for parameter in [p for layer in layers for p in layer.parameters()] or model.parameters():
            fitting = [i for i, w in enumerate(waiting) if w.shape == parameter.shape]
            if fitting:
                parameter.copy_(waiting.pop(fitting[0]))
    return [parameter.detach() for parameter in model.parameters()]
"""

WORDS = ("probability", "flat", "above one", "below zero", "constant")
EXAMPLES = {
    "Sigmoid": "probability",
    "ReLU": "above one",
    "Tanh": "below zero",
    "Softplus": "above one",
    "LogSigmoid": "below zero",
    "Softmax": "constant",
    "Hardsigmoid": "flat",
}

MOST_WEIGHT = 1000.0
"""No start is larger; with one that is, a loss may be no number."""

CORNERS = [[1.0, 1.0], [1.0, -1.0], [-1.0, -1.0]]
SMALL = ([[1.0, 1.0], [-1.0, -1.0]], [0.0, 0.0], [[2.0, 2.0]], [-1.0])
GRID = [[a, b] for a in (-1.0, -0.5, 0.5, 1.0) for b in (-1.0, -0.5, 0.5, 1.0)]
SAME_SIGN = [[float(a * b > 0)] for a, b in GRID]


def grid():
    """The 16 rows that no straight line separates: (16, 2), and their labels, (16, 1)."""
    return np.array(GRID, dtype=np.float32), np.array(SAME_SIGN, dtype=np.float32)


def give_weights(student, model, weights):
    """Sets the weights of a HiddenModel; fails where it has no parameters of those shapes."""
    held = student.define(WEIGHTS, "set_weights")(model, weights)
    expect(held, what="The list of parameters").is_list()
    there = plain(held)
    missing = [w for w in weights if not any(np.array_equal(np.float32(w), p) for p in there)]
    if missing:
        shapes = " and ".join(str(np.shape(w)) for w in missing)
        fail(
            f"HiddenModel has no parameter of shape {shapes}: expected two nn.Linear, "
            "from 2 inputs to the hidden units and from those to 1 output.",
            evidence=[float(sum(np.shape(w))) for w in missing],
        )


@check(
    points=1,
    hint="Some layers want to know something when they are made: a dimension, or two numbers.",
)
def builds_every_layer_by_name(student, rng):
    """activation(name) builds each of the twenty layers: what it makes of a row is right"""
    student.activation("ReLU")
    names = list(WHAT_THEY_MAKE_OF_ROW)
    order = rng.permuted([[0, 1, 2], [0, 1, 2]], axis=1)
    outputs = student.define(OUTPUTS, "outputs")(student.activation, names, ROW[order])
    expect(outputs, what="The dict of outputs").is_dict(names)
    found = plain(outputs)
    wanted = {name: np.array(row)[order] for name, row in WHAT_THEY_MAKE_OF_ROW.items()}
    wrong = [name for name in names if not near(found[name], wanted[name].ravel())]
    if wrong:
        right = len(names) - len(wrong)
        return credit(
            right / len(names),
            f"{right} of {len(names)} layers make of -2, 0.05 and 8 what they should; "
            f"not so: {', '.join(wrong)}.",
        )
    return None


def near(found, wanted):
    """Whether what came back is those numbers (and no exception's name, and no other count)."""
    if not isinstance(found, list) or len(found) != len(wanted):
        return False
    if not all(isinstance(number, float) for number in found):
        return False
    return bool(np.allclose(found, wanted, atol=2e-6, rtol=1e-5))


@check(points=1)
def refuses_other_names(student):
    """activation raises ValueError for a name that is not among the twenty"""
    expect(student.activation("ReLU")(ROW), what="What the layer of ReLU gives").is_tensor()
    for number, name in enumerate(("Swoosh", "sigmoid", "Linear")):
        what = raised(lambda name=name: student.activation(name), "ValueError")
        if what != "ValueError":
            came = f"It raised {what}" if what else "It raised nothing"
            fail(
                f'Called `activation("{name}")`. {came}; expected ValueError.',
                hint="Which names should pass? Does torch.nn hold only activations?",
                evidence=[number, what is None],
            )


def word_for(student, name):
    """The student's verdict on an activation; anything but a short text fails."""
    word = plain(student.verdict(name))
    if not isinstance(word, str) or len(word) > 40:
        fail(
            f'Called `verdict("{name}")`. It returned a {type(word).__name__}; '
            "expected one of the five words."
        )
    return word


@check(points=1)
def judges_seven_as_outputs(student):
    """verdict(name) says of Sigmoid, ReLU, Tanh and four more what BCE would be given"""
    for number, (name, wanted) in enumerate(EXAMPLES.items()):
        word = word_for(student, name)
        if word != wanted:
            place = WORDS.index(word) if word in WORDS else -1
            fail(
                f'Called `verdict("{name}")`. It returned {word!r}; expected another word.',
                hint="Send z from -10 to 10 through it: what are the least and the greatest value?",
                evidence=[number, place],
            )


@check(points=1)
def moves_tanh_onto_probabilities(student, rng):
    """tanh_probability(z) moves tanh onto (0, 1): 0.1192, 0.5, 0.8808 at z = -1, 0, 1"""
    expect(student.tanh_probability(column(-1, 0, 1))).close_to(column(0.119203, 0.5, 0.880797))
    z = np.array([-2.5, 0.25], dtype=np.float32)
    expect(student.tanh_probability(z)).close_to([0.006693, 0.622459])
    z = rng.uniform(-2, 2, 3).astype(np.float32)
    expect(student.tanh_probability(z)).close_to(1 / (1 + np.exp(-2.0 * z)), atol=1e-5)


@check(points=1)
def finds_the_floor_of_cross_entropy(student, rng):
    """cross_entropy_floor(0, 3) is 0.0486, and ln 2 where the two outputs can't differ"""
    expect(student.cross_entropy_floor(0.0, 3.0)).close_to(0.048587, atol=1e-5)
    expect(student.cross_entropy_floor(0.5, 0.5)).close_to(0.693147, atol=1e-5)
    low = float(rng.uniform(-2, 2))
    expect(student.cross_entropy_floor(low, low + 3)).close_to(0.048587, atol=1e-5)


@check(points=1)
def hidden_model_follows_the_worked_example(student, rng):
    """HiddenModel("LeakyReLU", 2) with the statement's weights gives 0.9507, 0.2689, 0.9507"""
    model = student.HiddenModel("LeakyReLU", 2)
    give_weights(student, model, SMALL)
    x = np.array(CORNERS, dtype=np.float32)
    wanted = column(0.950733, 0.268941, 0.950733)
    expect(model(x), what="The model's output").close_to(wanted, atol=1e-5)
    order = rng.integers(0, 3, 5)
    expect(model(x[order]), what="The model's output").close_to(wanted[order], atol=1e-5)


def runs(student, names, seed):
    """compare_activations on the grid: four epochs, {name: losses}, each a list of four floats."""
    returned = student.compare_activations(names, *grid(), 4, 0.05, seed)
    expect(returned).is_dict(names)
    found = plain(returned)
    for name in names:
        expect(found[name], what=f"The run of {name}").is_list(4).is_finite()
    return {name: array(found[name], 4, what=f"The run of {name}") for name in names}


START = """
def start(build, name, seed):
    '''The weights that a HiddenModel has when it is built after this seed.'''
    torch.manual_seed(seed)
    layers = [m for m in build(name).modules() if isinstance(m, torch.nn.Linear)]
    return [p.detach() for layer in layers for p in layer.parameters()]
"""


def start_of(student, name, seed):
    """The weights that compare_activations has to start from: those of HiddenModel(name) after the
    seed. Fails where they are not those of 2 inputs, 8 units and 1 output, or not random."""
    returned = student.define(START, "start")(student.HiddenModel, name, seed)
    what = f"The list of weights of HiddenModel({name!r})"
    expect(returned, what=what).is_list(4)
    found = plain(returned)
    shapes = ((8, 2), (8,), (1, 8), (1,))
    weights = [array(found[i], *shape, what=what) for i, shape in enumerate(shapes)]
    for part in weights:
        expect(part, what=what).is_between(-MOST_WEIGHT, MOST_WEIGHT)
    if len(np.unique(weights[0])) < weights[0].size or not np.any(weights[2]):
        fail(f"{what} is not a random start: some are the same.", evidence=weights[0])
    return [w.tolist() for w in weights]


def first_loss(weights, activation):
    """The mean BCE on the grid that a HiddenModel has with these weights."""
    x, y = grid()
    inner, bias, outer, last = (np.array(w) for w in weights)
    z = activation(x @ inner.T + bias) @ outer.T + last
    return float(np.mean(np.logaddexp(0, z) - y * z))


@check(points=1)
def every_run_has_the_same_start(student):
    """compare_activations starts every run from the seed's weights, whatever ran before it"""
    runs_there = runs(student, ["ReLU", "ReLU6", "Tanh"], 7)
    runs_back = runs(student, ["Tanh", "ReLU6", "ReLU"], 7)
    for name in runs_there:
        expect(
            runs_back[name], what=f"The run of {name}, with the names in another order,"
        ).agrees_with(runs_there[name], atol=1e-5)
    there, back = runs_there["ReLU"], runs_there["Tanh"]
    expect(
        runs_there["ReLU6"][0], what="The first loss of ReLU6, which starts as ReLU does,"
    ).agrees_with(there[0], atol=1e-5)
    for name, activation in (("ReLU", lambda z: np.maximum(z, 0)), ("Tanh", np.tanh)):
        wanted = first_loss(start_of(student, name, 7), activation)
        what = f"The first loss of {name}, from the weights of HiddenModel({name!r}) after seed 7,"
        expect(runs_there[name][0], what=what).close_to(wanted, atol=1e-4)
    if np.allclose(there, back, atol=1e-6):
        fail("The runs of ReLU and Tanh are the same, number by number.", evidence=there)
    if np.allclose(there, runs(student, ["ReLU"], 8)["ReLU"], atol=1e-6):
        fail("Another seed gave the same run; expected another start.", evidence=there)
