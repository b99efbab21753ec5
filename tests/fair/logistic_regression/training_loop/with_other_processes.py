# A loader with a process of its own hands out the rows; another process computes the first loss
# once more, from a model that was sent there; the best weights are kept in a file.
from concurrent.futures import ProcessPoolExecutor

import torch
from torch.utils.data import DataLoader, TensorDataset


class History(list):
    """A list of losses."""


def loss_of(model, criterion, x, y):
    return float(criterion(model(x), y))


def train(model, criterion, optimizer, x, y, epochs):
    history, seen = History(), []
    note = model.register_forward_hook(lambda module, given, answer: seen.append(answer.shape))
    loader = DataLoader(TensorDataset(x, y), batch_size=len(x), num_workers=1)
    for rows, labels in loader:
        for _ in range(epochs):
            optimizer.zero_grad()
            loss = criterion(model(rows), labels)
            loss.backward()
            optimizer.step()
            history.append(loss.item())
    note.remove()
    torch.save({"model": model, "optimizer": optimizer.state_dict()}, "end.pt")
    kept = torch.load("end.pt", weights_only=False)
    with ProcessPoolExecutor(1) as pool:
        there = pool.submit(loss_of, kept["model"].eval(), criterion, x, y).result()
    print("loss at the end", there, "calls", len(seen))
    return history
