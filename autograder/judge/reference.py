"""The reference's answers, computed once and then repeated.

The reference runs in a worker of its own, as a submission does. What a check asks of it
depends on the seed alone, so its answers are the same for every submission: the first time
they are recorded, later they are read back, request by request. Where a request differs from
the record (a check that passes a student's value on), a worker is started, the recorded
requests are repeated in it, and it goes on from there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from autograder.errors import InternalError
from autograder.sandbox.host.session import Reply, Session
from autograder.sandbox.outcomes import StudentFault


class ReferenceFault(InternalError):
    """The reference itself raised or timed out: our fault, not the student's."""


@dataclass(slots=True)
class Entry:
    request: dict[str, Any]
    buffers: list[bytes]
    reply: Reply


@dataclass(slots=True)
class RecordedReference:
    """Answers for the reference of one exercise; an `Asker`. `begin` it for each check."""

    session: Session
    seconds: float
    records: dict[int, list[Entry]] = field(default_factory=dict)
    seed: int = 0
    position: int = 0
    live: bool = False
    trusted = True

    def begin(self, seed: int) -> None:
        """Before each check, with that check's seed: the record is kept by it."""
        self.seed = seed
        self.position = 0
        self.live = False

    def ask(self, request: dict[str, Any], buffers: list[bytes]) -> Reply:
        record = self.records.setdefault(self.seed, [])
        if not self.live and self.position < len(record):
            entry = record[self.position]
            if entry.request == request and entry.buffers == buffers:
                self.position += 1
                return entry.reply
        try:
            if not self.live:
                self._catch_up(record[: self.position])
            reply = self.session.ask(request, buffers)
        except StudentFault as fault:
            raise ReferenceFault(f"the reference did not answer: {fault.message}") from fault
        if self.position == len(record):
            record.append(Entry(request, buffers, reply))
            self.position += 1
        return reply

    def _catch_up(self, done: list[Entry]) -> None:
        self.session.begin(self.seed, self.seconds)
        for entry in done:
            self.session.ask(entry.request, entry.buffers)
        self.live = True

    def close(self) -> None:
        """Ends the worker, if there is one; the record stays."""
        self.session.close()
