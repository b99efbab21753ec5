# looks at the accuracy in eval mode on the way, and goes back to training mode
import torch


def accuracy(model, x, y):
    model.eval()
    with torch.no_grad():
        right = ((model(x) > 0.5) == (y > 0.5)).float().mean().item()
    model.train()
    return right


def train(model, criterion, optimizer, x, y, epochs, verbose=False):
    history = []
    for epoch in range(epochs):
        loss = criterion(model(x), y)
        history.append(loss.item())
        for parameter in model.parameters():
            parameter.grad = None
        loss.backward()
        optimizer.step()
        if verbose or epoch % 10 == 0:
            print(epoch, loss.item(), accuracy(model, x, y))
    return history
