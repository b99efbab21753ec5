"""The worker's main loop: say which protections are on, then answer frames until the end.

It runs after confinement, in the expendable process. Until the first cell has run, this is
our own code in a process of our own: only the first frame is therefore a report; everything
later is hearsay.

A process that student code forks is no second worker: it loses the channel, and ends where the
code that forked it does.
"""

from __future__ import annotations

import os
import socket
import sys
import types
from collections.abc import Sequence
from typing import NoReturn

from autograder.sandbox import wire
from autograder.sandbox.layers import Layer
from autograder.sandbox.worker import by_value, entropy, jupyter
from autograder.sandbox.worker.runtime import Runtime


def serve(
    channel_fd: int, torch: types.ModuleType, device: str, layers: Sequence[Layer]
) -> NoReturn:
    """Sends the report of layers, then answers requests on the channel; never returns."""
    channel = socket.socket(fileno=channel_fd)
    channel.set_inheritable(False)
    worker, this_process, leave = os.getpid(), os.getpid, os._exit
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=channel.close)
    sys.path.append(os.getcwd())
    report = [[layer.name, layer.on, layer.detail] for layer in layers]
    channel.sendall(wire.pack({"id": "hello", "layers": report}, []))
    jupyter.install()
    entropy.install(torch)
    by_value.where_sockets_are_refused(torch)
    runtime = Runtime(torch, device)
    while True:
        prefix = receive(channel, wire.PREFIX.size)
        header_length, payload_length = wire.lengths(prefix)
        header = receive(channel, header_length)
        payload = receive(channel, payload_length)
        reply = runtime.handle(header, payload)
        flush("stdout", 1)
        flush("stderr", 2)
        if this_process() != worker:
            leave(0)
        channel.sendall(reply)


def receive(channel: socket.socket, size: int) -> bytes:
    """Exactly `size` bytes; ends the process where the judge has hung up."""
    parts = bytearray()
    while len(parts) < size:
        part = channel.recv(size - len(parts))
        if not part:
            os._exit(0)
        parts += part
    return bytes(parts)


def flush(name: str, fd: int) -> None:
    """Flushes what a student may have put in the place of sys.stdout or sys.stderr, whatever it is;
    what can't be flushed, or is closed, is replaced."""
    try:
        getattr(sys, name).flush()
    except BaseException as error:
        fresh = open(fd, "w", errors="backslashreplace", closefd=False)  # noqa: SIM115
        print(f"sys.{name} could not be flushed: {type(error).__name__}", file=fresh, flush=True)
        setattr(sys, name, fresh)
