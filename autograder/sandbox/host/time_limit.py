"""How long a worker may take: the processor time of its processes counts, not the time of day.

On a busy machine the same code takes longer, and uses no more. The wall clock is a backstop for
code that waits for what never comes: several times as long, and it stands still while a process
that could run gets no processor.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from autograder.sandbox.linux.probe import Times
from autograder.sandbox.outcomes import TimedOut

BACKSTOP = 4
"""How many times as long something may take as it may use the processor."""

MOST_DELAY = 16
"""For so many times the limit, at most, the wall clock stands still."""

FREE_SECONDS = 0.05
"""A shorter wait is not measured: all of it counts."""


@dataclass(slots=True)
class TimeLimit:
    """For all that is asked of a worker in one check. used, waited: seconds of processor time, and
    by the wall clock; used is None where processor time can't be known: then all time counts."""

    seconds: float
    used: float | None = 0.0
    waited: float = 0.0

    @property
    def spent(self) -> float:
        """How much of `seconds` is spent, by the measure that is nearer to its end."""
        return self.waited if self.used is None else max(self.used, self.waited / BACKSTOP)

    def check(self) -> None:
        """Raises TimedOut, which says which limit was reached, if one is."""
        if self.spent < self.seconds:
            return
        if self.used is None:
            raise TimedOut(f"It did not finish within {_seconds(self.seconds)}.")
        own = f"{_seconds(self.seconds)} of processor time"
        if self.used >= self.seconds:
            raise TimedOut(f"It did not finish within {own}.")
        longest = self.seconds * BACKSTOP
        text = f"It did not finish within {_seconds(longest)}"
        raise TimedOut(f"{text} (it may use {own}, and take {longest:g} in all).")


class Wait:
    """One wait for an answer, charged to a limit. `times` reads what the worker has used so far,
    or None where that can't be known."""

    def __init__(self, limit: TimeLimit, times: Callable[[], Times | None]):
        self.limit = limit
        self.times = times
        self.used, self.waited = limit.used, limit.waited
        self.begun = time.monotonic()
        self.first: tuple[float, float] | None = None
        self.delay = 0.0
        self.delays: dict[str, float] = {}

    def charge(self) -> None:
        """Charges the time since it began."""
        wall = counted = time.monotonic() - self.begun
        if wall >= FREE_SECONDS:
            now = self.times()
            if now is None:
                self.used = None
            else:
                if self.first is None:
                    self.first, self.delays = (wall, now.processor), now.delays
                free, before = self.first
                counted = free + max(0.0, now.processor - before)
                self._delayed(now.delays)
        self.limit.used = None if self.used is None else self.used + counted
        delay = min(self.delay, MOST_DELAY * self.limit.seconds)
        self.limit.waited = self.waited + max(0.0, wall - delay)

    def _delayed(self, delays: dict[str, float]) -> None:
        """Adds what threads were kept waiting since the last time, also if they end later."""
        for thread, delay in delays.items():
            self.delay += delay - self.delays.get(thread, 0.0)
        self.delays = delays


def _seconds(number: float) -> str:
    return f"{number:g} second{'s' * (number != 1)}"
