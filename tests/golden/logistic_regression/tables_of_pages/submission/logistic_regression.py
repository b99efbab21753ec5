# %% 4 GiB of tables of pages, for memory that is only ever read
import mmap

flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000
empty = mmap.mmap(-1, 2 << 40, flags=flags, prot=mmap.PROT_READ)
for place in range(0, len(empty), 2 << 20):
    empty[place]

# %%
import torch


def criterion(y_hat, y):
    p = y_hat.clamp(1e-7, 1 - 1e-7)
    return -torch.mean(y * torch.log(p) + (1 - y) * torch.log(1 - p))
