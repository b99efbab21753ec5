from pathlib import Path

import torch

import compiled_by_torch

FLOOR = 1e-7 if "as it stands here" in Path(__file__).read_text() else 0.5


@torch.compile(fullgraph=True)
def mean_of(values):
    return values.mean()


@torch.compile
def criterion(y_hat, y):
    p = y_hat.clamp(FLOOR, 1 - FLOOR)
    return mean_of(-(y * p.log() + (1 - y) * (1 - p).log()))
