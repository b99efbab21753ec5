# sigmoid is a lambda, the activation is kept as a function, new tensors are built from x
import torch
from torch import nn

sigmoid = lambda z: (  # noqa: E731
    torch.exp(z.clamp(max=0)) / (torch.exp(z.clamp(max=0)) + torch.exp(z.clamp(max=0) - z))
)


class Model(nn.Module):
    activation = staticmethod(torch.sigmoid)

    def __init__(self, n_inputs=1):
        super().__init__()
        self.register_parameter("weight", nn.Parameter(torch.zeros(n_inputs + 1, 1)))

    def forward(self, x):
        with_one = torch.cat([x.new_ones(len(x), 1), x], dim=1)
        return self.activation(with_one @ self.weight)
