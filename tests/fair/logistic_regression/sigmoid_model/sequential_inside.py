# other attribute names, an nn.Sequential inside, old-style super; sigmoid computed in float64
import torch
import torch.nn as nn


def sigmoid(z):
    wide = z.to(torch.float64)
    return (1.0 / (1.0 + (-wide).exp())).to(z.dtype)


class Model(nn.Module):
    def __init__(self, n_inputs=1):
        super(Model, self).__init__()  # noqa: UP008
        self.net = nn.Sequential(nn.Linear(n_inputs, 1), nn.Sigmoid())

    def forward(self, inputs):
        return self.net(inputs)
