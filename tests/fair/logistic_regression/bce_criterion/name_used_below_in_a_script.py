import torch

FLOOR = 1e-7


def criterion(y_hat, y):
    inside = torch.clamp(y_hat, FLOOR, 1 - FLOOR)
    return -(y * inside.log() + (1 - y) * (1 - inside).log()).mean()


def play():
    global criterion
    criterion = None


def named(function):
    return lambda *tensors: function(*tensors)


criterion = named(criterion)
first = criterion(torch.tensor([[0.5]]), torch.tensor([[1.0]]))
criterion = torch.nn.MSELoss()
play()
with open("kept.txt", "w") as criterion:
    criterion.write("text")
del criterion
