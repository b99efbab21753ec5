"""Wrong answers to activations, each the reference with one thing wrong."""

import math

import torch
from torch import nn

from autograder.authoring import mistake

from .checks import (
    every_run_has_the_same_start,
    every_run_is_the_training_described,
    finds_the_floor_of_cross_entropy,
    hidden_model_follows_the_worked_example,
    judges_seven_as_outputs,
    moves_tanh_onto_probabilities,
    prelu_has_something_to_learn,
    refuses_other_names,
)
from .solution import ACTIVATIONS, HiddenModel, activation

WORD = {
    "Sigmoid": "probability",
    "Hardsigmoid": "flat",
    **dict.fromkeys(("Softmin", "Softmax", "Softmax2d", "LogSoftmax"), "constant"),
    **dict.fromkeys(("ReLU", "ReLU6", "Threshold", "Softplus"), "above one"),
}


def word(name):
    return WORD.get(name, "below zero")


class TwoLayers(nn.Module):
    """The reference's layers; the mistakes below differ in forward."""

    def __init__(self, name, n_hidden=8):
        super().__init__()
        self.hidden = nn.Linear(2, n_hidden)
        self.activation = activation(name)
        self.output = nn.Linear(n_hidden, 1)

    def scores(self, x):
        return self.output(self.activation(self.hidden(x)))


def one_run(model, x, y, epochs, lr):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        loss = nn.functional.binary_cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(fails=refuses_other_names, replaces="activation")
def whatever_torch_has(name):
    """torch.nn holds layers of many kinds. Which names does this exercise want you to accept?"""
    if name == "Threshold":
        return nn.Threshold(0.1, 0.0)
    if name in ("Softmin", "Softmax", "LogSoftmax"):
        return getattr(nn, name)(dim=-1)
    found = getattr(nn, name, None)
    if found is None:
        raise ValueError(name)
    return found(2, 1) if name == "Linear" else found()


@mistake(fails=judges_seven_as_outputs, ids="M75", replaces="verdict")
def relu_called_a_probability(name):
    """Plot the range of ReLU beside [0, 1]: which z leave it? And what is log(0)?"""
    return "probability" if name in ("ReLU", "ReLU6") else word(name)


@mistake(fails=judges_seven_as_outputs, ids="M76", replaces="verdict")
def tanh_called_a_probability(name):
    """What does tanh give for z = -1, and what would BCE make of the logarithm of that?"""
    return "probability" if name in ("Tanh", "Softsign", "Hardtanh") else word(name)


@mistake(fails=judges_seven_as_outputs, ids="M77", replaces="verdict")
def hidden_ones_called_probabilities(name):
    """Scan z from -10 to 10. Does what comes out stay between 0 and 1: output, or hidden layer?"""
    wrong = ("ReLU6", "ELU", "SELU", "LeakyReLU", "Softplus", "Hardtanh", "LogSigmoid")
    return "probability" if name in wrong else word(name)


@mistake(fails=judges_seven_as_outputs, ids="M78", replaces="verdict")
def hardsigmoid_called_a_probability(name):
    """It stays in [0, 1], yes. Where is it flat, and what is the gradient of BCE there?"""
    return "probability" if name == "Hardsigmoid" else word(name)


@mistake(fails=judges_seven_as_outputs, replaces="verdict")
def one_word_for_all(name):
    """Would all twenty do the same to BCE? Send a few numbers through two of them and compare."""
    return "below zero"


@mistake(fails=moves_tanh_onto_probabilities, ids="M76", replaces="tanh_probability")
def tanh_as_it_is(z):
    """tanh lives in (-1, 1). How do you move [-1, 1] onto [0, 1]: what to add,
    what to divide by?"""
    return torch.tanh(z)


@mistake(fails=moves_tanh_onto_probabilities, replaces="tanh_probability")
def tanh_added_but_not_halved(z):
    """What is the greatest value that this can reach, and which one should it be?"""
    return torch.tanh(z) + 1


@mistake(fails=moves_tanh_onto_probabilities, replaces="tanh_probability")
def tanh_module_unbuilt(z):
    """Module class or function: which of the two needs building first?"""
    return (nn.Tanh(z) + 1) / 2


@mistake(fails=moves_tanh_onto_probabilities, replaces="tanh_probability")
def the_plain_sigmoid(z):
    """Near, but with another slope: how steep is tanh at 0,
    and how steep is the logistic function?"""
    return torch.sigmoid(z)


@mistake(fails=finds_the_floor_of_cross_entropy, replaces="cross_entropy_floor")
def no_floor_at_all(low, high):
    """What does CrossEntropyLoss do to the two outputs before it takes a logarithm?"""
    return 0.0


@mistake(fails=finds_the_floor_of_cross_entropy, replaces="cross_entropy_floor")
def floor_of_one_output(low, high):
    """There are two outputs. For the least loss, where does the right one go,
    and where the other?"""
    return math.log(1 + math.exp(-high))


@mistake(fails=hidden_model_follows_the_worked_example, ids="M75", replaces="HiddenModel")
class relu_as_output(TwoLayers):
    """Compute the output for a large score and for a negative one: what range must it keep?"""

    def forward(self, x):
        return torch.relu(self.scores(x))


@mistake(fails=hidden_model_follows_the_worked_example, ids="M76", replaces="HiddenModel")
class tanh_as_output(TwoLayers):
    """What comes out for a score of -1? How do you move [-1, 1] onto [0, 1]?"""

    def forward(self, x):
        return torch.tanh(self.scores(x))


@mistake(fails=hidden_model_follows_the_worked_example, ids="M77", replaces="HiddenModel")
class activation_as_output_too(TwoLayers):
    """There are two places for an activation.
    Is `name` meant for the output or for the hidden layer?"""

    def forward(self, x):
        return self.activation(self.scores(x))


@mistake(fails=hidden_model_follows_the_worked_example, ids="M78", replaces="HiddenModel")
class hardsigmoid_as_output(TwoLayers):
    """Where is this function flat? What do exact 0s and 1s do to a logarithm?"""

    def forward(self, x):
        return nn.functional.hardsigmoid(self.scores(x))


@mistake(fails=hidden_model_follows_the_worked_example, ids="M81", replaces="HiddenModel")
class sigmoid_dropped(TwoLayers):
    """Which layer speaks to the loss, and in which range does the loss expect it to answer?"""

    def forward(self, x):
        return self.scores(x)


@mistake(fails=hidden_model_follows_the_worked_example, replaces="HiddenModel")
class nothing_between_the_layers(TwoLayers):
    """Put two linear functions into each other: what kind of function do you get?"""

    def forward(self, x):
        return torch.sigmoid(self.output(self.hidden(x)))


@mistake(fails=hidden_model_follows_the_worked_example, ids="M80", replaces="HiddenModel")
class name_is_never_used(TwoLayers):
    """Change one thing at a time,
    and see that it has changed: what does `name` do in your model?"""

    def forward(self, x):
        return torch.sigmoid(self.output(torch.relu(self.hidden(x))))


@mistake(fails=prelu_has_something_to_learn, ids="M79", replaces="HiddenModel")
class made_in_forward(nn.Module):
    """Does this activation have something to learn? Then how long must it live to learn it?"""

    def __init__(self, name, n_hidden=8):
        super().__init__()
        self.name = name
        self.hidden = nn.Linear(2, n_hidden)
        self.output = nn.Linear(n_hidden, 1)

    def forward(self, x):
        h, layer = self.hidden(x), activation(self.name)
        if self.name == "Softmax2d":
            h = layer(h.reshape(*h.shape, 1, 1)).reshape(h.shape)
        else:
            h = layer(h)
        return torch.sigmoid(self.output(h))


SHARED = {}
build_one = activation


@mistake(fails=prelu_has_something_to_learn, ids="M79", replaces="activation")
def one_layer_shared_by_all(name):
    """One of these layers can learn. If two models hold the very same layer, who trains it?"""
    if name not in SHARED:
        SHARED[name] = build_one(name)
    return SHARED[name]


@mistake(fails=every_run_has_the_same_start, ids="M80", replaces="compare_activations")
def only_the_label_changes(names, x, y, epochs, lr, seed):
    """Your runs are equal to the last digit.
    Change one thing at a time: which thing changed here?"""
    runs = {}
    for name in names:
        torch.manual_seed(seed)
        runs[name] = one_run(HiddenModel(ACTIVATIONS[0]), x, y, epochs, lr)
    return runs


@mistake(fails=every_run_has_the_same_start, replaces="compare_activations")
def seeded_once(names, x, y, epochs, lr, seed):
    """Do all runs stand on the same start line? Print the first weight of each model."""
    torch.manual_seed(seed)
    return {name: one_run(HiddenModel(name), x, y, epochs, lr) for name in names}


@mistake(fails=every_run_has_the_same_start, replaces="compare_activations")
def seed_forgotten(names, x, y, epochs, lr, seed):
    """Run it twice: the same numbers? Which argument decides where a run starts?"""
    return {name: one_run(HiddenModel(name), x, y, epochs, lr) for name in names}


@mistake(fails=every_run_has_the_same_start, replaces="compare_activations")
def loss_after_the_update(names, x, y, epochs, lr, seed):
    """Is the loss that you note the one before or the one after the update of that epoch?"""
    runs = {}
    for name in names:
        torch.manual_seed(seed)
        model = HiddenModel(name)
        optimizer = torch.optim.Adam(model.parameters(), lr=lr)
        runs[name] = []
        for _ in range(epochs):
            optimizer.zero_grad()
            nn.functional.binary_cross_entropy(model(x), y).backward()
            optimizer.step()
            runs[name].append(nn.functional.binary_cross_entropy(model(x), y).item())
    return runs


@mistake(fails=every_run_is_the_training_described, replaces="compare_activations")
def gradients_pile_up(names, x, y, epochs, lr, seed):
    """After two epochs without clearing them, what do the gradients hold?"""
    runs = {}
    for name in names:
        torch.manual_seed(seed)
        model = HiddenModel(name)
        optimizer = torch.optim.Adam(model.parameters(), lr=lr)
        runs[name] = []
        for _ in range(epochs):
            loss = nn.functional.binary_cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            runs[name].append(loss.item())
    return runs
