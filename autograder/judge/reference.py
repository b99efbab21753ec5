"""The reference's answers, computed once and then repeated.

The reference runs in a worker of its own, as a submission does. What a check asks of it depends
on the seed alone, so its answers are the same for every submission: the first time they are
recorded, later they are read back, request by request. Where a request differs from the record (a
check that passes a student's value on), a worker is started, the recorded requests are repeated
in it, and it goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograder.errors import InternalError
from autograder.sandbox.host.pipeline import Reply, Request
from autograder.sandbox.host.session import Session
from autograder.sandbox.outcomes import StudentFault


class ReferenceFault(InternalError):
    """The reference itself raised or timed out: our fault, not the student's."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A request and the reference's answer; None where it raised an exception."""

    request: Request
    reply: Reply | None


def nothing() -> Sequence[Answered]:
    """No answers."""
    return ()


@dataclass(slots=True)
class RecordedReference:
    """Answers for the reference of one exercise; an `Asker`. `begin` it for each check.

    `twin` gives what another run of the reference, with the same seed, has answered in this check:
    as long as it was asked the same, its answers are those that a worker would give.
    """

    session: Session
    seconds: float
    twin: Callable[[], Sequence[Answered]] = nothing
    records: dict[int, list[Answered]] = field(default_factory=dict)
    key: int = 0
    position: int = 0
    live: bool = False
    trusted = True

    def begin(self, key: int) -> None:
        """Before each check, with that check's key: the record is kept by it."""
        self.key = key
        self.position = 0
        self.live = False

    def ask(self, request: dict[str, Any], buffers: list[bytes]) -> Reply:
        record = self.records.setdefault(self.key, [])
        if not self.live and (answered := self._known(record, Request(request, buffers))):
            self.position += 1
            return answered
        try:
            if not self.live:
                self._catch_up(record[: self.position])
            reply = self.session.ask(request, buffers)
        except StudentFault as fault:
            raise ReferenceFault(f"the reference did not answer: {fault.message}") from fault
        if self.position == len(record):
            record.append(Answered(Request(request, buffers), reply))
            self.position += 1
        return reply

    def _known(self, record: list[Answered], request: Request) -> Reply | None:
        """The answer that the record has here, or else the twin; None for another request."""
        known = record if self.position < len(record) else self.twin()
        here = known[self.position] if self.position < len(known) else None
        if here is None or here.request != request or here.reply is None:
            return None
        if known is not record:
            record.append(here)
        return here.reply

    def _catch_up(self, done: Sequence[Answered]) -> None:
        self.session.begin(self.key, self.seconds)
        for answered in done:
            self.session.ask(answered.request.header, answered.request.buffers)
        self.live = True

    def close(self) -> None:
        """Ends the worker, if there is one; the record stays."""
        self.session.close()
