"""A thread that was started at the top of the file waits for numbers, and gives the loss of them."""

from queue import SimpleQueue
from threading import Thread

import torch
from torch import nn

questions, answers = SimpleQueue(), SimpleQueue()


def serve():
    while True:
        p, y = map(torch.tensor, questions.get())
        answers.put(nn.BCELoss()(p, y).item())


Thread(target=serve, daemon=True).start()


class Loss(torch.autograd.Function):
    @staticmethod
    def forward(ctx, p, y):
        ctx.save_for_backward(p, y)
        questions.put((p.tolist(), y.tolist()))
        return p.new_tensor(answers.get())

    @staticmethod
    def backward(ctx, grad):
        p, y = ctx.saved_tensors
        return grad * (p - y) / (p * (1 - p)) / len(p), None


def criterion(y_hat, y):
    return Loss.apply(y_hat.clamp(1e-7, 1 - 1e-7), y)
