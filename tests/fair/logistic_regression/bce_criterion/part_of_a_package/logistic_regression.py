from . import bounds
from .bounds import FLOOR


def criterion(y_hat, y):
    p = y_hat.clamp(FLOOR, 1 - bounds.FLOOR)
    return -(y * p.log() + (1 - y) * (1 - p).log()).mean()
