"""The training loop: forward, loss, gradients, update, over and over."""


def train(model, criterion, optimizer, x, y, epochs):
    """Train `model` on the whole batch `x`, `y`, `epochs` times over.

    model: nn.Module, maps x to probabilities of shape (N, 1); trained in place
    criterion: callable, criterion(y_hat, y) is the loss as a 0-dim tensor
    optimizer: torch.optim.Optimizer that holds the parameters of `model`
    x: float tensor of shape (N, n_inputs)
    y: float tensor of shape (N, 1), of zeros and ones
    epochs: int, 0 or more
    returns: list of `epochs` Python floats, each epoch's loss before its update
    """
    ### BEGIN SOLUTION
    history = []
    for _ in range(epochs):
        loss = criterion(model(x), y)
        history.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return history
    ### END SOLUTION
