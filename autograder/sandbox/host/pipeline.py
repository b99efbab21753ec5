"""Requests that are sent to a worker before the check asks them.

    send ──> begin(1) a b c  begin(2) a ──> worker     a batch a check, answered in this order
    answer <── the oldest answer that nobody has read yet ──┘

What a check will ask is known from its run on the reference (`Foreseen`). So the worker never
waits while the judge compares and words. A check that asks something else (`Unforeseen`) begins
once more, with nothing ahead. After a failed check the worker has answered more than was read:
that is so in every run, and so the results are the same in every run, too.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from autograder.sandbox import wire
from autograder.sandbox.outcomes import OutOfMemory, Raised, TimedOut


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back from a call: the number under which it is kept, and its value.

    `operations`: what torch was asked for meanwhile, where the call was watched.
    """

    ref: int
    value: Any
    operations: tuple[str, ...] | None = None


SKIPPED = Reply(0, wire.Opaque("call that was left out", 0))
"""The answer to a request that was sent ahead, after another one had raised an exception."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a worker. `raises`: an exception is a right answer, and no reason to leave
    out what was to come after it."""

    header: dict[str, Any]
    buffers: list[bytes]
    raises: bool = False


@dataclass(frozen=True, slots=True)
class Foreseen:
    """All that the check with this key will ask."""

    key: int
    requests: Sequence[Request]


class Unforeseen(BaseException):
    """A check asks something else than was sent ahead: to be begun once more, with nothing ahead.

    No Exception: a check that catches exceptions must let it pass.
    """


@dataclass(slots=True)
class _Batch:
    """Requests of one check that are not answered yet, with their nonces."""

    key: int
    waiting: deque[tuple[str, Request]]
    begun: bool = False


class Pipeline:
    """The batches that were sent ahead, oldest first; false where there is none.

    `send` gives the nonce of a request, and `receive` the answer to the oldest one. Every check
    begins with the same `seed`, which tells the code nothing of the check.
    """

    def __init__(
        self,
        send: Callable[[dict[str, Any], list[bytes]], str],
        receive: Callable[[str], Reply],
        seed: int,
    ):
        self._send = send
        self._receive = receive
        self._begin = {"op": "begin", "seed": seed}
        self._batches: deque[_Batch] = deque()
        self._sent = 0

    def __bool__(self) -> bool:
        return bool(self._batches)

    def is_next(self, key: int) -> bool:
        """Whether the oldest batch belongs to the check with this key."""
        return bool(self._batches) and self._batches[0].key == key

    def send(self, foreseen: Foreseen) -> None:
        """Sends what a check will ask, from its beginning on, unless that was sent before."""
        if any(batch.key == foreseen.key for batch in self._batches):
            return
        self._sent += 1
        batch = _Batch(foreseen.key, deque())
        for request in (Request(self._begin, []), *foreseen.requests):
            mark = {"of": self._sent, "raises": request.raises}
            batch.waiting.append((self._send(request.header | mark, request.buffers), request))
        self._batches.append(batch)

    def begin(self) -> None:
        """The check that the oldest batch belongs to begins."""
        self._batches[0].begun = True
        self._receive(self._batches[0].waiting.popleft()[0])

    def answer(self, header: dict[str, Any], buffers: list[bytes]) -> Reply:
        """The answer to what the check asks. Raises Unforeseen where something else was sent."""
        batch = self._batches[0]
        if not (batch.begun and batch.waiting):
            raise Unforeseen
        nonce, request = batch.waiting[0]
        if request.header != header or request.buffers != buffers:
            raise Unforeseen
        batch.waiting.popleft()
        try:
            return self._receive(nonce)
        except Raised:
            while batch.waiting and not request.raises:  # the worker has left out the others
                self._receive(batch.waiting.popleft()[0])
            raise

    def forget(self) -> None:
        """Waits for the answers of the oldest batch, which no check will read; fewer where the
        worker dies."""
        for nonce, _ in self._batches.popleft().waiting:
            try:
                self._receive(nonce)
            except Raised:
                continue
            except (TimedOut, OutOfMemory) as fault:
                if fault.fatal:
                    return

    def clear(self) -> None:
        """The worker is gone: no answer will come."""
        self._batches.clear()
