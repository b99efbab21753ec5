"""What grading concludes: frozen, versioned, without I/O.

Report            one run of `autograder grade`
└── Result        one submission
    └── ExerciseResult
        └── Verdict   one check
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

SCHEMA_VERSION = 1


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
    """The judge's conclusion on one check; points rounded to hundredths.

    `actual` and `expected` are the values that the rationale compares, in words; "" where a check
    compares none.
    """

    name: str
    description: str
    status: Status
    score: float
    max_score: float
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
    def score(self) -> float:
        return round(sum(check.score for check in self.checks), 2)

    @property
    def max_score(self) -> float:
        return round(sum(check.max_score for check in self.checks), 2)


@dataclass(frozen=True, slots=True)
class Result:
    """One submission, graded.

    `protections` maps each layer to {"on": bool, "detail": str}; `device` is where student code
    ran; `seconds` is wall time, the only part that differs between two runs.
    `error` says why it could not be graded at all ("" when it could). `printed` is what the cells
    printed before any check; it stands in the first exercise's `printed`, too. `slow_start` is
    the place of a cell that ran long before any check, and its seconds: shown to the student,
    and no part of the JSON, in which nothing but `seconds` is a time.
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
    printed: str = ""
    slow_start: tuple[str, float] | None = None

    @property
    def score(self) -> float:
        return round(sum(exercise.score for exercise in self.exercises), 2)

    @property
    def max_score(self) -> float:
        return round(sum(exercise.max_score for exercise in self.exercises), 2)

    @property
    def has_internal_faults(self) -> bool:
        """True where a check could not be judged through our fault."""
        return any(c.status is Status.INTERNAL for e in self.exercises for c in e.checks)


def shown_points(points: float) -> str:
    return f"{points:g}"


@dataclass(frozen=True, slots=True)
class Report:
    results: tuple[Result, ...]


def as_json(report: Report) -> dict[str, Any]:
    """The structure that `--json` prints; its JSON Schema is reports/schema.json."""
    return {"schema_version": SCHEMA_VERSION, "results": [_result(r) for r in report.results]}


def _result(result: Result) -> dict[str, Any]:
    return {
        "submission": _text(result.submission),
        "student": _text(result.student),
        "assignment": result.assignment,
        "score": result.score,
        "max_score": result.max_score,
        "exercises": [_exercise(exercise) for exercise in result.exercises],
        "notes": [_text(note) for note in result.notes],
        "error": _text(result.error),
        "protections": {name: dict(layer) for name, layer in result.protections.items()},
        "device": result.device,
        "seed": result.seed,
        "seconds": round(result.seconds, 3),
    }


def _text(text: str) -> str:
    """Names of files need not be text: what UTF-8 can't hold is spelled out."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _exercise(exercise: ExerciseResult) -> dict[str, Any]:
    return {
        "name": exercise.name,
        "title": exercise.title,
        "score": exercise.score,
        "max_score": exercise.max_score,
        "printed": exercise.printed,
        "checks": [_verdict(check) for check in exercise.checks],
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "name": verdict.name,
        "description": verdict.description,
        "status": verdict.status.value,
        "score": verdict.score,
        "max_score": verdict.max_score,
        "visible": verdict.visible,
        "rationale": verdict.rationale,
        "hint": verdict.hint,
        "mistake": verdict.mistake,
        "actual": verdict.actual,
        "expected": verdict.expected,
    }
