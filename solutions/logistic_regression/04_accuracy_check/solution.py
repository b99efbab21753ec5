"""From probabilities to classes, and from classes to the share that is right."""

import torch


def predict(model, x):
    """The class of each row: 1 where the probability is above one half, else 0.

    model: nn.Module, maps x to probabilities of shape (N, 1); left as it is
    x: float tensor of shape (N, n_inputs)
    returns: tensor of zeros and ones, of shape (N, 1)
    """
    ### BEGIN SOLUTION
    with torch.no_grad():
        return (model(x) > 0.5).float()
    ### END SOLUTION


def accuracy(model, x, y):
    """The share of the N rows of `x` whose predicted class is the label in `y`.

    model: nn.Module, as for predict
    x: float tensor of shape (N, n_inputs), N at least 1
    y: float tensor of shape (N, 1), of zeros and ones
    returns: Python float from 0 to 1
    """
    ### BEGIN SOLUTION
    with torch.no_grad():
        right = (model(x) > 0.5) == (y > 0.5)
    return right.float().mean().item()
    ### END SOLUTION
