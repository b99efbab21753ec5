"""What `sigmoid` and `Model` have to do.

`sigmoid` and `Model` are judged apart. A model's weights are set without knowing their names:
the helpers in `PROBE` move one number at a time and look which answer follows.
"""

import numpy as np

from autograder.authoring import array, check, column, expect, fail, plain

READY_MADE = {
    "LogisticTransform": ("matplotlib.scale.LogisticTransform",),
    "SoftmaxTransform": ("torch.distributions.transforms.SoftmaxTransform",),
    "binary_cross_entropy_with_logits": (
        "F.binary_cross_entropy_with_logits",
        "nn.BCEWithLogitsLoss",
    ),
    "expit": ("scipy.special.expit",),
    "gelu": ("F.gelu", "nn.GELU"),
    "glu": ("F.glu", "nn.GLU"),
    "glu_jvp": ("F.glu", "nn.GLU"),
    "gru": ("nn.GRU",),
    "gru_cell": ("nn.GRUCell", "torch.gru_cell"),
    "hardsigmoid": ("F.hardsigmoid", "nn.Hardsigmoid"),
    "log_sigmoid": ("F.logsigmoid", "nn.LogSigmoid"),
    "log_softmax": ("torch.log_softmax", "nn.LogSoftmax"),
    "lstm": ("nn.LSTM",),
    "lstm_cell": ("nn.LSTMCell", "torch.lstm_cell"),
    "masked_softmax": ("torch._masked_softmax",),
    "mish": ("F.mish", "nn.Mish"),
    "safe_softmax": ("F.scaled_dot_product_attention",),
    "scaled_dot_product_attention": ("F.scaled_dot_product_attention",),
    "scaled_dot_product_flash_attention_for_cpu": ("F.scaled_dot_product_attention",),
    "sigmoid": ("torch.sigmoid", "torch.sigmoid_", "nn.Sigmoid", "torch.special.expit"),
    "silu": ("F.silu", "nn.SiLU"),
    "soft_margin_loss": ("F.soft_margin_loss", "nn.SoftMarginLoss"),
    "softmax": ("torch.softmax", "nn.Softmax", "F.softmin"),
    "softplus": ("F.softplus", "nn.Softplus"),
    "tanh": ("torch.tanh", "torch.tanh_", "nn.Tanh", "np.tanh"),
}
"""What holds a sigmoid, or is one rescaled: torch's operation, and the names that lead to it."""

EXPONENTIALS = (
    "exp",
    "exp2",
    "expm1",
    "pow",
    "logaddexp",
    "logaddexp2",
    "logsumexp",
    "logcumsumexp",
    "sinh",
    "cosh",
)

GRAPH_HINT = "Is every step from z to the answer one that autograd records?"

PROBE = '''
import torch

def numbers_in(model):
    """How many numbers the parameters hold; 0 where there are none."""
    return sum(p.numel() for p in model.parameters())

def inspect(model, x):
    """How many parameters there are before the first call, their numbers after it, and the answers
    of two calls (none where a call fails: a later check says how)."""
    parameters = getattr(model, "parameters", None)
    before = len(list(parameters())) if callable(parameters) else 0
    try:
        with torch.no_grad():
            answers = [model(x), model(x)]
    except Exception:
        answers = []
    return {
        "before": before,
        "numbers": [p.detach().reshape(-1) for p in parameters()] if before else [],
        "answers": [p for p in answers if type(p) is torch.Tensor],
    }

def put(model, numbers):
    """Write the numbers into the parameters, in their order."""
    numbers = torch.as_tensor(numbers, dtype=torch.float64)
    start = 0
    with torch.no_grad():
        for p in model.parameters():
            p.copy_(numbers[start:start + p.numel()].reshape(p.shape))
            start += p.numel()

def roles(model, n):
    """For each number in the parameters the input that it weighs, or -1 for the bias.

    Found by setting one number to 1 and the others to 0: the bias is the one that moves the
    answer to x = 0, a weight moves the answer to one row of the identity. Where that tells
    nothing, the order of nn.Linear is assumed: the weights, then the bias.
    """
    x = torch.cat([torch.zeros(1, n), torch.eye(n)])
    total = numbers_in(model)
    found = []
    try:
        with torch.no_grad():
            put(model, [0.0] * total)
            at_rest = model(x).reshape(n + 1)
            for k in range(total):
                put(model, [float(i == k) for i in range(total)])
                moved = (model(x).reshape(n + 1) - at_rest).abs() > 1e-6
                found.append(-1 if moved[0] else moved.tolist().index(True) - 1)
    except Exception:
        found = []
    in_order = [*range(n), -1]
    return found if sorted(found) == sorted(in_order) else in_order

def give(model, weights, bias):
    """Give the model these weights and this bias, whatever it calls them; says where they are."""
    try:
        with torch.no_grad():
            model(torch.zeros(2, len(weights)))
    except Exception:
        pass
    found = roles(model, len(weights))
    put(model, [[*weights, bias][k] for k in found])
    return found

def gradients(model, found):
    """The gradients that backward left behind: of the weights in order, then of the bias."""
    numbers = []
    for p in model.parameters():
        numbers += [float("nan")] * p.numel() if p.grad is None else p.grad.reshape(-1).tolist()
    order = sorted(range(len(found)), key=lambda k: (found[k] < 0, found[k]))
    return [numbers[k] for k in order]
'''


# -- sigmoid --------------------------------------------------------------------------


@check(points=1, hint="Work one entry out on paper: e to the power of -z, plus 1, and 1 over that.")
def matches_the_logistic_function(student, rng):
    """sigmoid(z) is 1 / (1 + exp(-z)) entry by entry, as a tensor in the shape of z"""
    z = column(0, 2, -1, 0.5)
    expected = column(0.5, 0.880797, 0.268941, 0.622459)
    expect(student.sigmoid(z)).close_to(expected, atol=1e-5).is_tensor()
    z = rng.uniform(-3, 3, (4, 1)).astype(np.float32)
    expect(student.sigmoid(z)).close_to(logistic(z), atol=1e-5)


@check(
    points=1,
    after=matches_the_logistic_function,
    hint="The formula needs one exponential, one sum and one division: can you write those?",
)
def sigmoid_is_written_by_hand(student, rng):
    """sigmoid is built from exp, no ready-made one inside it, and right on any tensor"""
    z = rng.normal(scale=3, size=5).astype(np.float32)
    p = student.watch(student.sigmoid, z)
    bent = student.bend(EXPONENTIALS, student.sigmoid, z)
    expect(p).close_to(logistic(z), atol=1e-5).is_by_hand(READY_MADE, EXPONENTIALS, bent)


@check(
    points=1,
    after=matches_the_logistic_function,
    hint="How large is exp(100), and how large may a float32 be? Print what each step of your "
    "formula gives at z = -100, z = 0 and z = 100. Can you arrange that only exponents of one "
    "sign ever occur?",
)
def is_right_and_finite_far_from_zero(student):
    """from z = -100 to 100, sigmoid and its gradient are right and nowhere nan or inf"""
    z = np.array([-100, -50, -11, 11, 50, 100], dtype=np.float32)
    expect(student.sigmoid(z)).close_to(logistic(z), atol=1e-7, rtol=1e-3)

    z = np.array([-100, -50, 0, 2, 50, 100], dtype=np.float32)
    tracked = student.torch.nn.Parameter(z)
    p = student.sigmoid(tracked)
    expect(p, hint=GRAPH_HINT).is_differentiable()
    gradient = student.torch.autograd.grad(p.sum(), tracked)[0]
    right = logistic(z) * logistic(-z)
    expect(gradient, what="The gradient of sigmoid at z = -100, -50, 0, 2, 50, 100").close_to(
        right, atol=1e-6, rtol=1e-3
    )


# -- Model ----------------------------------------------------------------------------


@check(
    points=1,
    hint="Where are layers made in a torch module, and what has to have run before that? What does "
    "`list(Model(3).parameters())` show you?",
)
def holds_a_weight_for_each_input_and_a_bias(student):
    """Model() and Model(3) hold one weight for each input and one bias, found by parameters()"""
    inspect = student.define(PROBE, "inspect")
    for model, n in ((student.Model(), 1), (student.Model(3), 3)):
        x = np.linspace(0.5, 1.5, 2 * n, dtype=np.float32).reshape(2, n)
        report = inspect(model, x)
        expect(report, what="The dict of parameters").is_dict(["before", "numbers", "answers"])
        found = plain(report)
        shown = "Model()" if n == 1 else f"Model({n})"
        if not array(found["before"]).any():
            expect(found["answers"], what="The list of answers").is_list()
            answers = found["answers"]
            same = np.array_equal(*answers) if len(answers) == 2 else None
            twice = " Asked twice about the same x, it gave two different answers."
            fail(
                f"`{shown}.parameters()` is empty, so an optimizer would find nothing to change."
                f"{twice if same is False else ''}",
                evidence=(0, -1 if same is None else same),
                kind="parameters",
            )
        expect(found["numbers"], what="The list of parameters").is_list()
        numbers = sum(array(part).size for part in found["numbers"])
        if numbers != n + 1:
            fail(
                f"The parameters of `{shown}` hold {numbers} numbers; expected {n + 1}: "
                f"{n} weight{'s' if n > 1 else ''} and a bias.",
                evidence=(n, numbers),
                kind="parameters",
            )


@check(
    points=1,
    after=holds_a_weight_for_each_input_and_a_bias,
    hint="Follow one row through `forward` and print the shape and the values after each step.",
)
def gives_one_probability_per_row(student):
    """model(x) returns a row for each row of x, between 0 and 1, and other ones for other x"""
    model = student.Model()
    student.define(PROBE, "give")(model, [2.0], 0.0)
    answer = model(column(-3, 0, 1, 40))
    expect(answer).is_tensor().has_shape(4, 1).is_between(0, 1)
    found = array(answer, 4, 1)
    if np.ptp(found) < 1e-6:
        fail(
            f"Called `model(x)` with x = -3, 0, 1, 40 and w = 2. Every row got {found[0, 0]:.5g}; "
            "expected a probability that grows with x.",
            evidence=found,
            kind="constant",
        )


@check(
    points=1,
    after=gives_one_probability_per_row,
    hint="Take w = 2, b = 0 and x = 1: what is z, and what does the sigmoid make of it? Compare "
    "that with what your model does, step by step.",
)
def is_the_sigmoid_of_a_line(student):
    """a model with weight w and bias b returns sigmoid(x w + b)"""
    give = student.define(PROBE, "give")
    model = student.Model()
    for w, b in ((2.0, 0.0), (-0.7049092, 0.99161547)):
        give(model, [w], b)
        x = column(1, 0, -1, 2.5)
        expect(model(x), what=f"With w = {w:.4g} and b = {b:.4g}, the answer").close_to(
            logistic(w * x + b), atol=1e-5
        )


@check(
    points=1,
    after=is_the_sigmoid_of_a_line,
    hint="Backward can only follow what autograd has recorded. Is every step in `forward` "
    "recorded, from the weight to the answer?",
)
def passes_gradients_to_its_parameters(student):
    """backward on the answer fills the gradients of the weight and the bias"""
    model = student.Model()
    where = student.define(PROBE, "give")(model, [2.0], 0.0)
    x = column(1, 2)
    answer = model(x)
    expect(answer).is_differentiable()
    answer.sum().backward()
    slope = logistic(2 * x) * logistic(-2 * x)
    gradients = student.define(PROBE, "gradients")(model, where)
    expect(
        gradients, what="With w = 2 and b = 0, the gradients for w and b after backward"
    ).close_to([float((slope * x).sum()), float(slope.sum())], atol=1e-5)


# -- what the checks above are made of --------------------------------------------------


def logistic(z):
    """The logistic function in float64."""
    return 1 / (1 + np.exp(-z.astype(np.float64)))
