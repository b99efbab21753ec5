"""Frames to and from one worker, with a limit of time and captured output.

Judge side. The channel is a socket; what the student's code prints comes through a pipe of
its own; `status` is where the worker's init process writes how it ended.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from autograder.errors import InternalError
from autograder.sandbox import wire
from autograder.sandbox.host.time_limit import TimeLimit, Wait
from autograder.sandbox.layers import Layer
from autograder.sandbox.linux import probe
from autograder.sandbox.linux.init import TOO_MUCH_MEMORY
from autograder.sandbox.outcomes import BrokeProtocol, Crashed, Interrupted, OutOfMemory, TimedOut

START_SECONDS = 120.0
POLL_SECONDS = 0.05
OUTPUT_LIMIT = 64 * 1024
CHUNK = 1 << 16


@dataclass(eq=False, repr=False)
class WorkerTransport:
    """A `Transport` over a socket, with a limit of time and captured output.

    outputs, status: descriptors to read from, one each where there is an init process;
    pid: of init, once it is known (0: not yet, or `refused` says why there is none);
    awaited: how many answers are still to come.
    """

    kill: Callable[[WorkerTransport], None]
    channel: socket.socket
    outputs: list[int]
    status: list[int]
    memory_bytes: int
    interrupted: threading.Event
    pid: int = 0
    refused: str = ""
    layers: tuple[Layer, ...] = ()
    printed: bytearray = field(default_factory=bytearray)
    dropped: bool = False
    inbox: bytearray = field(default_factory=bytearray)
    outbox: bytearray = field(default_factory=bytearray)
    awaited: int = 0
    hung_up: bool = False
    released: bool = False

    def __post_init__(self) -> None:
        self.channel.setblocking(False)
        for fd in (*self.outputs, *self.status):
            os.set_blocking(fd, False)

    def greet(self) -> None:
        """Reads the worker's report, before any student code, and checks it from outside."""
        hello = self._hello()
        seen = probe.probe(probe.worker_pid(self.pid) or self.pid)
        self.layers = tuple(
            Layer(
                name,
                on and seen.get(name, True),
                f"not seen from outside ({detail})" if on and not seen.get(name, True) else detail,
            )
            for name, on, detail in hello["layers"]
        )

    def _hello(self) -> dict[str, Any]:
        """The first frame of a worker."""
        self.awaited = 1
        try:
            header, _ = self.receive(TimeLimit(START_SECONDS))
        except (Crashed, TimedOut, wire.ProtocolError) as error:
            text = f"a worker did not start: {error} {self.output()}".strip()
            raise InternalError(text) from None
        hello = wire.parse_header(header)
        if hello.get("id") != "hello":
            raise InternalError(f"a worker did not report: {hello}")
        return hello

    # -- frames -----------------------------------------------------------------------

    def send(self, request: bytes) -> None:
        """Queues a request; what the worker doesn't take yet goes out while an answer is due."""
        if not self.awaited:
            self._pump(0)
            self._refuse_unasked()
        self.awaited += 1
        self.outbox += request
        self._flush()

    def receive(self, limit: TimeLimit) -> tuple[bytes, bytes]:
        wait = Wait(limit, self._times)
        while (frame := self._take_frame()) is None:
            if self.hung_up:
                raise self._post_mortem()
            if self.interrupted.is_set():
                raise Interrupted
            limit.check()
            self._pump(POLL_SECONDS)
            wait.charge()
        return frame

    def _times(self) -> probe.Times | None:
        """What the worker's processes have used so far."""
        return probe.times(self.pid)

    def _flush(self) -> None:
        """Sends what can be sent. A worker that is gone is found out when its answer is awaited:
        what it answered before can still be read."""
        try:
            while self.outbox:
                del self.outbox[: self.channel.send(self.outbox)]
        except BlockingIOError:
            return
        except OSError:
            self.outbox.clear()

    def _take_frame(self) -> tuple[bytes, bytes] | None:
        """The first frame that has come, if all of it is here."""
        size = wire.PREFIX.size
        if len(self.inbox) < size:
            return None
        header, payload = wire.lengths(bytes(self.inbox[:size]))
        whole = size + header + payload
        if len(self.inbox) < whole:
            return None
        frame = bytes(self.inbox[:whole])
        del self.inbox[:whole]
        self.awaited -= 1
        if self.inbox and not self.awaited:
            raise wire.ProtocolError("more came back than was asked for")
        return frame[size : size + header], frame[size + header :]

    def _pump(self, seconds: float) -> None:
        """Waits up to `seconds` for anything to happen, and takes in what there is."""
        reading: list[Any] = [] if self.hung_up else [self.channel]
        writing = [self.channel] if self.outbox else []
        readable, writable, _ = select.select(reading + self.outputs, writing, [], seconds)
        if writable:
            self._flush()
        for source in readable:
            if source is self.channel:
                self._take_frame_bytes()
            else:
                self._take_output(source)

    def _take_frame_bytes(self) -> None:
        try:
            part = self.channel.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError:
            part = b""
        self.hung_up = not part
        self.inbox += part
        if len(self.inbox) > wire.MAX_HEADER + wire.MAX_PAYLOAD + wire.PREFIX.size + CHUNK:
            raise wire.ProtocolError("more came back than a frame can hold")

    def _take_output(self, fd: int) -> None:
        try:
            part = os.read(fd, CHUNK)
        except BlockingIOError:
            return
        if not part:
            self.outputs.remove(fd)
            os.close(fd)
        room = OUTPUT_LIMIT - len(self.printed)
        self.printed += part[:room]
        self.dropped = self.dropped or len(part) > room

    def _last_words(self) -> str:
        """How the worker ended, as its init process tells; empty if that was killed."""
        select.select(self.status, [], [], 5.0)
        with contextlib.suppress(OSError):
            return os.read(self.status[0], 64).decode("ascii", "replace").strip()
        return ""

    def _post_mortem(self) -> Crashed | OutOfMemory:
        """Why the worker ended: its exit status; of a signal, minus its number."""
        words = self._last_words()
        if words == TOO_MUCH_MEMORY:
            return OutOfMemory(f"It used more than {self.memory_bytes >> 20} MB of memory.")
        try:
            code = int(words)
        except ValueError:
            return Crashed("Python ended without a word.", "no status")
        if code < 0:
            return Crashed(f"Python was ended by {signal_name(-code)}.", f"signal {-code}")
        return Crashed(f"It ended Python with exit status {code}.", f"exit {code}")

    def _refuse_unasked(self) -> None:
        if self.inbox and not self.awaited:
            text = "The code sent something that it was not asked for."
            raise BrokeProtocol(text, "unasked frame")

    # -- the rest ---------------------------------------------------------------------

    def output(self) -> str:
        if not self.released:
            with contextlib.suppress(wire.ProtocolError):
                self._pump(0)
        text = self.printed.decode("utf-8", "replace")
        if self.dropped:
            text += "\n[more was printed; it is not shown]"
        self.printed.clear()
        self.dropped = False
        return text

    def release(self) -> None:
        """Closes our ends, without a word to the worker; may be done twice."""
        if self.released:
            return
        self.released = True
        self.channel.close()
        for fd in (*self.outputs, *self.status):
            os.close(fd)

    def close(self) -> None:
        if self.released:
            return
        with contextlib.suppress(wire.ProtocolError):
            self._pump(0)
        self.kill(self)
        self.release()
        self._refuse_unasked()


def signal_name(number: int) -> str:
    """`SIGSEGV (a crash in native code)` for a signal number."""
    known = {
        9: "killed",
        11: "a crash in native code",
        6: "aborted",
        24: "too much processor time",
        31: "a forbidden system call",
    }
    try:
        name = signal.Signals(number).name
    except ValueError:
        name = f"signal {number}"
    return f"{name} ({known[number]})" if number in known else name
