"""What a parameter gives when it is detached is a list of lists of different lengths."""

from torch import nn


class Ragged:
    def reshape(self, *shape):
        return [[1.0], [2.0, 3.0]]


class Model(nn.Sequential):
    def __init__(self, n_inputs=1):
        super().__init__(nn.Linear(n_inputs, 1), nn.Sigmoid())


nn.Parameter.detach = lambda self: Ragged()
