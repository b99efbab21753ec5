import os
import signal
import time

import torch


def daemon():
    if os.fork():
        return
    os.setsid()
    if os.fork():
        os._exit(0)
    print("daemon at work", flush=True)
    os.closerange(0, 256)
    for number in signal.valid_signals():
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    while True:
        time.sleep(0.01)


daemon()
time.sleep(0.2)


def criterion(y_hat, y):
    p = y_hat.clamp(1e-7, 1 - 1e-7)
    return -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()
