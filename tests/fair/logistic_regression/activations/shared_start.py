# One start is made from the seed and copied into every model; logits inside, the sigmoid at the door.
import copy

import torch
import torch.nn.functional as F

KNOWN = [
    "ReLU", "ReLU6", "ELU", "SELU", "PReLU", "LeakyReLU", "Hardtanh", "Sigmoid", "Tanh", "LogSigmoid",
    "Softplus", "Softshrink", "Softsign", "Tanhshrink", "Softmax2d", "Hardsigmoid",
]  # fmt: skip


def activation(name):
    match name:
        case "Threshold":
            return torch.nn.Threshold(threshold=0.1, value=0.0)
        case "Softmin":
            return torch.nn.Softmin(-1)
        case "Softmax":
            return torch.nn.Softmax(-1)
        case "LogSoftmax":
            return torch.nn.LogSoftmax(-1)
    if name in KNOWN:
        return vars(torch.nn)[name]()
    raise ValueError


def verdict(name):
    layer = activation(name).requires_grad_(False)
    values = []
    for z in torch.linspace(-10, 10, 101):
        row = z.reshape(1, 1, 1, 1) if name == "Softmax2d" else z.reshape(1, 1)
        values.append(float(layer(row)))
    low, high = min(values), max(values)
    if low == high:
        return "constant"
    if low < 0:
        return "below zero"
    if high > 1:
        return "above one"
    return "flat" if low == 0 or high == 1 else "probability"


def tanh_probability(z):
    return torch.sigmoid(2 * z)


def cross_entropy_floor(low, high):
    best = torch.tensor([[float(high), float(low)]], dtype=torch.float64)
    return F.cross_entropy(best, torch.tensor([0])).item()


class HiddenModel(torch.nn.Module):
    def __init__(self, name, n_hidden=8):
        super(HiddenModel, self).__init__()
        self.name = name
        self.fc1 = torch.nn.Linear(2, n_hidden)
        self.fc2 = torch.nn.Linear(n_hidden, 1)
        self.f = activation(name)

    def logits(self, x):
        z = self.fc1(x)
        h = self.f(z[..., None, None])[..., 0, 0] if self.name == "Softmax2d" else self.f(z)
        return self.fc2(h)

    def forward(self, x):
        return self.logits(x).sigmoid()


def compare_activations(names, x, y, epochs, lr, seed):
    torch.manual_seed(seed)
    start = copy.deepcopy(HiddenModel("ReLU").state_dict())
    loss_of = torch.nn.BCEWithLogitsLoss()
    curves = dict.fromkeys(names)
    for name in curves:
        model = HiddenModel(name)
        model.load_state_dict(start, strict=False)
        optimizer = torch.optim.Adam(model.parameters(), lr)
        curves[name] = []
        for _epoch in range(epochs):
            optimizer.zero_grad(set_to_none=False)
            loss = loss_of(model.logits(x), y)
            curves[name] += [float(loss)]
            loss.backward()
            optimizer.step()
    return curves
