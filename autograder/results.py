"""What grading concludes: frozen, versioned, without I/O.

Report            one run of `autograder grade`
└── Result        one submission
    └── ExerciseResult
        └── Verdict   one check
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

SCHEMA_VERSION = 1
MOST_NOTES = 20
NOTE_LENGTH = 300
NOT_IN_JSON = {"json": False}
AND_MORE = re.compile(r"and (\d{1,9}) more")


# -- points: exact decimals, from where they are read to where they are shown -----------------


def exact(number: float | Decimal) -> Decimal:
    """A number as it is written: 0.1 is a tenth. TypeError or ValueError for what is no number."""
    if isinstance(number, bool) or not isinstance(number, int | float | Decimal):
        raise TypeError(f"{number!r} is not a number")
    found = Decimal(str(number))
    if not found.is_finite():
        raise ValueError(f"{number!r} is not finite")
    return found


def total(points: Iterable[Decimal]) -> Decimal:
    return sum(points, Decimal())


def as_number(points: Decimal) -> int | float:
    """The same digits as JSON, TOML and nbgrader hold them: 9, 1.8."""
    return int(points) if points == points.to_integral_value() else float(points)


def shown_points(points: Decimal) -> str:
    """Points as they are shown everywhere: "9", "1.8", "0.333"."""
    return f"{points.normalize():f}"


def shown_score(score: Decimal, max_score: Decimal) -> str:
    return f"{shown_points(score)} / {shown_points(max_score)}"


# -- results ------------------------------------------------------------------------------------


class Status(StrEnum):
    """What the judge concludes of a check. INTERNAL is our fault, ERROR the student's."""

    PASSED = "passed"
    PARTIAL = "partial"
    FAILED = "failed"
    ERROR = "error"
    SKIPPED = "skipped"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judge's conclusion on one check.

    `actual` and `expected` are the values that the rationale compares, in words; "" where a check
    compares none.
    """

    name: str
    description: str
    status: Status
    score: Decimal
    max_score: Decimal
    visible: bool
    rationale: str = ""
    hint: str = ""
    mistake: str | None = None
    actual: str = ""
    expected: str = ""


@dataclass(frozen=True, slots=True)
class ExerciseResult:
    name: str
    title: str
    checks: tuple[Verdict, ...]
    printed: str = ""

    @property
    def score(self) -> Decimal:
        return total(check.score for check in self.checks)

    @property
    def max_score(self) -> Decimal:
        return total(check.max_score for check in self.checks)


def few(notes: Sequence[str], most: int = MOST_NOTES) -> tuple[str, ...]:
    """At most so many notes, none longer than NOTE_LENGTH; of more, the last says how many."""
    short = [n if len(n) <= NOTE_LENGTH else f"{n[: NOTE_LENGTH - 3]}..." for n in notes]
    before = AND_MORE.fullmatch(short[-1]) if len(short) > most else None
    if len(short) > most:
        left_out = len(short) - most + (int(before[1]) if before else 1)
        short[most - 1 :] = [f"and {left_out} more"]
    return tuple(short)


@dataclass(frozen=True, slots=True)
class Result:
    """One submission, graded.

    `protections` maps each layer to {"on": bool, "detail": str}; `device` is where student code
    ran; `seconds` is wall time, the only part that differs between two runs.
    `error` says why it could not be graded at all ("" when it could), `is_our_fault` that the
    cause is ours; `doubt` why a person should say which file counts ("" when that is clear). Of
    `notes` it keeps a `few`. `printed` is what the cells printed before any check; it stands in
    the first exercise's `printed`, too. `slow_start` is the place of a cell that ran long before
    any check, and its seconds: shown to the student, and no part of the JSON, in which nothing but
    `seconds` is a time.
    """

    submission: str
    student: str
    assignment: str
    exercises: tuple[ExerciseResult, ...] = ()
    notes: tuple[str, ...] = ()
    protections: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    device: str = "cpu"
    seconds: float = 0.0
    seed: int = 0
    error: str = ""
    doubt: str = ""
    is_our_fault: bool = field(default=False, metadata=NOT_IN_JSON)
    printed: str = field(default="", metadata=NOT_IN_JSON)
    slow_start: tuple[str, float] | None = field(default=None, metadata=NOT_IN_JSON)

    def __post_init__(self) -> None:
        object.__setattr__(self, "notes", few(self.notes))

    @property
    def score(self) -> Decimal:
        return total(exercise.score for exercise in self.exercises)

    @property
    def max_score(self) -> Decimal:
        return total(exercise.max_score for exercise in self.exercises)

    @property
    def has_internal_faults(self) -> bool:
        """True where a check could not be judged through our fault, or nothing could."""
        return self.is_our_fault or any(
            c.status is Status.INTERNAL for e in self.exercises for c in e.checks
        )


@dataclass(frozen=True, slots=True)
class Report:
    results: tuple[Result, ...]


def as_json(report: Report) -> dict[str, Any]:
    """The structure that `--json` prints; its JSON Schema is reports/schema.json."""
    return {"schema_version": SCHEMA_VERSION, "results": _plain(report.results)}


def _plain(value: Any) -> Any:
    """A part of a report as JSON holds it. Names of files need not be text: what UTF-8 can't hold
    is spelled out."""
    if is_dataclass(value):
        names = [one.name for one in fields(value) if one.metadata != NOT_IN_JSON]
        own = [name for name in ("score", "max_score") if hasattr(value, name)]
        return {name: _plain(getattr(value, name)) for name in dict.fromkeys([*names, *own])}
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Decimal):
        return as_number(value)
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    return round(value, 3) if isinstance(value, float) else value
