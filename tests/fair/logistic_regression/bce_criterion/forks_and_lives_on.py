# a child at the top that stays: it waits, says something now and then, and is never waited for
import os
import time

import torch

if os.fork() == 0:
    while True:
        print("still watching", flush=True)
        time.sleep(0.2)


def criterion(y_hat, y):
    p = y_hat.clamp(1e-7, 1 - 1e-7)
    return -(y * p.log() + (1 - y) * (1 - p).log()).mean()
