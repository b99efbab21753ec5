"""The judge's side of the forkserver: start it, ask for workers, carry frames, end it all.

`Launcher.start` is what a Session calls for a worker. One spare worker is forked ahead while
the present one is at work, so that the next submission finds it ready; a spare has seen
nobody's code.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from autograder.errors import InternalError, ProtectionError
from autograder.sandbox.host.transport import POLL_SECONDS, START_SECONDS, WorkerTransport
from autograder.sandbox.layers import Layer
from autograder.sandbox.linux.forkserver import CONTROL_FD, PACKET
from autograder.sandbox.linux.syscalls import Prctl, prctl
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
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
}
ISOLATED = ("-s", "-P")
"""As `python -I`, but with the variables above: the order of a set is the same in every run."""

BOOTSTRAP = (
    "import os, sys; place = os.read(0, 4096).decode(); place or os._exit(0); "
    "sys.path.append(place); from autograder.sandbox.linux.forkserver import main; "
    "sys.path.pop(); main()"
)
"""The package's own place comes over stdin: the command line stays neutral."""


@dataclass(slots=True)
class Launcher:
    """A running forkserver. Use it as a context manager; `start()` gives a worker's transport, to
    any thread.

    Another thread may set `interrupted`: whoever waits for an answer of a worker, or for the
    forkserver to be ready, gets `Interrupted` within POLL_SECONDS. Clear it before the next start.
    """

    policy: Policy
    device: str = "cpu"
    require: frozenset[str] = frozenset()
    spares: bool = True
    interrupted: threading.Event = field(default_factory=threading.Event)
    layers: tuple[Layer, ...] = ()
    _control: socket.socket | None = None
    _process: subprocess.Popen[bytes] | None = None
    _said: IO[bytes] | None = None
    _spare: WorkerTransport | None = None
    _ready: bool = False
    _pending: deque[WorkerTransport | None] = field(default_factory=deque)
    _given: list[WorkerTransport] = field(default_factory=list)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    """Whoever talks to the forkserver holds it: answers come in the order of asking."""

    def __enter__(self) -> Launcher:
        """Starts the forkserver and returns at once: it imports torch while we go on.

        What it says (warnings of an import) goes to a file, for the message if it dies: on our own
        streams it would break into a report, and in a notebook's cell cost the marks of nbgrader.
        """
        hide_memory()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        os.set_inheritable(theirs.fileno(), True)
        self._said = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            [
                sys.executable,
                *ISOLATED,
                "-c",
                f"import os; os.dup2({theirs.fileno()}, {CONTROL_FD}); {BOOTSTRAP}",
            ],
            stdin=subprocess.PIPE,
            stdout=self._said,
            stderr=self._said,
            env=ENVIRONMENT,
            cwd="/",
            pass_fds=(theirs.fileno(),),
            start_new_session=True,
        )
        theirs.close()
        assert self._process.stdin is not None
        self._process.stdin.write(str(Path(__file__).parents[3]).encode())
        self._process.stdin.close()
        self._control = ours
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Hangs up: the forkserver kills what is left, and ends; waits for that.

        One that is still importing torch is killed: no worker of its has seen any code yet, and
        they end when their channels close.
        """
        assert self._control is not None
        assert self._process is not None
        if not self._ready:
            self._process.kill()
        self._control.close()
        for transport in self._given:
            transport.release()
        try:
            self._process.wait(timeout=START_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        assert self._said is not None
        self._said.close()

    @property
    def alive(self) -> bool:
        """Whether the forkserver still runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> WorkerTransport:
        """A fresh worker, confined, its protections checked from outside."""
        with self._lock:
            transport = self._spare = self._spare or self._request()
            self._settle(until=transport)
            self._spare = self._request() if self.spares else None
        try:
            transport.greet()
        except BaseException:
            transport.close()
            raise
        self.layers = transport.layers
        require_layers(self.require, transport)
        return transport

    def prepare(self) -> None:
        """Forks a spare worker now. With `spares` off, none is forked while another is at work."""
        with self._lock:
            self._spare = self._spare or self._request()

    def _request(self) -> WorkerTransport:
        """Asks for a worker without waiting for it."""
        channel, channel_there = socket.socketpair()
        output, output_there = os.pipe()
        status, status_there = os.pipe()
        there = [channel_there.fileno(), output_there, status_there]
        message = json.dumps({"spawn": self._fields(), "device": self.device}).encode()
        transport = WorkerTransport(
            self.kill, channel, output, status, self.policy.memory_bytes, self.interrupted
        )
        assert self._control is not None
        try:
            socket.send_fds(self._control, [message], there)
        except OSError as error:
            transport.release()
            raise self._dead() from error
        finally:
            channel_there.close()
            os.close(output_there)
            os.close(status_there)
        self._pending.append(transport)
        self._given.append(transport)
        return transport

    def _fields(self) -> dict[str, Any]:
        """The policy as JSON. What may be read is the forkserver's to say: it has the paths."""
        policy = self.policy
        return {
            "memory_bytes": policy.memory_bytes,
            "cpu_seconds": policy.cpu_seconds,
            "devices": list(policy.devices),
            "skip": sorted(policy.skip),
        }

    def _settle(self, until: WorkerTransport | None = None) -> None:
        """Reads the forkserver's answers to what was asked, in the order of asking; all of them,
        or until this worker's is there."""
        while self._pending and not (until and until.pid):
            answer = self._answer()
            if (started := self._pending.popleft()) is not None:
                started.pid = answer["pid"]

    def kill(self, transport: WorkerTransport) -> None:
        """Kills a worker and all that it started.

        Where a namespace of processes holds them, the kernel ends all at once; to clear up after
        them takes it 15 to 25 milliseconds more, for which only `__exit__` waits. Otherwise they
        are hunted for, and this returns when they are dead.
        """
        assert self._control is not None
        with self._lock:
            self._settle()
            self._given.remove(transport)
            with contextlib.suppress(OSError):
                self._control.sendall(json.dumps({"kill": transport.pid}).encode())
                self._pending.append(None)
                if not any(layer.name == "pid" and layer.on for layer in transport.layers):
                    self._settle()

    def _answer(self) -> dict[str, Any]:
        assert self._control is not None
        if not self._ready:
            self._await_ready()
            ready = self._packet()
            self._ready = True
            if ready.get("threads") != 1 or not ready.get("cuda_untouched"):
                raise InternalError(f"the forkserver is not fit to fork: {ready}")
        return self._packet()

    def _await_ready(self) -> None:
        """Waits, interruptibly, for the forkserver's first word, while it imports torch."""
        assert self._control is not None
        deadline = time.monotonic() + START_SECONDS
        while not select.select([self._control], [], [], POLL_SECONDS)[0]:
            if self.interrupted.is_set():
                raise Interrupted
            if time.monotonic() > deadline:
                raise self._dead()

    def _packet(self) -> dict[str, Any]:
        assert self._control is not None
        self._control.settimeout(START_SECONDS)
        try:
            packet = self._control.recv(PACKET)
        except OSError as error:
            raise self._dead() from error
        if not packet:
            raise self._dead()
        message: dict[str, Any] = json.loads(packet)
        return message

    def _dead(self) -> InternalError:
        last = self._last_words()
        return InternalError(
            f"the forkserver died{f' ({last})' if last else ''}; is torch installed here? "
            "try: python -c 'import torch'"
        )

    def _last_words(self) -> str:
        """The last line that the forkserver wrote, which names an exception if there was one."""
        assert self._said is not None
        self._said.seek(max(0, self._said.seek(0, os.SEEK_END) - PACKET))
        lines = self._said.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1][:200] if lines else ""


def require_layers(required: frozenset[str], transport: WorkerTransport) -> None:
    """Ends a worker and raises ProtectionError where a required layer is off."""
    off = {layer.name: layer.detail for layer in transport.layers if not layer.on}
    if missing := sorted(required & off.keys()):
        transport.close()
        reasons = "; ".join(f"{name}: {off[name]}" for name in missing)
        raise ProtectionError(f"required protection is off on this machine: {reasons}")


def hide_memory() -> None:
    """No process of our own user may read this one's memory, even where no layer forbids it."""
    prctl(Prctl.SET_DUMPABLE, 0)
