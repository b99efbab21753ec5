"""The forkserver: a process that has imported torch and forks a worker whenever it is asked.

Started by exec (`host.launcher`) with a clean environment, it holds nothing worth stealing: no
reference, no hidden input, no submission. It runs no tensor operation, starts no thread and
touches no CUDA, because a fork would inherit the damage. It never runs student code.

    judge ──control socket──> forkserver ──fork──> init ──fork──> worker
       └───────────────── channel, output, status ────────────────────┘

Control messages are JSON, one a packet: {"spawn": {policy}} with the file descriptors of
channel, output and status; {"kill": pid}. When the control socket closes, everything
dies.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import socket
import types
from typing import Any

from autograder.sandbox.linux import confine
from autograder.sandbox.policy import Policy

PRELOADED = ("torch", "autograder.sandbox.worker.serve", "torch._dynamo", "numpy")
"""torch imports torch._dynamo when the first optimizer is made: better once, here. None of it is
the judge's to import, which imports this module."""

PACKET = 65_536


def main(given: dict[str, Any]) -> None:
    """Serve until the judge hangs up. `given`: the descriptor of the control socket."""
    control = socket.socket(fileno=given["control"])
    torch, worker, *_ = [importlib.import_module(name) for name in PRELOADED]
    threads = len(os.listdir("/proc/self/task")) if os.path.isdir("/proc/self/task") else 1
    confine.prepare()
    gc.collect()
    gc.freeze()
    workers: dict[int, confine.Spawned] = {}
    try:
        untouched = not torch.cuda.is_initialized()
        send(control, {"ready": True, "threads": threads, "cuda_untouched": untouched})
        while True:
            packet, fds, _, _ = socket.recv_fds(control, PACKET, 8)
            if not packet:
                break
            request = json.loads(packet)
            send(control, answer(request, list(fds), workers, torch, worker))
    except (BrokenPipeError, ConnectionResetError):
        pass
    finally:
        for spawned in workers.values():
            confine.kill(spawned)
    os._exit(0)  # to take torch apart would cost whoever waits a tenth of a second


def answer(
    request: dict[str, Any],
    fds: list[int],
    workers: dict[int, confine.Spawned],
    torch: types.ModuleType,
    worker: types.ModuleType,
) -> dict[str, Any]:
    """Carry out one control message."""
    if "kill" in request:
        confine.kill(workers.pop(request["kill"]))
        return {"killed": request["kill"]}
    channel, output, status = fds
    device = request["device"]
    fields = request["spawn"]
    fields |= {"devices": tuple(fields["devices"]), "skip": frozenset(fields["skip"])}
    try:
        spawned = confine.spawn(
            Policy(**fields),
            lambda layers: worker.serve(channel, torch, device, layers),
            streams=(output, output),
            keep_fds=(channel,),
            status_fd=status,
        )
    except OSError as error:  # too many processes, not enough memory
        return {"pid": 0, "refused": str(error)}
    finally:
        for fd in fds:
            os.close(fd)
    workers[spawned.pid] = spawned
    return {"pid": spawned.pid, "refused": ""}


def send(control: socket.socket, message: dict[str, Any]) -> None:
    control.sendall(json.dumps(message).encode())
