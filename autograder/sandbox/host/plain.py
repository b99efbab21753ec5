"""Workers where nothing can isolate them: a fresh Python process each (macOS, Windows).

No fork (a forked torch is unsafe on macOS, and Windows has none), no passing of descriptors, no
file that only one side can open: a process is started, connects back to a port of 127.0.0.1 with
a token that was given to it alone, and answers the same frames as any worker. It has all the
rights of whoever started it, and importing torch costs it seconds. So the next one is started
ahead as soon as it is seen that more than one is needed.

    judge ──stdin──> place, port, token; and its end, when the judge is gone
          <──TCP───> frames
          <──file─── what it prints
"""

from __future__ import annotations

import contextlib
import importlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Self

from autograder.sandbox.host.base import ENVIRONMENT, AnyLauncher, death, start_python
from autograder.sandbox.host.transport import OUTPUT_LIMIT, START_SECONDS, WorkerTransport
from autograder.sandbox.layers import LAYERS, Layer
from autograder.sandbox.linux.forkserver import PRELOADED

HERE = "127.0.0.1"
TOKEN_BYTES = 32
NEEDED = ("SYSTEMROOT", "WINDIR", "TEMP", "TMP", "TMPDIR", "DYLD_FALLBACK_LIBRARY_PATH")
"""Of the judge's environment, besides `base.ENVIRONMENT`: what a system can't do without."""
WHY = (
    "workers are plain processes, as the environment asks for"
    if sys.platform.startswith("linux")
    else f"not on this system ({sys.platform}): only Linux can isolate a worker"
)


@dataclass(slots=True)
class Starting:
    """A process that has been started and has not connected yet."""

    process: subprocess.Popen[bytes]
    token: bytes
    box: str
    printed: IO[bytes]
    channel: socket.socket | None = None


class PlainTransport(WorkerTransport):
    """Frames to and from a worker that nothing holds."""

    def __init__(self, started: Starting, memory_bytes: int, interrupted: threading.Event):
        assert started.channel is not None
        super().__init__(
            lambda _: finish(started), started.channel, [], [], memory_bytes, interrupted
        )
        self.started = started
        self.pid = started.process.pid

    def greet(self) -> None:
        """Reads the worker's report; there is nothing to be seen from outside."""
        self._hello()
        self.layers = tuple(Layer(name, False, WHY) for name in LAYERS)

    def _times(self) -> None:
        """Not known here: all time counts."""

    def _last_words(self) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return str(self.started.process.wait(5.0))
        return ""

    def output(self) -> str:
        printed = self.started.printed
        if not self.released:
            self.printed += printed.read(OUTPUT_LIMIT)
            self.dropped = bool(printed.read(1))
            printed.seek(0, os.SEEK_END)
        return super().output()


def finish(started: Starting) -> None:
    """Kills a process, where the system has process groups all of its group; waits for it, and
    removes its folder, which on Windows must not be open."""
    process = started.process
    if sys.platform != "win32":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    assert process.stdin is not None
    process.stdin.close()
    process.wait()
    started.printed.close()
    if started.channel is not None:
        started.channel.close()
    shutil.rmtree(started.box, ignore_errors=True)


@dataclass
class PlainLauncher(AnyLauncher):
    """What `Launcher` is, for systems without fork. Whoever waits for a worker to connect holds
    `_lock`: each takes only its own."""

    _listener: socket.socket = field(init=False)
    _spare: Starting | None = None
    _given: list[PlainTransport] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._listener = socket.create_server((HERE, 0))
        self.prepare()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        for transport in self._given:
            if not transport.released:
                finish(transport.started)
                transport.release()
        if self._spare is not None:
            finish(self._spare)
            self._spare = None

    @property
    def alive(self) -> bool:
        """Nothing is shared between workers that could be dead."""
        return True

    def prepare(self) -> None:
        self._spare = self._spare or self._request()

    def _take(self) -> PlainTransport:
        """The next worker is started ahead as soon as it is seen that more than one is needed."""
        with self._lock:
            started, self._spare = self._spare or self._request(), None
            try:
                self._connect(started)
            except BaseException:
                finish(started)
                raise
            transport = PlainTransport(started, self.policy.memory_bytes, self.interrupted)
            self._given = [given for given in self._given if not given.released]
            self._given.append(transport)
            if self.spares and len(self._given) > 1:
                self.prepare()
            return transport

    def _request(self) -> Starting:
        box = tempfile.mkdtemp(prefix="worker-")
        printed = Path(box, ".printed")
        environment = {name: os.environ[name] for name in NEEDED if name in os.environ}
        token = secrets.token_bytes(TOKEN_BYTES)
        given = {
            "module": __name__,
            "port": self._listener.getsockname()[1],
            "token": token.hex(),
            "device": self.device,
        }
        with printed.open("wb") as writer:
            environment = {**ENVIRONMENT, **environment, "HOME": box}
            process = start_python(given, writer, environment, box)
        return Starting(process, token, box, printed.open("rb"))

    def _connect(self, started: Starting) -> None:
        """Waits, interruptibly, until this worker has connected."""
        deadline = time.monotonic() + START_SECONDS
        while started.channel is None:
            if not self._wait(self._listener, started.process, deadline):
                raise death("a worker did not start", started.printed)
            channel, _ = self._listener.accept()
            channel.settimeout(START_SECONDS)
            if is_token(channel, started.token):
                started.channel = channel
            else:
                channel.close()


def is_token(channel: socket.socket, token: bytes) -> bool:
    """Whether who connected says the token that was given to the worker."""
    came = b""
    with contextlib.suppress(OSError):
        while len(came) < len(token) and (part := channel.recv(len(token) - len(came))):
            came += part
    return secrets.compare_digest(came, token)


# -- in the worker --------------------------------------------------------------------------


def main(given: dict[str, Any]) -> None:
    """Connects to the judge and answers it; never returns. `given`: port, token and device."""
    ends = os.fdopen(os.dup(0), "rb", 0)
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    threading.Thread(target=_end_with, args=(ends,), daemon=True).start()
    torch, worker, *_ = [importlib.import_module(name) for name in PRELOADED]
    channel = socket.create_connection((HERE, given["port"]))
    channel.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    channel.sendall(bytes.fromhex(given["token"]))
    worker.serve(channel.detach(), torch, given["device"], ())


def _end_with(ends: IO[bytes]) -> None:
    """Ends this process when the judge does."""
    ends.read(1)
    os._exit(0)
