"""Which kind of worker this system can have."""

from __future__ import annotations

import os
import sys
import threading
from types import TracebackType
from typing import Protocol

from autograder.sandbox.host.launcher import Launcher
from autograder.sandbox.host.plain import PlainLauncher
from autograder.sandbox.host.transport import WorkerTransport
from autograder.sandbox.layers import Layer
from autograder.sandbox.policy import Policy

PLAIN = "AUTOGRADER_PLAIN_WORKERS"
"""Set it to try on Linux what other systems do."""


class AnyLauncher(Protocol):
    """Starts workers. Use it as a context manager; see `Launcher`."""

    device: str
    spares: bool
    interrupted: threading.Event
    layers: tuple[Layer, ...]

    def __enter__(self) -> AnyLauncher: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    @property
    def alive(self) -> bool: ...

    def start(self) -> WorkerTransport: ...

    def prepare(self) -> None: ...


def launcher(
    policy: Policy, *, require: frozenset[str] = frozenset(), spares: bool = True
) -> AnyLauncher:
    """The launcher for this system: isolated forks on Linux, plain processes elsewhere."""
    plain = not sys.platform.startswith("linux") or bool(os.environ.get(PLAIN))
    kind = PlainLauncher if plain else Launcher
    return kind(policy, require=require, spares=spares)
