"""Mean binary cross-entropy, written from its formula."""

import torch


def criterion(y_hat, y):
    """Return -1/N sum of [y ln(y_hat) + (1 - y) ln(1 - y_hat)], in nats.

    y_hat: probabilities in [0, 1], shape (N, 1). y: labels 0 or 1, or probabilities (soft
    labels), shape (N, 1). Returns a tensor without dimensions that can be differentiated with
    respect to y_hat; finite, and so is its gradient, where y_hat is exactly 0 or 1.
    """
    ### BEGIN SOLUTION
    eps = 1e-7  # 1 - 1e-7 is still below 1 in float32
    p = y_hat.clamp(eps, 1 - eps)
    return -torch.mean(y * torch.log(p) + (1 - y) * torch.log(1 - p))
    ### END SOLUTION
