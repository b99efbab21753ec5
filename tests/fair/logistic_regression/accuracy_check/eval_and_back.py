# evaluation mode under inference_mode, the mode put back afterwards; torch.where
import torch


def predict(model, x):
    was_training = model.training
    model.eval()
    with torch.inference_mode():
        p = model(x)
        labels = torch.where(p > 0.5, torch.ones_like(p), torch.zeros_like(p))
    model.train(was_training)
    return labels


def accuracy(model, x, y):
    labels = predict(model, x)
    return 1.0 - (labels - y).abs().sum().item() / labels.numel()
