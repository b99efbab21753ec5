"""A worker in the test's own process: no protection whatsoever, for trusted code."""

from __future__ import annotations

import importlib
from collections import deque

from autograder.sandbox import wire
from autograder.sandbox.host.time_limit import TimeLimit
from autograder.sandbox.worker.runtime import Runtime


class LocalTransport:
    """What a `Transport` is, over a Runtime right here."""

    def __init__(self, device: str = "cpu"):
        self.runtime = Runtime(importlib.import_module("torch"), device)
        self.sent: deque[bytes] = deque()

    def send(self, request: bytes) -> None:
        self.sent.append(request)

    def receive(self, limit: TimeLimit) -> tuple[bytes, bytes]:
        header, payload = split(self.sent.popleft())
        return split(self.runtime.handle(header, payload))

    def output(self) -> str:
        return ""

    def close(self) -> None:
        self.runtime.kept.clear()
        if self.runtime.prepared:
            self.runtime.settings.reset()


def split(frame: bytes) -> tuple[bytes, bytes]:
    """Header and payload of a whole frame."""
    size = wire.PREFIX.size
    if len(frame) < size:
        raise wire.ProtocolError("a frame without its lengths")
    header, payload = wire.lengths(frame[:size])
    if len(frame) != size + header + payload:
        raise wire.ProtocolError("a frame with another length than it says")
    return frame[size : size + header], frame[size + header :]
