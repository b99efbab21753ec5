"""Known wrong ways to predict and to measure. Each is the reference with one thing wrong."""

import torch

from autograder.authoring import mistake

from .checks import (
    counts_batches_of_every_size,
    gives_the_share_that_is_right,
    leaves_the_model_as_it_was,
    one_half_is_class_0,
    predicts_a_class_for_each_row,
    returns_a_python_float,
    stays_on_the_device_of_its_inputs,
)


@mistake(fails=gives_the_share_that_is_right, ids="M58", replaces="accuracy")
def counts(model, x, y):
    """You know how many are right. Out of how many?"""
    return float(((model(x) > 0.5) == (y > 0.5)).sum())


@mistake(fails=gives_the_share_that_is_right, ids="M59", replaces="accuracy")
def percent(model, x, y):
    """All right should give 1.0. Is your number a fraction or a percentage?"""
    return 100 * ((model(x) > 0.5) == (y > 0.5)).float().mean().item()


@mistake(fails=returns_a_python_float, ids="M60", replaces="accuracy")
def stays_a_tensor(model, x, y):
    """The value is right, its type is not. How does a tensor with one entry turn into a
    Python number?"""
    return ((model(x) > 0.5) == (y > 0.5)).float().mean()


@mistake(fails=gives_the_share_that_is_right, ids="M61", replaces="accuracy")
def compares_every_row_with_every_label(model, x, y):
    """Print the shape of the comparison. How many entries does it have, and how many rows
    are there?"""
    p = model(x).squeeze()
    return ((p > 0.5) == (y > 0.5)).float().sum().item() / len(y)


@mistake(fails=gives_the_share_that_is_right, ids="M61", replaces="accuracy")
def averages_over_every_row_and_every_label(model, x, y):
    """Print the shape of the comparison. How many entries does it have, and how many rows
    are there?"""
    p = model(x).squeeze(1)
    return ((p > 0.5) == (y > 0.5)).float().mean().item()


@mistake(fails=one_half_is_class_0, ids="M62", replaces="predict")
def half_is_a_pass(model, x):
    """Only one kind of row comes out wrong. What do you call exactly one half, and what does
    the statement call it?"""
    return (model(x) >= 0.5).float()


@mistake(fails=gives_the_share_that_is_right, ids="M62", replaces="accuracy")
def counts_half_as_a_pass(model, x, y):
    """Only one kind of row comes out wrong. What do you call exactly one half, and what does
    the statement call it?"""
    return ((model(x) >= 0.5) == (y > 0.5)).float().mean().item()


@mistake(fails=one_half_is_class_0, ids="M63", replaces="predict")
def asks_for_51_percent(model, x):
    """Try probabilities close to the border, such as .505. Where is even odds?"""
    return (model(x) > 0.51).float()


@mistake(fails=gives_the_share_that_is_right, ids="M63", replaces="accuracy")
def counts_from_51_percent(model, x, y):
    """Try probabilities close to the border, such as .505. Where is even odds?"""
    return ((model(x) > 0.51) == (y > 0.5)).float().mean().item()


@mistake(fails=predicts_a_class_for_each_row, ids="M65", replaces="predict")
def best_of_one_column(model, x):
    """The index of the largest entry in each row: how many columns are there to choose from?"""
    return model(x).argmax(dim=1)


@mistake(fails=gives_the_share_that_is_right, ids="M65", replaces="accuracy")
def counts_the_best_of_one_column(model, x, y):
    """The index of the largest entry in each row: how many columns are there to choose from?"""
    return (model(x).argmax(dim=1, keepdim=True) == y).float().mean().item()


@mistake(fails=one_half_is_class_0, ids="M66", replaces="predict")
def half_as_a_logit(model, x):
    """A threshold belongs to a scale. What probability is the score z = 0, and which of the
    two do you compare?"""
    return (torch.logit(model(x)) > 0.5).float()


@mistake(fails=gives_the_share_that_is_right, ids="M67", replaces="accuracy")
def waits_for_certainty(model, x, y):
    """Put one row in by hand: the model says .9, the label is 1. Is .9 equal to 1?"""
    return (model(x) == y).float().mean().item()


@mistake(fails=gives_the_share_that_is_right, ids="M68", replaces="accuracy")
def compares_a_list(model, x, y):
    """Print the type of what you compare with the labels. What does == give for a list, one
    answer or one for each row?"""
    right = (model(x) > 0.5).float().tolist() == y
    return float(right) / len(y)


@mistake(fails=gives_the_share_that_is_right, ids="M69", replaces="accuracy")
def mean_of_true_and_false(model, x, y):
    """Write the line as several, one call in each. What does each bracket enclose, and which
    type does the innermost result have?"""
    return torch.mean((model(x) > 0.5) == (y > 0.5)).type(torch.float).item()


@mistake(fails=gives_the_share_that_is_right, ids="M69", replaces="accuracy")
def divides_inside_the_bracket(model, x, y):
    """Write the line as several, one call in each. What does each bracket enclose, and which
    type does the innermost result have?"""
    return torch.eq(model(x) > 0.5, y.sum() / len(y)).item()


@mistake(fails=gives_the_share_that_is_right, ids="M70", replaces="accuracy")
def multiplies_the_signs(model, x, y):
    """A product is positive where both signs agree, for labels -1 and +1. What does it give
    for a label of 0?"""
    return (model(x) * y > 0).float().mean().item()


@mistake(fails=gives_the_share_that_is_right, ids="M71", replaces="accuracy")
def divides_whole_numbers(model, x, y):
    """What type is the count, and what is left of 8 / 10 in it?"""
    right = ((model(x) > 0.5) == (y > 0.5)).sum()
    return float(right // len(y))


@mistake(fails=counts_batches_of_every_size, ids="M71", replaces="accuracy")
def counts_in_one_byte(model, x, y):
    """Small batches come out right. What type is the count, and what is the largest number
    that it can hold?"""
    right = (model(x) > 0.5) == (y > 0.5)
    return right.to(torch.uint8).sum(dtype=torch.uint8).item() / len(y)


@mistake(fails=gives_the_share_that_is_right, ids="M72", replaces="accuracy")
def averages_the_shares_of_pieces(model, x, y):
    """Your rows come in pieces of unequal size. Does a row in the smallest piece count for as
    much as any other?"""
    shares = [
        ((model(rows) > 0.5) == (labels > 0.5)).float().mean().item()
        for rows, labels in zip(x.split(3), y.split(3), strict=True)
    ]
    return sum(shares) / len(shares)


@mistake(fails=leaves_the_model_as_it_was, ids="M73", replaces="accuracy")
def leaves_eval_mode_on(model, x, y):
    """Someone may go on training the model after they have measured it. What is different
    about it when your function is done?"""
    model.eval()
    with torch.no_grad():
        right = (model(x) > 0.5) == (y > 0.5)
    return right.float().mean().item()


@mistake(fails=leaves_the_model_as_it_was, replaces="accuracy")
def throws_the_gradients_away(model, x, y):
    """Someone may go on training the model after they have measured it. What is different
    about it when your function is done?"""
    model.zero_grad()
    with torch.no_grad():
        right = (model(x) > 0.5) == (y > 0.5)
    return right.float().mean().item()


@mistake(fails=leaves_the_model_as_it_was, replaces="predict")
def freezes_the_model(model, x):
    """Someone may go on training the model after they have measured it. What is different
    about it when your function is done?"""
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    return (model(x) > 0.5).float()


@mistake(fails=stays_on_the_device_of_its_inputs, ids="M74", replaces="accuracy")
def casts_by_type_name(model, x, y):
    """On a CPU this is right. A new tensor, and what some casts make, lies there whatever it was
    made from: on which device does each tensor in the comparison live?"""
    label = (model(x) > 0.5).type(torch.FloatTensor)
    return torch.mean((label == y).type(torch.float)).item()


@mistake(fails=stays_on_the_device_of_its_inputs, ids="M74", replaces="predict")
def compares_with_a_new_tensor(model, x):
    """On a CPU this is right. A new tensor, and what some casts make, lies there whatever it was
    made from: on which device does each tensor in the comparison live?"""
    return (model(x) > torch.FloatTensor([0.5])).float()


@mistake(fails=predicts_a_class_for_each_row, ids="M14", replaces="predict")
def calls_a_pass_a_fail(model, x):
    """Every class is the other one. By your rule, does a higher probability make a pass more
    likely?"""
    return (model(x) < 0.5).float()


@mistake(fails=predicts_a_class_for_each_row, ids="M15", replaces="predict")
def hands_out_a_method(model, x):
    """Print what comes out. Is it a value or a method?"""
    return (model(x) > 0.5).float


@mistake(fails=predicts_a_class_for_each_row, ids="M17", replaces="predict")
def scales_by_the_rows_at_hand(model, x):
    """A row should get the same class whoever stands beside it. Which data may a scaler see,
    and has the model been trained on what you feed it?"""
    return (model((x - x.mean(0)) / x.std(0)) > 0.5).float()


@mistake(fails=predicts_a_class_for_each_row, replaces="predict")
def stops_at_the_probability(model, x):
    """These are probabilities. Which two values may a class have, and what decides between
    them?"""
    return model(x)


@mistake(fails=predicts_a_class_for_each_row, replaces="predict")
def applies_the_sigmoid_again(model, x):
    """Which numbers can come out of a sigmoid that is fed with numbers from 0 to 1? And has
    the model applied one already?"""
    return (torch.sigmoid(model(x)) > 0.5).float()


@mistake(fails=gives_the_share_that_is_right, replaces="accuracy")
def counts_only_the_passes(model, x, y):
    """Which rows does your share run over? Those with a label of 0 can be right, too."""
    right = (model(x) > 0.5) & (y > 0.5)
    return (right.sum() / (y > 0.5).sum()).item()
