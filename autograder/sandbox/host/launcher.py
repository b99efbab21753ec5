"""The judge's side of the forkserver: start it, ask for workers, carry frames, end it all.

`Launcher.start` is what a Session calls for a worker. One spare worker is forked ahead while
the present one is at work, so that the next submission finds it ready.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import socket
import subprocess
import tempfile
import time
from collections import deque
from dataclasses import dataclass, field
from typing import IO, Any, Self

from autograder.errors import ForkserverError, InternalError
from autograder.sandbox.host.base import ENVIRONMENT, AnyLauncher, death, start_python
from autograder.sandbox.host.transport import START_SECONDS, WorkerTransport
from autograder.sandbox.linux.forkserver import PACKET
from autograder.sandbox.linux.syscalls import Prctl, prctl


@dataclass
class Launcher(AnyLauncher):
    """A running forkserver.

    Whoever talks to it holds `_lock`: answers come in the order of asking.
    """

    _control: socket.socket = field(init=False)
    _process: subprocess.Popen[bytes] = field(init=False)
    _printed: IO[bytes] = field(init=False)
    _spare: WorkerTransport | None = None
    _ready: bool = False
    _pending: deque[WorkerTransport | None] = field(default_factory=deque)
    _given: list[WorkerTransport] = field(default_factory=list)

    def __enter__(self) -> Self:
        # no process of our own user may read this one's memory, even where no layer forbids it
        prctl(Prctl.SET_DUMPABLE, 0)
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._printed = tempfile.TemporaryFile()
        given = {"module": "autograder.sandbox.linux.forkserver", "control": theirs.fileno()}
        self._ready, self._spare = False, None
        self._pending.clear()
        self._given.clear()
        self._process = start_python(given, self._printed, ENVIRONMENT, "/", [theirs.fileno()])
        theirs.close()
        assert self._process.stdin is not None
        self._process.stdin.close()
        return self

    def __exit__(self, *_: object) -> None:
        """Hangs up: the forkserver kills what is left, and ends; waits for that.

        One that is still importing torch is killed: no worker of its has seen any code yet, and
        they end when their channels close.
        """
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
        self._printed.close()

    @property
    def alive(self) -> bool:
        """Its end of the control socket closes before any of its workers dies with it."""
        if self._process.poll() is not None:
            return False
        poller = select.poll()
        poller.register(self._control, 0)
        return not poller.poll(0)

    def prepare(self) -> None:
        with self._lock:
            self._spare = self._spare or self._request()

    def _take(self) -> WorkerTransport:
        with self._lock:
            transport = self._spare = self._spare or self._request()
            self._settle(until=transport)
            self._spare = None
            if not transport.pid:
                self._given.remove(transport)
                transport.release()
                raise InternalError(f"a worker can't be started: {transport.refused}")
            if self.spares:
                self._spare = self._request()
        return transport

    def _request(self) -> WorkerTransport:
        """Asks for a worker without waiting for it.

        Of the policy goes what a course or a user sets. What may be read is the forkserver's to
        say: it has the paths.
        """
        channel, channel_there = socket.socketpair()
        output, output_there = os.pipe()
        status, status_there = os.pipe()
        policy = self.policy
        fields = {
            "memory_bytes": policy.memory_bytes,
            "cpu_seconds": policy.cpu_seconds,
            "devices": policy.devices,
            "skip": sorted(policy.skip),
        }
        message = json.dumps({"spawn": fields, "device": self.device}).encode()
        transport = WorkerTransport(
            self.kill, channel, [output], [status], policy.memory_bytes, self.interrupted
        )
        try:
            there = [channel_there.fileno(), output_there, status_there]
            socket.send_fds(self._control, [message], there)
        except OSError as error:
            transport.release()
            raise self._died() from error
        finally:
            channel_there.close()
            os.close(output_there)
            os.close(status_there)
        self._pending.append(transport)
        self._given.append(transport)
        return transport

    def _settle(self, until: WorkerTransport | None = None) -> None:
        """Reads the forkserver's answers to what was asked, in the order of asking; all of them,
        or until this worker's is there."""
        while self._pending if until is None else until in self._pending:
            answer = self._answer()
            if (started := self._pending.popleft()) is not None:
                started.pid, started.refused = answer["pid"], answer["refused"]

    def kill(self, transport: WorkerTransport) -> None:
        """Kills a worker and all that it started.

        Where a namespace of processes holds them, the kernel ends all at once; to clear up after
        them takes it 15 to 25 milliseconds more, for which only `__exit__` waits. Otherwise they
        are hunted for, and this returns when they are dead. What the forkserver can't end, since it
        has died or never made it, ends by itself.
        """
        with self._lock, contextlib.suppress(OSError, ForkserverError):
            self._given.remove(transport)
            self._settle()
            if transport.pid:
                self._control.sendall(json.dumps({"kill": transport.pid}).encode())
                self._pending.append(None)
                if not any(layer.name == "pid" and layer.on for layer in transport.layers):
                    self._settle()

    def _answer(self) -> dict[str, Any]:
        if not self._ready:
            if not self._wait(self._control, self._process, time.monotonic() + START_SECONDS):
                raise self._died()
            ready = self._packet()
            self._ready = True
            if ready.get("threads") != 1 or not ready.get("cuda_untouched"):
                raise self._died(f"the forkserver is not fit to fork: {ready}")
        return self._packet()

    def _packet(self) -> dict[str, Any]:
        self._control.settimeout(START_SECONDS)
        try:
            packet = self._control.recv(PACKET)
        except OSError as error:
            raise self._died() from error
        if not packet:
            raise self._died()
        message: dict[str, Any] = json.loads(packet)
        return message

    def _died(self, what: str = "the forkserver died") -> ForkserverError:
        """One that does not answer is as good as dead, and no worker of its may go on."""
        self._process.kill()
        self._process.wait()
        return death(what, self._printed)
