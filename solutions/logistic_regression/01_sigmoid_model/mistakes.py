"""Known wrong answers to `sigmoid` and `Model`, each with the hint that belongs to it."""

import torch
import torch.nn.functional as F
from torch import nn

from autograder.authoring import mistake

from .checks import (
    gives_one_probability_per_row,
    holds_a_weight_for_each_input_and_a_bias,
    is_right_and_finite_far_from_zero,
    is_the_sigmoid_of_a_line,
    matches_the_logistic_function,
    passes_gradients_to_its_parameters,
    runs_on_the_device_it_is_moved_to,
    sigmoid_is_written_by_hand,
)

# -- sigmoid --------------------------------------------------------------------------


@mistake(fails=matches_the_logistic_function, replaces="sigmoid")
def exponent_without_its_minus(z):
    """Try a large positive z by hand: which way should the curve go, and which way does yours?"""
    return 1 / (1 + torch.exp(z))


@mistake(fails=matches_the_logistic_function, replaces="sigmoid")
def denominator_without_brackets(z):
    """In 1 / 1 + e, what does Python divide first?"""
    return 1 / 1 + torch.exp(-z)


@mistake(fails=matches_the_logistic_function, replaces="sigmoid")
def slope_instead_of_value(z):
    """What should sigmoid(0) be: the height of the curve at z = 0, or its steepness there?"""
    e = torch.exp(-z)
    return e / (1 + e) ** 2


@mistake(fails=matches_the_logistic_function, replaces="sigmoid")
def tanh_is_not_moved(z):
    """At z = 0 your curve is at 0. What are even odds, as a probability?"""
    return (1 - torch.exp(-2 * z)) / (1 + torch.exp(-2 * z))


@mistake(fails=matches_the_logistic_function, replaces="sigmoid")
def rounded_to_classes(z):
    """Is it the class that was asked for, or how sure the model is of it?"""
    return (1 / (1 + torch.exp(-z))).round()


@mistake(fails=is_right_and_finite_far_from_zero, replaces="sigmoid")
def exponent_overflows_for_very_negative_z(z):
    """The values are right, the gradient at z = -100 is not: what is exp(100) in float32, and
    what does backward get when it multiplies that by a slope of 0?"""
    return 1 / (1 + torch.exp(-z))


@mistake(fails=is_right_and_finite_far_from_zero, replaces="sigmoid")
def exponent_overflows_for_very_positive_z(z):
    """What is exp(100) in float32, and what is that number divided by itself plus 1?"""
    return torch.exp(z) / (1 + torch.exp(z))


@mistake(fails=is_right_and_finite_far_from_zero, replaces="sigmoid")
def where_chooses_after_the_overflow(z):
    """torch.where picks between two results that are both computed, and backward visits both.
    What comes out of the branch that was not picked, at z = 100 and at z = -100?"""
    return torch.where(z >= 0, 1 / (1 + torch.exp(-z)), torch.exp(z) / (1 + torch.exp(z)))


@mistake(fails=is_right_and_finite_far_from_zero, replaces="sigmoid")
def flat_at_zero_because_of_abs(z):
    """The sigmoid is steepest at z = 0, yet your gradient is 0 there. What is the slope of |z| at
    0 in torch?"""
    e = torch.exp(-z.abs())
    return torch.where(z >= 0, 1 / (1 + e), e / (1 + e))


@mistake(fails=is_right_and_finite_far_from_zero, replaces="sigmoid")
def clipped_where_it_still_matters(z):
    """How far from 0 is the curve already flat? Compare sigmoid(-5) with sigmoid(-11)."""
    return 1 / (1 + torch.exp(-z.clamp(-5, 5)))


@mistake(fails=is_right_and_finite_far_from_zero, replaces="sigmoid")
def cut_off_from_autograd(z):
    """The values are right, but autograd can't follow them back to z. Which call cuts the graph?"""
    return 1 / (1 + torch.exp(-z.detach().double())).float()


@mistake(fails=sigmoid_is_written_by_hand, replaces="sigmoid")
def calls_the_library(z):
    """You know that torch can do it. Which three operations does it do?"""
    return torch.sigmoid(z)


@mistake(fails=sigmoid_is_written_by_hand, replaces="sigmoid")
def calls_tanh(z):
    """You know that torch can do it. Which three operations does it do?"""
    return (torch.tanh(z / 2) + 1) / 2


# -- Model ----------------------------------------------------------------------------


@mistake(fails=gives_one_probability_per_row, replaces="Model", ids="M01")
class no_sigmoid(nn.Module):
    """What range must a probability lie in?"""

    def __init__(self, n_inputs=1):
        super().__init__()
        self.linear = nn.Linear(n_inputs, 1)

    def forward(self, x):
        return self.linear(x)


@mistake(fails=is_the_sigmoid_of_a_line, replaces="Model", ids="M02")
class sigmoid_twice(nn.Module):
    """Try a very negative input by hand: what should come out, and what does? How often does your
    answer pass through the sigmoid on its way?"""

    def __init__(self, n_inputs=1):
        super().__init__()
        self.unit = nn.Sequential(nn.Linear(n_inputs, 1), nn.Sigmoid())

    def forward(self, x):
        return torch.sigmoid(self.unit(x))


@mistake(fails=gives_one_probability_per_row, replaces="Model", ids="M03")
class softmax_over_one_column(nn.Module):
    """Every row gets exactly 1. What does softmax divide by when there is one class?"""

    def __init__(self, n_inputs=1):
        super().__init__()
        self.linear = nn.Linear(n_inputs, 1)

    def forward(self, x):
        return torch.softmax(self.linear(x), dim=1)


@mistake(fails=gives_one_probability_per_row, replaces="Model", ids="M04")
class class_called_as_a_function(nn.Module):
    """Module class or function: which of the two needs building first?"""

    def __init__(self, n_inputs=1):
        super().__init__()
        self.linear = nn.Linear(n_inputs, 1)

    def forward(self, x):
        return nn.Sigmoid(self.linear(x))


@mistake(fails=gives_one_probability_per_row, ids="M04", cell=True)
def capital_in_functional():
    """Module class or function: a library spells the two differently. Which of them lives where you
    looked, and which of the two needs building first?"""

    class Model(nn.Module):
        def __init__(self, n_inputs=1):
            super().__init__()
            self.linear = nn.Linear(n_inputs, 1)

        def forward(self, x):
            return F.Sigmoid(self.linear(x))


@mistake(fails=gives_one_probability_per_row, ids="M04", cell=True)
def lower_case_in_nn():
    """Module class or function: a library spells the two differently. Which of them lives where you
    looked, and which of the two needs building first?"""

    class Model(nn.Module):
        def __init__(self, n_inputs=1):
            super().__init__()
            self.linear = nn.Linear(n_inputs, 1)

        def forward(self, x):
            return nn.sigmoid(self.linear(x))


@mistake(fails=gives_one_probability_per_row, ids="M05", cell=True)
def activation_never_made():
    """`forward` uses a part that this model does not have. Where do the parts of a module get
    made?"""

    class Model(nn.Module):
        def __init__(self, n_inputs=1):
            super().__init__()
            self.linear = nn.Linear(n_inputs, 1)

        def forward(self, x):
            return self.sigmoid(self.linear(x))


@mistake(fails=holds_a_weight_for_each_input_and_a_bias, replaces="Model", ids="M06")
class module_never_initialised(nn.Module):
    """What must run, inside your `__init__`, before you attach a layer?"""

    def __init__(self, n_inputs=1):
        self.linear = nn.Linear(n_inputs, 1)

    def forward(self, x):
        return torch.sigmoid(self.linear(x))


@mistake(fails=holds_a_weight_for_each_input_and_a_bias, replaces="Model", ids="M06")
class super_of_another_class(nn.Module):
    """Which class does your `super(...)` name, and is that the class it stands in? Since Python 3
    the brackets may stay empty."""

    def __init__(self, n_inputs=1):
        super(LogisticRegression, self).__init__()  # noqa: F821, UP008 (the mistake itself)
        self.linear = nn.Linear(n_inputs, 1)

    def forward(self, x):
        return torch.sigmoid(self.linear(x))


@mistake(fails=holds_a_weight_for_each_input_and_a_bias, replaces="Model", ids="M07")
class plain_tensors(nn.Module):
    """How does an optimizer find what to change? What makes a tensor a part of the module?"""

    def __init__(self, n_inputs=1):
        super().__init__()
        self.w = torch.randn(n_inputs, 1, requires_grad=True)
        self.b = torch.zeros(1, requires_grad=True)

    def forward(self, x):
        return torch.sigmoid(x @ self.w + self.b)


@mistake(fails=holds_a_weight_for_each_input_and_a_bias, replaces="Model", ids="M07")
class no_module_at_all:
    """How does an optimizer find what to change? What makes a tensor a part of the module?"""

    def __init__(self, n_inputs=1):
        self.w = torch.randn(n_inputs, 1, requires_grad=True)
        self.b = torch.zeros(1, requires_grad=True)

    def __call__(self, x):
        return torch.sigmoid(x @ self.w + self.b)


@mistake(fails=gives_one_probability_per_row, replaces="Model", ids="M08")
class one_dimension_lost(nn.Module):
    """Print the shape of x and the shape of your answer: does each sample still have a row?"""

    def __init__(self, n_inputs=1):
        super().__init__()
        self.linear = nn.Linear(n_inputs, 1)

    def forward(self, x):
        return torch.sigmoid(self.linear(x)).squeeze(1)


@mistake(fails=gives_one_probability_per_row, replaces="Model", ids="M08")
class returns_a_tuple(nn.Module):
    """One thing should come back for a batch: a tensor with a row for each sample. What does a
    comma after `return` make?"""

    def __init__(self, n_inputs=1):
        super().__init__()
        self.linear = nn.Linear(n_inputs, 1)

    def forward(self, x):
        z = self.linear(x)
        return z, torch.sigmoid(z)


@mistake(fails=holds_a_weight_for_each_input_and_a_bias, replaces="Model", ids="M09")
class layer_made_in_forward(nn.Module):
    """Should asking twice about the same x change the answer? When is your layer born, and how
    often?"""

    def __init__(self, n_inputs=1):
        super().__init__()
        self.n_inputs = n_inputs

    def forward(self, x):
        return torch.sigmoid(nn.Linear(self.n_inputs, 1)(x))


@mistake(fails=holds_a_weight_for_each_input_and_a_bias, replaces="Model", ids="M09")
class layer_replaced_in_forward(nn.Module):
    """Should asking twice about the same x change the answer? When is your layer born, and how
    often?"""

    def __init__(self, n_inputs=1):
        super().__init__()
        self.n_inputs = n_inputs

    def forward(self, x):
        self.linear = nn.Linear(self.n_inputs, 1)
        return torch.sigmoid(self.linear(x))


@mistake(fails=runs_on_the_device_it_is_moved_to, replaces="Model", ids="M10")
class tensor_made_on_the_cpu(nn.Module):
    """On which device does `torch.ones(...)` put its tensor, and on which one is x? Build new
    tensors from one that you were given."""

    def __init__(self, n_inputs=1):
        super().__init__()
        self.linear = nn.Linear(n_inputs, 1, bias=False)
        self.bias = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        ones = torch.ones(len(x), 1)
        return torch.sigmoid(self.linear(x) + ones * self.bias)


@mistake(fails=passes_gradients_to_its_parameters, replaces="Model", ids="M11")
class graph_cut_by_detach(nn.Module):
    """The numbers are right, but nothing leads back from them to the weights. Which call cuts the
    graph?"""

    def __init__(self, n_inputs=1):
        super().__init__()
        self.linear = nn.Linear(n_inputs, 1)

    def forward(self, x):
        return torch.sigmoid(self.linear(x)).detach()


@mistake(fails=passes_gradients_to_its_parameters, replaces="Model", ids="M11")
class graph_cut_by_data(nn.Module):
    """The numbers are right, but nothing leads back from them to the weights. Which call cuts the
    graph?"""

    def __init__(self, n_inputs=1):
        super().__init__()
        self.linear = nn.Linear(n_inputs, 1)

    def forward(self, x):
        return torch.sigmoid(self.linear(x).data)


@mistake(fails=holds_a_weight_for_each_input_and_a_bias, replaces="Model")
class number_of_inputs_ignored(nn.Module):
    """What is the argument `n_inputs` for? Which of your layers knows of it?"""

    def __init__(self, n_inputs=1):
        super().__init__()
        self.linear = nn.Linear(1, 1)

    def forward(self, x):
        return torch.sigmoid(self.linear(x))


@mistake(fails=holds_a_weight_for_each_input_and_a_bias, replaces="Model")
class two_linear_units(nn.Module):
    """Count the numbers that your model learns. How many does one line have: a slope and what
    else?"""

    def __init__(self, n_inputs=1):
        super().__init__()
        self.first = nn.Linear(n_inputs, 1)
        self.second = nn.Linear(1, 1)

    def forward(self, x):
        return torch.sigmoid(self.second(self.first(x)))


@mistake(fails=is_the_sigmoid_of_a_line, replaces="Model", ids="M12")
class input_cut_to_integers(nn.Module):
    """What becomes of half an hour of study in your model? Which dtype keeps it?"""

    def __init__(self, n_inputs=1):
        super().__init__()
        self.linear = nn.Linear(n_inputs, 1)

    def forward(self, x):
        return torch.sigmoid(self.linear(x.long().float()))
