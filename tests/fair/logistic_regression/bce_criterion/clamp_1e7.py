# torch.clamp at 1e-7, annotated, with keyword-only extras and a reduction of its own
import torch
from torch import Tensor


def criterion(y_hat: Tensor, y: Tensor, *, eps: float = 1e-7, reduction: str = "mean") -> Tensor:
    p: Tensor = torch.clamp(y_hat, min=eps, max=1.0 - eps)
    loss: Tensor = -(y * p.log() + (1 - y) * (1 - p).log())
    return loss.mean() if reduction == "mean" else loss.sum()
