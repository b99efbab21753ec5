"""The other half is looks_for_a_message."""

import ctypes
import mmap
import os
import socket
import sys
import tempfile

import torch

SOURCE = """
import torch

def criterion(y_hat, y):
    p = y_hat.clamp(1e-7, 1 - 1e-7)
    return -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()
"""
FOLDERS = (".", "..", "/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/run/lock", tempfile.gettempdir())

for folder in {*FOLDERS, os.path.expanduser("~"), *sys.path}:
    for name in ("hostile_message.py", ".hostile_message.py"):
        try:
            with open(os.path.join(folder, name), "w") as file:
                file.write(SOURCE)
        except OSError:
            pass
libc = ctypes.CDLL(None, use_errno=True)
segment = libc.shmget(0x7E57, 4096, 0o1666)
if segment >= 0:
    ctypes.memmove(libc.shmat(segment, None, 0), SOURCE.encode(), len(SOURCE))
libc.syscall(248, b"user", b"hostile_message", SOURCE.encode(), len(SOURCE), -4)
try:
    kept = socket.socket(socket.AF_UNIX)
    kept.bind("\0hostile_message")
    kept.listen()
    if os.fork() == 0:
        os.setsid()
        while True:
            kept.accept()[0].sendall(SOURCE.encode())
except OSError:
    pass

exec(SOURCE)
