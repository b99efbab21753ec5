"""One submission's life in workers: load it, answer a check's calls, replace what dies.

    judge ── Session ── Transport ── worker (forked, confined)      one submission
                 │
                 └─ after a crash, a time-out, too much memory or a protocol error: a fresh
                    worker, the cells once more (but for those that were fatal), next check

What a check will ask may be sent ahead (see `pipeline`). A `Transport` carries frames to one
worker: `transport.WorkerTransport` or `plain.PlainTransport`.
"""

from __future__ import annotations

import re
import secrets
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from autograder.sandbox import wire
from autograder.sandbox.host.pipeline import SKIPPED, Foreseen, Pipeline, Reply, Unforeseen
from autograder.sandbox.host.time_limit import TimeLimit
from autograder.sandbox.outcomes import BrokeProtocol, Crashed, OutOfMemory, Raised, StudentFault

MAX_FATAL_CELLS = 3
OUT_OF_MEMORY = {"MemoryError", "OutOfMemoryError"}
NO_MEMORY = ("can't allocate memory", "Cannot allocate memory")
"""As torch says it, and as the system does."""
DEVICE = re.compile(r"[a-z]{2,15}(:\d{1,3})?")
BYTES = re.compile(r"allocate (\d+) bytes")
ADDRESS = re.compile(r"\b0x[0-9a-f]{6,}\b")
"""Where an object lies in memory: another in every run, while a report must not change."""


class Transport(Protocol):
    """Carries frames to one worker and back."""

    def send(self, request: bytes) -> None:
        """Sends a frame, without waiting for anything.

        Raises BrokeProtocol where something has come that nobody asked for.
        """

    def receive(self, limit: TimeLimit) -> tuple[bytes, bytes]:
        """Header and payload of the reply to the oldest frame that has none yet; charges the time
        that it took.

        Raises TimedOut, OutOfMemory, Crashed or BrokeProtocol, after which it is unusable.
        """

    def output(self) -> str:
        """What the student's code printed since the last call."""

    def close(self) -> None:
        """Ends the worker and everything that it started: it is killed, and where a namespace of
        processes holds it, what the kernel clears away after that is not waited for.

        Raises BrokeProtocol where frames are left that nobody asked for.
        """


@dataclass(frozen=True, slots=True)
class Source:
    """One piece of code to run in the worker: a statement, with the name of where it came from.

    `hands_in` gives entry points whose definition it is, and whether it is firmly so: whatever the
    name holds later. If not, a function that takes its place later counts, as in Python."""

    source: str
    where: Callable[[int], str]
    hands_in: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class LoadFault:
    """A piece of code that did not run to its end."""

    index: int
    fault: StudentFault


class Session:
    """A submission that can be asked. Create it with its cells; `begin` a check; `ask`.

    Loading may take `load_seconds` in all, and a check its own seconds in all, however many
    calls it makes: of processor time, while its answers are waited for. `file` is what the cells
    are from: a notebook's `__name__` is "__main__", a script has its `__file__`. `spent` are the
    seconds of all so far, `slowest` those of the cell that took longest to load, and its index.
    """

    trusted = False

    def __init__(
        self,
        start: Callable[[], Transport],
        cells: Sequence[Source],
        *,
        file: str = "",
        files: Mapping[str, bytes] | None = None,
        seed: int = 0,
        load_seconds: float = 60.0,
    ):
        self.start = start
        self.cells = cells
        self.file = file
        self.files = files or {}
        self.seed = seed
        self.load_seconds = load_seconds
        self.transport: Transport | None = None
        self.fatal: dict[int, StudentFault] = {}
        self.load_faults: list[LoadFault] = []
        self.missing_devices: dict[str, None] = {}
        self.file_faults: dict[str, StudentFault] = {}
        self.left_behind: StudentFault | None = None
        self.output = ""
        self.printed_loading: str | None = None
        self.limit = TimeLimit(load_seconds)
        self._spent = 0.0
        self.slowest = (0.0, 0)
        self.respawns = 0
        self.unforeseen = 0
        self._loading: deque[tuple[str, int | str]] = deque()
        self._killed: set[int] = set()
        self._ahead = Pipeline(self._send, self._receive, seed)

    # -- life -------------------------------------------------------------------------

    def load(self) -> None:
        """Sets a worker to loading the submission, and returns while it does."""
        if self.transport is None:
            self._start_loading()

    def begin(self, key: int, seconds: float, ahead: Sequence[Foreseen] = ()) -> None:
        """Before each check, which has a key of its own: a live worker, seeded anew, always alike,
        and this check's limit in seconds.

        `ahead`: what this check will ask, then what the next one will. What an earlier check did
        to the worker (an answer that nobody asked for, a late crash) is kept in `left_behind`, and
        a fresh worker begins.
        """
        used = self.transport is not None and not self._loading
        try:
            self._begin(key, seconds, ahead)
        except (BrokeProtocol, Crashed) as fault:
            if not used:
                raise
            self.left_behind = fault
            self._begin(key, seconds, ahead)

    def _begin(self, key: int, seconds: float, ahead: Sequence[Foreseen]) -> None:
        while self._ahead and not (ahead and self._ahead.is_next(key)):
            self._forget()
        self._ensure_loaded()
        self._allow(seconds)
        for foreseen in ahead:
            self._ahead.send(foreseen)
        if self._ahead:
            self._ahead.begin()
        else:
            self._exchange({"op": "begin", "seed": self.seed}, [])

    def settle(self) -> None:
        """After the last check of an exercise: is there an answer that nobody asked for?"""
        if self.transport is not None:
            self._allow(self.limit.seconds)
            try:
                while self._ahead:
                    self._forget()
                if self.transport is not None:
                    self._exchange({"op": "names", "names": []}, [])
            except StudentFault as fault:
                self.left_behind = fault

    def close(self) -> StudentFault | None:
        """Ends the worker; returns the fault where it left frames that nobody asked for."""
        transport, self.transport = self.transport, None
        self._loading.clear()
        self._ahead.clear()
        if transport is None:
            return None
        self.output += transport.output()
        try:
            transport.close()
        except BrokeProtocol as fault:
            return fault
        return None

    def _start_loading(self) -> None:
        """Starts a worker and sends it the files and the cells, but for cells that proved fatal."""
        if len(self.fatal) > MAX_FATAL_CELLS:
            raise next(iter(self.fatal.values()))
        self.transport = self.start()
        self._send_code()

    def turn_to(self, cells: Sequence[Source]) -> None:
        """From now on other cells, with names of their own, in the same worker if it lives: for the
        course's own code, since what one piece changes in Python the next one finds."""
        self.cells, self.fatal = cells, {}
        if self.transport is not None:
            self._send_code()

    def _send_code(self) -> None:
        begin = {"op": "begin", "seed": self.seed, "anew": True, "file": self.file}
        self._loading.append((self._send(begin, []), ""))
        for name, content in self.files.items():
            self._loading.append((self._send({"op": "file", "name": name}, [content]), name))
        for index, cell in enumerate(self.cells):
            if index not in self.fatal:
                key, source = cell_key(index), cell.source
                request: dict[str, Any] = {"op": "cell", "key": key, "source": source}
                if cell.hands_in:
                    request["hands_in"] = cell.hands_in
                self._loading.append((self._send(request, []), index))

    def _ensure_loaded(self) -> None:
        """Waits until a worker has run the cells; one that dies of a cell is replaced."""
        while self.transport is None or self._loading:
            if self.transport is None:
                self._start_loading()
            self._allow(self.load_seconds)
            self.load_faults = [LoadFault(i, fault) for i, fault in self.fatal.items()]
            self.slowest = (0.0, 0)
            while self._loading:
                self._receive_loaded(*self._loading.popleft())
            if self.transport is not None and self.printed_loading is None:
                self.output += self.transport.output()
                self.printed_loading = steady(self.output)

    def _receive_loaded(self, nonce: str, what: int | str) -> None:
        """How a file (its name) or a cell (its index) came in; a cell may cost the worker."""
        begun = time.monotonic()
        try:
            found = self._receive(nonce).value
        except StudentFault as fault:
            if isinstance(what, int):
                if isinstance(fault, Crashed) and fault.was_killed and what not in self._killed:
                    self._killed.add(what)
                    if self.printed_loading is None:
                        self.output = ""  # it will be printed again
                    return
                if fault.fatal:
                    self.fatal[what] = fault
                    return
                self.load_faults.append(LoadFault(what, fault))
            elif isinstance(fault, Raised):
                self.file_faults[what] = fault
            else:
                raise
        else:
            if isinstance(found, list):  # from a cell: default devices that are not here
                names = [name for name in found if type(name) is str and DEVICE.fullmatch(name)]
                self.missing_devices.update(dict.fromkeys(names[:1]))
        if isinstance(what, int):
            self.slowest = max(self.slowest, (time.monotonic() - begun, what))

    # -- requests ---------------------------------------------------------------------

    def ask(self, request: dict[str, Any], buffers: list[bytes]) -> Reply:
        """One call or read in the worker, under the current check's limit.

        Raises Unforeseen where something else was sent ahead.
        """
        if self.transport is None:
            raise Raised("RuntimeError", "the code has ended, earlier in this check")
        try:
            answer = self._ahead.answer if self._ahead else self._exchange
            reply = answer(request, buffers)
        except Unforeseen:
            self.unforeseen += 1
            raise
        if (reply.operations is None) == bool(request.get("watch")):
            self._drop()
            raise BrokeProtocol("What came back is not an answer to that call.")
        return reply

    def _forget(self) -> None:
        """Waits for answers that no check will read, or gives the worker up."""
        self._allow(self.limit.seconds)
        self._ahead.forget()

    def drain(self) -> str:
        """What was printed since the last drain."""
        if self.transport is not None:
            self.output += self.transport.output()
        printed, self.output = self.output, ""
        return steady(printed)

    @property
    def spent(self) -> float:
        """Seconds that all checks and all loading took so far."""
        return self._spent + self.limit.spent

    def _allow(self, seconds: float) -> None:
        """From here on the worker may be at work for so long."""
        self._spent, self.limit = self.spent, TimeLimit(seconds)

    def _exchange(self, request: dict[str, Any], buffers: list[bytes]) -> Reply:
        return self._receive(self._send(request, buffers))

    def _send(self, request: dict[str, Any], buffers: list[bytes]) -> str:
        """Sends a request; the nonce under which its answer will come."""
        assert self.transport is not None
        nonce = secrets.token_hex(8)
        frame = wire.pack({**request, "id": nonce}, buffers)
        try:
            self.transport.send(frame)
        except BrokeProtocol:
            self._drop()
            raise
        return nonce

    def _receive(self, nonce: str) -> Reply:
        """The answer to the oldest request that has none, which must be this one."""
        assert self.transport is not None
        try:
            header, payload = self.transport.receive(self.limit)
            return self._read(nonce, wire.parse_header(header), payload)
        except wire.ProtocolError as error:
            self._drop()
            raise BrokeProtocol(f"What came back can't be read as a value ({error}).") from None
        except StudentFault as fault:
            if fault.fatal:
                self._drop()
            raise

    def _drop(self) -> None:
        """The worker is lost: kill it, keep what it printed."""
        self.respawns += 1
        self.close()

    def _read(self, nonce: str, header: dict[str, Any], payload: bytes) -> Reply:
        if header.get("id") != nonce:
            raise wire.ProtocolError("an answer to another request")
        if set(header) == {"id", "raised"}:
            raise self._raised(header["raised"])
        if set(header) == {"id", "skipped"}:
            return SKIPPED
        parts = set(header) - {"operations"}
        if parts != {"id", "ok", "ref"} or type(header["ref"]) is not int:
            raise wire.ProtocolError("an answer with other parts than it should have")
        decoder = wire.Decoder(payload)
        value = decoder.value(header["ok"])
        decoder.finish()
        watched = "operations" in header
        return Reply(header["ref"], value, wire.names(header["operations"]) if watched else None)

    def _raised(self, body: Any) -> StudentFault:
        type_name, text, frames, kinds = wire.parts(body, str, str, list, list)
        name, message = wire.text(type_name, 200), steady(wire.text(text))
        place, line = "", ""
        for frame in frames:
            place, line = self._locate(*wire.parts(frame, str, int)) or (place, line)
        known = wire.names(kinds)
        refused = any(words in message for words in NO_MEMORY)
        if {name, *known} & OUT_OF_MEMORY or refused:
            return OutOfMemoryRaised(message, place, line)
        return Raised(name, message, place, line, known)

    def _locate(self, key: str, number: int) -> tuple[str, str] | None:
        """The student's place and line text for a frame of the worker's traceback."""
        for index, cell in enumerate(self.cells):
            if key == cell_key(index):
                lines = cell.source.split("\n")
                shown = lines[number - 1].strip() if 0 < number <= len(lines) else ""
                return cell.where(number), shown
        return None


class OutOfMemoryRaised(OutOfMemory):
    """Memory was refused and Python lived to tell: the worker can go on."""

    fatal = False

    def __init__(self, message: str, place: str, line: str):
        asked = BYTES.search(message)
        what = f" ({int(asked[1]) / 1e9:.3g} GB asked for at once)" if asked else ""
        super().__init__(f"It ran out of memory{what}.", place)
        self.place = place
        self.line = line


def steady(text: str) -> str:
    """Text of a worker without what differs from run to run: addresses of objects."""
    return ADDRESS.sub("0x...", text)


def cell_key(index: int) -> str:
    """The file name under which a cell is compiled in the worker."""
    return f"<cell {index}>"
