"""What all launchers have in common: how an interpreter is started, and how a worker is taken."""

from __future__ import annotations

import contextlib
import json
import os
import select
import socket
import subprocess
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Self

from autograder.errors import ForkserverError, InternalError, ProtectionError
from autograder.sandbox.host.transport import POLL_SECONDS, WorkerTransport
from autograder.sandbox.layers import Layer
from autograder.sandbox.outcomes import Interrupted
from autograder.sandbox.policy import Policy

ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "HOME": "/tmp",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MPLBACKEND": "Agg",
    "PYTORCH_NVML_BASED_CUDA_CHECK": "1",
    "TORCHDYNAMO_DISABLE": "1",  # what is compiled runs as it is written: no compiler works here
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
    "GLIBC_TUNABLES": "glibc.malloc.perturb=128:glibc.malloc.tcache_count=0",
}
"""Memory is filled before it is given out: code that reads what it has not written reads the same
in every run."""
OPTIONS = ("-s", "-P")
"""As `python -I`, but with the variables above: the order of a set is the same in every run."""

BOOTSTRAP = (
    "import importlib, json, sys; given = json.loads(sys.stdin.readline()); "
    "sys.path.append(given['place']); module = importlib.import_module(given['module']); "
    "sys.path.pop(); module.main(given)"
)
"""The package's own place comes over stdin: the command line stays neutral."""


@dataclass
class AnyLauncher(ABC):
    """Starts workers. Use it as a context manager; `start()` gives a worker's transport, to any
    thread.

    Another thread may set `interrupted`: whoever waits for an answer of a worker, or for torch to
    be imported, gets `Interrupted` within POLL_SECONDS. Clear it before the next start.
    """

    policy: Policy
    device: str = "cpu"
    require: frozenset[str] = frozenset()
    spares: bool = True
    interrupted: threading.Event = field(default_factory=threading.Event)
    layers: tuple[Layer, ...] = ()
    _lock: threading.RLock = field(default_factory=threading.RLock)

    @abstractmethod
    def __enter__(self) -> Self:
        """Returns at once: torch is imported while we go on."""

    @abstractmethod
    def __exit__(self, *_: object) -> None:
        """Ends all workers."""

    @property
    @abstractmethod
    def alive(self) -> bool:
        """Whether workers can still be started."""

    def restart(self) -> None:
        """Ends what is left of it, and begins anew."""
        self.__exit__()
        self.__enter__()

    @abstractmethod
    def prepare(self) -> None:
        """Starts a spare worker now. With `spares` off, none is started while another is at work.

        A spare has seen nobody's code.
        """

    @abstractmethod
    def _take(self) -> WorkerTransport:
        """A worker that has been started, the spare one if there is one."""

    def start(self) -> WorkerTransport:
        """A fresh worker, its protections checked from outside; another where it was killed.

        Raises ProtectionError where one that is required is off.
        """
        try:
            return self._greeted(self._take())
        except ForkserverError:
            raise
        except InternalError:
            return self._greeted(self._take())

    def _greeted(self, transport: WorkerTransport) -> WorkerTransport:
        try:
            transport.greet()
            self.layers = transport.layers
            off = {layer.name: layer.detail for layer in self.layers if not layer.on}
            if missing := sorted(self.require & off.keys()):
                reasons = "; ".join(f"{name}: {off[name]}" for name in missing)
                raise ProtectionError(f"required protection is off on this machine: {reasons}")
        except BaseException:
            transport.close()
            raise
        return transport

    def _wait(
        self, source: socket.socket, process: subprocess.Popen[bytes], deadline: float
    ) -> bool:
        """Waits, interruptibly, until there is something to read; false if none will come."""
        while process.poll() is None and time.monotonic() < deadline:
            if self.interrupted.is_set():
                raise Interrupted
            if select.select([source], [], [], POLL_SECONDS)[0]:
                return True
        return False


def start_python(
    given: Mapping[str, Any],
    printed: IO[bytes],
    env: Mapping[str, str],
    cwd: str,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Starts an interpreter that runs `main(given)` of the module that `given` names.

    What it prints (warnings of an import) goes to a file, for the message if it dies: on our own
    streams it would break into a report, and in a notebook's cell cost the marks of nbgrader.
    """
    process = subprocess.Popen(
        [sys.executable, *OPTIONS, "-c", BOOTSTRAP],
        stdin=subprocess.PIPE,
        stdout=printed,
        stderr=printed,
        env=env,
        cwd=cwd,
        pass_fds=pass_fds,
        start_new_session=True,
    )
    place = str(Path(__file__).parents[3])
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError):  # it has ended, which its first answer would tell
        os.write(process.stdin.fileno(), json.dumps({**given, "place": place}).encode() + b"\n")
    return process


TORCH = "is torch installed here? try: python -c 'import torch'"


def death(what: str, printed: IO[bytes], remedy: str = TORCH) -> ForkserverError:
    """Says that a process of ours died, with the last line that it printed, which names an
    exception if there was one."""
    printed.seek(max(0, printed.seek(0, os.SEEK_END) - 65_536))
    lines = printed.read().decode("utf-8", "replace").strip().splitlines()
    last = f" ({lines[-1][:200]})" if lines else ""
    return ForkserverError(f"{what}{last}; {remedy}")
