# the spelling of the lecture: F.sigmoid, old super; a forward that prints and warns
import warnings

import torch
import torch.nn.functional as F


def sigmoid(z):
    e = torch.exp(-z.double())
    return (1 / (1 + e)).float()


class Model(torch.nn.Module):
    def __init__(self, n_inputs=1):
        super(Model, self).__init__()  # noqa: UP008
        self.linear = torch.nn.Linear(n_inputs, 1)

    def forward(self, x):
        warnings.warn("one more forward pass", stacklevel=1)
        y_pred = F.sigmoid(self.linear(x))
        print("predicted", y_pred)
        return y_pred
