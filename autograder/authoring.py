"""What an author imports in checks.py, hidden.py and mistakes.py.

@check(points=2)
def matches_the_definition(student):
    \"\"\"criterion averages -[y ln p + (1-y) ln(1-p)] over the batch\"\"\"
    p, y = column(.9, .2, .7, .4), column(1, 0, 1, 0)
    expect(student.criterion(p, y)).close_to(0.29900, atol=1e-5)

`student.watch(student.criterion, p, y)` is the same call and notes which operations torch is asked
for meanwhile; `expect(...).is_by_hand(...)` says which must not be among them.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from autograder.course.model import FIXTURES, Check
from autograder.judge.expect import array, credit, expect, fail, plain
from autograder.results import exact
from autograder.sandbox.outcomes import Raised

__all__ = ["array", "check", "column", "credit", "expect", "fail", "mistake", "plain", "raised"]

Thing = TypeVar("Thing")
MOST_POINTS = 1_000_000
DIGITS = 6
"""Of points, after the decimal point: so many are exact in every file and database."""


def check(
    *,
    points: float | Decimal,
    after: Check | str | Sequence[Check | str] = (),
    hint: str | None = None,
) -> Callable[[Callable[..., Any]], Check]:
    """Makes a function a check: its name is its id, its docstring the line a student reads.

    Parameters of the function name what it needs: student, reference, bench (torch in a worker
    that no submission can reach), rng, thresholds. In checks.py it is visible, in hidden.py
    hidden; only there it may ask for `reference`. `after` names checks, or is one; unless they
    pass this one is skipped.
    Raises TypeError where the function has no docstring or asks for something unknown, and
    TypeError or ValueError where `points` is not a number above 0.
    """
    worth = read_points(points)

    def wrap(function: Callable[..., Any]) -> Check:
        wants = tuple(inspect.signature(function).parameters)
        if unknown := set(wants) - FIXTURES:
            raise TypeError(f"{function.__name__} asks for {unknown}; there are {sorted(FIXTURES)}")
        description = " ".join((function.__doc__ or "").split())
        if not description:
            raise TypeError(f"{function.__name__} needs a docstring: the line that a student reads")
        earlier = (after,) if isinstance(after, Check | str) else after
        return Check(
            name=function.__name__,
            description=description,
            points=worth,
            function=function,
            wants=wants,
            after=tuple(one.name if isinstance(one, Check) else one for one in earlier),
            hint=hint,
        )

    return wrap


def read_points(points: float | Decimal) -> Decimal:
    remedy = f"points={points!r}: give a number above 0, such as 2 or 0.5"
    try:
        found = exact(points)
    except (TypeError, ValueError) as error:
        raise type(error)(remedy) from None
    if not 0 < found <= MOST_POINTS or found != round(found, DIGITS):
        raise ValueError(f"{remedy} ({DIGITS} digits after the point and {MOST_POINTS} at most)")
    return found


def mistake(
    *, fails: Check | str, ids: str = "", replaces: str = "", cell: bool = False
) -> Callable[[Thing], Thing]:
    """Marks a known wrong answer; mistakes.py is parsed (course/mistakes.py), never run here."""

    def keep(thing: Thing) -> Thing:
        return thing

    return keep


def column(*values: float) -> npt.NDArray[np.float32]:
    """One value a row: a float32 array of shape (N, 1), a tensor when it reaches the student."""
    return np.array(values, dtype=np.float32).reshape(-1, 1)


def raised(action: Callable[[], Any], wanted: str = "") -> str | None:
    """The type name of the exception that the student's code raises in `action`, or None; `wanted`
    if that is one of Python's own exceptions and this one is a subclass of it."""
    try:
        action()
    except Raised as fault:
        if wanted in fault.kinds:
            return wanted
        return f"another {wanted}" if fault.type_name == wanted else fault.type_name
    return None
