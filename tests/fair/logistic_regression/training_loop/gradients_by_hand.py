# torch.autograd.grad fills the gradients, no backward() and no zero_grad()
import torch


def train(model, criterion, optimizer, x, y, epochs):
    parameters = [p for p in model.parameters() if p.requires_grad]
    history = []
    for _ in range(epochs):
        loss = criterion(model(x), y)
        gradients = torch.autograd.grad(loss, parameters)
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter.grad = gradient
        history.append(loss.tolist())
        optimizer.step()
    return history
