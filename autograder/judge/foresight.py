"""What each check asks, learned from the reference while the first submission is graded.

A check is a function of the judge's that calls into the worker again and again. Waiting for each
answer costs more than most answers: a worker that sleeps and wakes 400 times, and a judge that
compares while nobody computes. But a check asks everybody the same, unless it stops at a wrong
answer. So the reference is judged by the same checks first, what they ask is kept for as long as
the process lives, and it is sent ahead to every submission (`sandbox.host.pipeline`).

    reference ── check 1 ── check 2 ── check 3 ...    a thread and a worker of its own
                    └─ Foresight ─┐  (waits)
    submission ───────────────── check 1 ── check 2 ...

It is for grading. Where there is no reference, nothing is foreseen: a student who prints sees the
calls up to the one that went wrong, and not those that a check would have made after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

from autograder.course.model import Check, Exercise
from autograder.judge.reference import Answered
from autograder.sandbox.host.pipeline import Foreseen, Reply, Request
from autograder.sandbox.host.session import Session
from autograder.sandbox.outcomes import Raised


class Recording(Session):
    """A session that sends nothing ahead and keeps what the check asked, in `asked`."""

    asked: list[Answered]

    def begin(self, key: int, seconds: float, ahead: Sequence[Foreseen] = ()) -> None:
        self.asked = []
        super().begin(key, seconds)

    def ask(self, request: dict[str, Any], buffers: list[bytes]) -> Reply:
        try:
            reply = super().ask(request, buffers)
        except Raised:
            self.asked.append(Answered(Request(request, buffers, raises=True), None))
            raise
        self.asked.append(Answered(Request(request, buffers), reply))
        return reply


class Foresight:
    """What the checks of an exercise will ask with one seed, each as soon as it is known.

    One thread tells, another one asks.
    """

    def __init__(self, exercise: Exercise, seed: int):
        self.exercise = exercise
        self.seed = seed
        self._known: dict[str, Future[Foreseen | None]] = {
            check.name: Future() for check in exercise.checks
        }

    def of(self, check: Check) -> Foreseen | None:
        """Waits until it is known. None where the reference does not pass the check.

        Raises what ended the learning before that.
        """
        return self._known[check.name].result()

    def tell(self, check: Check, foreseen: Foreseen | None) -> None:
        """From now on it is known."""
        self._known[check.name].set_result(foreseen)

    def fail(self, error: BaseException) -> None:
        """Whatever is not known yet will never be."""
        for future in self._known.values():
            if not future.done():
                future.set_exception(error)
