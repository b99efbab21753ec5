# a pool, a process and a program at the top, without a guard; a thread that goes on printing
import multiprocessing
import subprocess
import sys
import threading
import time

import torch
from torch import nn


def square(number):
    return number * number


def chatter(seconds):
    while True:
        print("tick", flush=True)
        time.sleep(seconds)


fork = multiprocessing.get_context("fork")
with fork.Pool(2) as pool:
    print(pool.map(square, range(5)))

greeter = fork.Process(target=print, args=("from a process",))
greeter.start()
greeter.join()
fork.Process(target=chatter, args=(0.3,), daemon=True).start()
threading.Thread(target=chatter, args=(0.3,), daemon=True).start()
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])


def sigmoid(z):
    return 1 / (1 + torch.exp(-z.clamp(min=-80.0)))


class Model(nn.Module):
    def __init__(self, n_inputs=1):
        super().__init__()
        self.linear = nn.Linear(n_inputs, 1)

    def forward(self, x):
        return sigmoid(self.linear(x))
