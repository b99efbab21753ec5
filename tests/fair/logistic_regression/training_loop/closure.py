# the optimizer is given a closure, as LBFGS would need it
def train(model, criterion, optimizer, x, y, epochs):
    def closure():
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        return loss

    return [optimizer.step(closure).item() for _ in range(epochs)]
