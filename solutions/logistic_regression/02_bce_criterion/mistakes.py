"""Known wrong answers to `criterion`, each with the hint that belongs to it."""

import torch
import torch.nn.functional as F
from torch import nn

from autograder.authoring import mistake

from .checks import (
    agrees_on_unseen_batches,
    has_the_right_gradient,
    is_written_by_hand,
    keeps_its_gradient_finite_there,
    leaves_honest_guesses_alone,
    matches_the_definition,
    stays_finite_where_the_model_is_certain,
    weighs_both_terms_by_soft_labels,
)


def guarded(y_hat):
    """The probabilities, kept off 0 and 1."""
    return y_hat.clamp(1e-7, 1 - 1e-7)


# -- the value ------------------------------------------------------------------------


@mistake(fails=matches_the_definition, ids="M18")
def base_ten(y_hat, y):
    """Every loss is too small by the same factor, 2.303, which is ln 10. Which function of torch
    is the logarithm to the base e?"""
    p = guarded(y_hat)
    return -torch.mean(y * torch.log10(p) + (1 - y) * torch.log10(1 - p))


@mistake(fails=matches_the_definition, ids="M19")
def base_two(y_hat, y):
    """Every loss is too large by the same factor, 1.443, which is 1 / ln 2. Which function of
    torch is the logarithm to the base e?"""
    p = guarded(y_hat)
    return -torch.mean(y * torch.log2(p) + (1 - y) * torch.log2(1 - p))


@mistake(fails=matches_the_definition, ids="M20")
def summed_not_averaged(y_hat, y):
    """If I copy every row of the batch once, should the loss change?"""
    p = guarded(y_hat)
    return -torch.sum(y * torch.log(p) + (1 - y) * torch.log(1 - p))


@mistake(fails=matches_the_definition, ids="M21")
def sign_lost(y_hat, y):
    """The logarithm of a probability is never above 0. Should a better guess cost more or less?"""
    p = guarded(y_hat)
    return torch.mean(y * torch.log(p) + (1 - y) * torch.log(1 - p))


@mistake(fails=matches_the_definition, ids="M22")
def brackets_lost(y_hat, y):
    """Put in y = 1 by hand, term by term: what does `1 - y * ...` multiply?"""
    p = guarded(y_hat)
    return -torch.mean(y * torch.log(p) + 1 - y * torch.log(1 - p))


@mistake(fails=matches_the_definition, ids="M23")
def only_the_rows_with_label_one(y_hat, y):
    """What does a confident guess of 0.9 cost, where the label is 0?"""
    return -torch.mean(y * torch.log(guarded(y_hat)))


@mistake(fails=matches_the_definition, ids="M24")
def only_the_rows_with_label_zero(y_hat, y):
    """What does a confident guess of 0.1 cost, where the label is 1?"""
    return -torch.mean((1 - y) * torch.log(1 - guarded(y_hat)))


@mistake(fails=matches_the_definition, ids="M25")
def minus_between_the_terms(y_hat, y):
    """Both terms are costs. Should one of them make up for the other? Which terms does your minus
    sign reach?"""
    p = guarded(y_hat)
    return -torch.mean(y * torch.log(p) - (1 - y) * torch.log(1 - p))


@mistake(fails=matches_the_definition, ids="M26")
def label_in_the_logarithm(y_hat, y):
    """Which of the two may be exactly 0, the label or the guess? Which of them is in your
    logarithm?"""
    return -torch.mean(y_hat * torch.log(y) + (1 - y_hat) * torch.log(1 - y))


@mistake(fails=matches_the_definition, ids="M26")
def label_in_the_guarded_logarithm(y_hat, y):
    """Which of the two may be exactly 0, the label or the guess? Which of them is in your
    logarithm?"""
    q = guarded(y)
    return -torch.mean(y_hat * torch.log(q) + (1 - y_hat) * torch.log(1 - q))


@mistake(fails=matches_the_definition, ids="M27")
def labels_swapped(y_hat, y):
    """Try a perfect guess: what does your loss make of y = 1 with a probability of 0.999?"""
    p = guarded(y_hat)
    return -torch.mean((1 - y) * torch.log(p) + y * torch.log(1 - p))


@mistake(fails=matches_the_definition, ids="M28")
def every_guess_meets_every_label(y_hat, y):
    """Print both shapes. What does torch make of (N,) against (N, 1)?"""
    p = guarded(y_hat).squeeze(1)
    return -torch.mean(y * torch.log(p) + (1 - y) * torch.log(1 - p))


@mistake(fails=matches_the_definition, ids="M29")
def one_loss_per_row(y_hat, y):
    """Backward wants one number to start from. How many do you return?"""
    p = guarded(y_hat)
    return -(y * torch.log(p) + (1 - y) * torch.log(1 - p))


@mistake(fails=matches_the_definition, ids="M36")
def squared_error(y_hat, y):
    """Which loss stays steep when you are badly wrong? Try y = 1 with a probability of 0.01."""
    return torch.mean((y_hat - y) ** 2)


@mistake(fails=matches_the_definition, ids="M37")
def absolute_error(y_hat, y):
    """Which loss stays steep when you are badly wrong? Try y = 1 with a probability of 0.01."""
    return torch.mean(torch.where(y > 0.5, 1 - y_hat, y_hat))


@mistake(fails=matches_the_definition, ids="M38")
def divided_by_twice_the_rows(y_hat, y):
    """Where does N come from, and what stands in front of the sum?"""
    p = guarded(y_hat)
    return -torch.sum(y * torch.log(p) + (1 - y) * torch.log(1 - p)) / (2 * len(y))


@mistake(fails=matches_the_definition, ids="M38")
def divided_by_four(y_hat, y):
    """Four rows come out right, one row does not. Where does N come from?"""
    p = guarded(y_hat)
    return -torch.sum(y * torch.log(p) + (1 - y) * torch.log(1 - p)) / 4


@mistake(fails=matches_the_definition, ids="M39")
def cross_entropy_over_one_column(y_hat, y):
    """Whatever the guess, the loss is 0. How many columns does that loss expect to choose from?"""
    return nn.CrossEntropyLoss()(y_hat, y)


@mistake(fails=matches_the_definition, ids="M39")
def cross_entropy_with_class_numbers(y_hat, y):
    """Which class numbers are there in a table of one column? How many columns does that loss
    expect?"""
    return nn.CrossEntropyLoss()(y_hat, y.long().squeeze(1))


@mistake(fails=matches_the_definition, ids="M40")
def class_instead_of_instance(y_hat, y):
    """Is it the loss that you called, or the class that builds one?"""
    return nn.BCELoss(y_hat, y)


@mistake(fails=matches_the_definition, ids="M02")
def a_second_sigmoid(y_hat, y):
    """y_hat is a probability already. What does a sigmoid make of 0.9, and what of 0.2?"""
    p = torch.sigmoid(y_hat)
    return -torch.mean(y * torch.log(p) + (1 - y) * torch.log(1 - p))


# -- written by hand ------------------------------------------------------------------


@mistake(fails=is_written_by_hand)
def calls_the_library(y_hat, y):
    """torch can do it, you know that. Which steps does it take?"""
    return F.binary_cross_entropy(y_hat, y)


@mistake(fails=is_written_by_hand)
def builds_the_library_module(y_hat, y):
    """torch can do it, you know that. Which steps does it take?"""
    return nn.BCELoss()(y_hat, y)


# -- the gradient ---------------------------------------------------------------------


@mistake(fails=has_the_right_gradient, ids="M30")
def returns_a_python_number(y_hat, y):
    """What must backward start from: a number, or a tensor that remembers where it came from?"""
    p = guarded(y_hat)
    return -torch.mean(y * torch.log(p) + (1 - y) * torch.log(1 - p)).item()


@mistake(fails=has_the_right_gradient, ids="M30")
def computed_without_gradients(y_hat, y):
    """The value is right, but it has forgotten where it came from. What must backward start
    from?"""
    with torch.no_grad():
        p = guarded(y_hat)
        return -torch.mean(y * torch.log(p) + (1 - y) * torch.log(1 - p))


@mistake(fails=has_the_right_gradient, ids="M30")
def wrapped_in_a_new_tensor(y_hat, y):
    """The value is right, but it has forgotten where it came from. What must backward start
    from?"""
    p = guarded(y_hat)
    return torch.tensor(float(-torch.mean(y * torch.log(p) + (1 - y) * torch.log(1 - p))))


@mistake(fails=matches_the_definition, ids="M29")
def keeps_one_dimension(y_hat, y):
    """The value is right, in a tensor of shape (1,). Over which dimensions does your mean go?"""
    p = guarded(y_hat)
    return -torch.mean(y * torch.log(p) + (1 - y) * torch.log(1 - p)).reshape(1)


@mistake(fails=has_the_right_gradient, ids="M35")
def flat_at_even_odds_because_of_abs(y_hat, y):
    """At even odds your loss is 0.6931 and its gradient 0. What is the slope of |z| at 0 in torch,
    and what is that of relu?"""
    p = guarded(y_hat)
    margin = (2 * y - 1) * (torch.log(p) - torch.log(1 - p))
    return torch.mean(torch.relu(-margin) + torch.log1p(torch.exp(-margin.abs())))


# -- certainty ------------------------------------------------------------------------


@mistake(fails=stays_finite_where_the_model_is_certain, ids="M31")
def no_guard(y_hat, y):
    """What is 0 times minus infinity?"""
    return -torch.mean(y * torch.log(y_hat) + (1 - y) * torch.log(1 - y_hat))


@mistake(fails=stays_finite_where_the_model_is_certain, ids="M32")
def guard_that_rounds_away(y_hat, y):
    """Is 1 - eps really below 1 in this dtype? Print `torch.tensor(1 - eps) == 1`."""
    p = y_hat.clamp(1e-8, 1 - 1e-8)
    return -torch.mean(y * torch.log(p) + (1 - y) * torch.log(1 - p))


@mistake(fails=stays_finite_where_the_model_is_certain)
def guard_on_one_side(y_hat, y):
    """Two logarithms, two ends. What does each of them get where the guess is 1, and where it is
    0?"""
    p = y_hat.clamp(min=1e-7)
    return -torch.mean(y * torch.log(p) + (1 - y) * torch.log(1 - p))


@mistake(fails=keeps_its_gradient_finite_there)
def logarithm_cut_too_late(y_hat, y):
    """The loss is a number again, its gradient is not. What is the slope of ln at 0, and what is 0
    times that?"""
    log_p = torch.log(y_hat).clamp(min=-100)
    log_q = torch.log(1 - y_hat).clamp(min=-100)
    return -torch.mean(y * log_p + (1 - y) * log_q)


@mistake(fails=keeps_its_gradient_finite_there)
def nan_replaced_too_late(y_hat, y):
    """The loss is a number again, its gradient is not. What is the slope of ln at 0, and what is 0
    times that?"""
    log_p = torch.nan_to_num(torch.log(y_hat), neginf=-100.0)
    log_q = torch.nan_to_num(torch.log(1 - y_hat), neginf=-100.0)
    return -torch.mean(y * log_p + (1 - y) * log_q)


@mistake(fails=leaves_honest_guesses_alone, ids="M33")
def guard_that_moves_honest_guesses(y_hat, y):
    """How much do you change an honest guess? Try y = 1 with a probability of 0.999."""
    p = y_hat.clamp(1e-2, 1 - 1e-2)
    return -torch.mean(y * torch.log(p) + (1 - y) * torch.log(1 - p))


@mistake(fails=leaves_honest_guesses_alone, ids="M33")
def guard_a_little_too_wide(y_hat, y):
    """How much do you change an honest guess? Try y = 1 with a probability of 0.9999."""
    p = y_hat.clamp(1e-3, 1 - 1e-3)
    return -torch.mean(y * torch.log(p) + (1 - y) * torch.log(1 - p))


@mistake(fails=leaves_honest_guesses_alone, ids="M34")
def epsilon_lifts_one_above_one(y_hat, y):
    """Can the loss be below 0? What is inside your logarithm where the guess is exactly 1?"""
    eps = 1e-7
    return -torch.mean(y * torch.log(y_hat + eps) + (1 - y) * torch.log(1 - y_hat + eps))


# -- soft labels and other batches ------------------------------------------------------


@mistake(fails=weighs_both_terms_by_soft_labels)
def label_as_a_choice_of_two(y_hat, y):
    """What does a label of 0.3 ask for: one of the two terms, or some of both?"""
    p = guarded(y_hat)
    return -torch.mean(torch.where(y > 0.5, torch.log(p), torch.log(1 - p)))


@mistake(fails=weighs_both_terms_by_soft_labels, ids="M12")
def labels_cut_to_integers(y_hat, y):
    """What dtype does a probability have, and what becomes of 0.3 in the one that you chose?"""
    p, y = guarded(y_hat), y.long()
    return -torch.mean(y * torch.log(p) + (1 - y) * torch.log(1 - p))


@mistake(fails=agrees_on_unseen_batches)
def only_the_first_four_rows(y_hat, y):
    """How many rows does your loss look at, and how many were there?"""
    p, y = guarded(y_hat)[:4], y[:4]
    return -torch.mean(y * torch.log(p) + (1 - y) * torch.log(1 - p))
