# zero_grad(set_to_none=False), detach().item(), model.train() first, progress printed
def train(model, criterion, optimizer, x, y, epochs):
    model.train()
    history = []
    for epoch in range(1, epochs + 1):
        optimizer.zero_grad(set_to_none=False)
        loss = criterion(model(x), y)
        history += [loss.detach().item()]
        if epoch % 5 == 0:
            print(f"epoch {epoch}/{epochs}: loss {history[-1]:.4f}")
        loss.backward()
        optimizer.step()
    return history
