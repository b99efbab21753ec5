"""Hidden checks: other shapes, several inputs, another device."""

import numpy as np

from autograder.authoring import check, column, expect

from .checks import PROBE, is_the_sigmoid_of_a_line, logistic, matches_the_logistic_function

# -- sigmoid --------------------------------------------------------------------------


@check(points=1, after=matches_the_logistic_function)
def agrees_on_tensors_of_every_shape(student, reference, rng):
    """sigmoid agrees with the reference on random tensors of several shapes"""
    for shape in ((1,), (7,), (5, 1), (2, 3, 4)):
        z = rng.normal(scale=5, size=shape).astype(np.float32)
        expect(student.sigmoid(z)).close_to(reference.sigmoid(z), atol=1e-6, rtol=1e-4)


# -- Model ----------------------------------------------------------------------------


@check(points=1, after=is_the_sigmoid_of_a_line)
def agrees_with_several_inputs(student, reference, rng):
    """Model(n_inputs) agrees with the reference for several inputs and batches of any size"""
    mine, theirs = student.define(PROBE, "give"), reference.define(PROBE, "give")
    for n_inputs, rows in ((2, 5), (3, 1), (4, 9)):
        weights, bias = rng.normal(size=n_inputs).tolist(), float(rng.normal())
        x = rng.normal(size=(rows, n_inputs)).astype(np.float32)
        model, right = student.Model(n_inputs=n_inputs), reference.Model(n_inputs=n_inputs)
        mine(model, weights, bias)
        theirs(right, weights, bias)
        expect(model(x)).close_to(right(x), atol=1e-5)


@check(
    points=1,
    after=is_the_sigmoid_of_a_line,
    hint="A tensor that `forward` makes has to live where x lives. Can you build it from x?",
)
def runs_on_the_device_it_is_moved_to(student):
    """after model.to(device), forward makes no tensor on another device"""
    model = student.Model()
    student.define(PROBE, "give")(model, [2.0], 0.5)
    x = column(1, 0, -3)
    expect(student.elsewhere(model, x)).close_to(logistic(2 * x + 0.5), atol=1e-5)
