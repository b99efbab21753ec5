# a while loop, gradients emptied at the end of each round
def train(model, criterion, optimizer, x, y, epochs):
    losses = []
    optimizer.zero_grad()
    while len(losses) < epochs:
        y_hat = model(x)
        loss = criterion(y_hat, y)
        loss.backward()
        losses.append(float(loss))
        optimizer.step()
        optimizer.zero_grad()
    return losses
