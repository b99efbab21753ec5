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
import json
import os
import secrets
import select
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
from types import TracebackType
from typing import IO, Any

from autograder.errors import InternalError
from autograder.sandbox.host.launcher import ENVIRONMENT, ISOLATED, require_layers
from autograder.sandbox.host.transport import (
    OUTPUT_LIMIT,
    POLL_SECONDS,
    START_SECONDS,
    WorkerTransport,
    signal_name,
)
from autograder.sandbox.layers import LAYERS, Layer
from autograder.sandbox.linux.forkserver import PRELOADED
from autograder.sandbox.outcomes import Crashed, Interrupted
from autograder.sandbox.policy import Policy
from autograder.sandbox.worker.serve import serve

HERE = "127.0.0.1"
TOKEN_BYTES = 32
NEEDED = ("SYSTEMROOT", "WINDIR", "TEMP", "TMP", "TMPDIR", "DYLD_FALLBACK_LIBRARY_PATH")
"""Of the judge's environment, besides `launcher.ENVIRONMENT`: what a system can't do without."""
BOOTSTRAP = (
    "import json, sys; told = json.loads(sys.stdin.readline()); sys.path.append(told['place']); "
    "from autograder.sandbox.host.plain import main; sys.path.pop(); main(told)"
)
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
        super().__init__(end, started.channel, None, None, memory_bytes, interrupted)
        self.started = started
        self.pid = self.worker_pid = started.process.pid

    def greet(self) -> None:
        """Reads the worker's report; there is nothing to be seen from outside."""
        self._hello()
        self.layers = tuple(Layer(name, False, WHY) for name in LAYERS)

    def _weigh(self) -> None:
        """Memory is not watched here."""

    def _post_mortem(self) -> Crashed:
        process = self.started.process
        try:
            code = process.wait(5.0)
        except subprocess.TimeoutExpired:
            return Crashed("Python ended without a word.", "no status")
        if code < 0:
            return Crashed(f"Python was ended by {signal_name(-code)}.", f"signal {-code}")
        return Crashed(f"It ended Python with exit status {code}.", f"exit {code}")

    def output(self) -> str:
        printed = self.started.printed
        if not self.released:
            self.printed += printed.read(OUTPUT_LIMIT)
            self.dropped = bool(printed.read(1))
            printed.seek(0, os.SEEK_END)
        return super().output()


def end(transport: WorkerTransport) -> None:
    """Ends a worker, and where the system has process groups all of its group."""
    assert isinstance(transport, PlainTransport)
    finish(transport.started)


def finish(started: Starting) -> None:
    """Kills a process, waits for it, and removes its folder, which on Windows must not be open."""
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


@dataclass(slots=True)
class PlainLauncher:
    """What `Launcher` is, for systems without fork: the same methods, the same exceptions."""

    policy: Policy
    device: str = "cpu"
    require: frozenset[str] = frozenset()
    spares: bool = True
    interrupted: threading.Event = field(default_factory=threading.Event)
    layers: tuple[Layer, ...] = ()
    _listener: socket.socket | None = None
    _spare: Starting | None = None
    _given: list[PlainTransport] = field(default_factory=list)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    """Whoever waits for a worker to connect holds it: each takes only its own."""

    def __enter__(self) -> PlainLauncher:
        """Starts the first worker and returns at once: it imports torch while we go on."""
        self._listener = socket.create_server((HERE, 0))
        self.prepare()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Ends all workers."""
        assert self._listener is not None
        self._listener.close()
        for transport in self._given:
            if not transport.released:
                end(transport)
                transport.release()
        if self._spare is not None:
            finish(self._spare)

    @property
    def alive(self) -> bool:
        """Nothing is shared between workers that could be dead."""
        return self._listener is not None

    def prepare(self) -> None:
        """Starts a spare worker now."""
        if self._spare is None:
            self._spare = self._request()

    def start(self) -> PlainTransport:
        """A fresh worker, with no protection whatsoever."""
        with self._lock:
            self.prepare()
            started, self._spare = self._spare, None
            assert started is not None
            try:
                self._await(started)
            except BaseException:
                finish(started)
                raise
            transport = PlainTransport(started, self.policy.memory_bytes, self.interrupted)
            self._given = [given for given in self._given if not given.released]
            self._given.append(transport)
            transport.greet()
            self.layers = transport.layers
            require_layers(self.require, transport)
            if self.spares and len(self._given) > 1:
                self.prepare()
            return transport

    def _request(self) -> Starting:
        assert self._listener is not None
        box = tempfile.mkdtemp(prefix="worker-")
        printed = tempfile.NamedTemporaryFile(dir=box, prefix=".printed-", delete=False)  # noqa: SIM115
        environment = {name: os.environ[name] for name in NEEDED if name in os.environ}
        process = subprocess.Popen(
            [sys.executable, *ISOLATED, "-c", BOOTSTRAP],
            stdin=subprocess.PIPE,
            stdout=printed,
            stderr=printed,
            env={**ENVIRONMENT, **environment, "HOME": box},
            cwd=box,
            start_new_session=True,
        )
        token = secrets.token_bytes(TOKEN_BYTES)
        told = {
            "place": str(Path(__file__).parents[3]),
            "port": self._listener.getsockname()[1],
            "token": token.hex(),
            "device": self.device,
        }
        assert process.stdin is not None
        process.stdin.write(json.dumps(told).encode() + b"\n")
        process.stdin.flush()
        reader = open(printed.name, "rb")  # noqa: SIM115
        printed.close()
        return Starting(process, token, box, reader)

    def _await(self, started: Starting) -> None:
        """Waits, interruptibly, until this worker has connected."""
        assert self._listener is not None
        deadline = time.monotonic() + START_SECONDS
        while started.channel is None:
            if self.interrupted.is_set():
                raise Interrupted
            if started.process.poll() is not None or time.monotonic() > deadline:
                lines = started.printed.read().decode("utf-8", "replace").strip().splitlines()
                last = f" ({lines[-1][:200]})" if lines else ""
                raise InternalError(
                    f"a worker did not start{last}; is torch installed here? "
                    "try: python -c 'import torch'"
                )
            if select.select([self._listener], [], [], POLL_SECONDS)[0]:
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


def main(told: dict[str, Any]) -> None:
    """Connects to the judge and answers it; never returns."""
    ends = os.fdopen(os.dup(0), "rb", 0)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    threading.Thread(target=_end_with, args=(ends,), daemon=True).start()
    torch, *_ = [importlib.import_module(name) for name in PRELOADED]
    channel = socket.create_connection((HERE, told["port"]))
    channel.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    channel.sendall(bytes.fromhex(told["token"]))
    serve(channel.detach(), torch, told["device"], ())


def _end_with(ends: IO[bytes]) -> None:
    """Ends this process when the judge does."""
    ends.read(1)
    os._exit(0)
