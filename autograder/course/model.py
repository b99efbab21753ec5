"""A course as the engine knows it: assignments of exercises of checks. Frozen data, no I/O."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from autograder.errors import UsageError, did_you_mean
from autograder.results import total

FIXTURES = frozenset({"student", "reference", "bench", "rng", "thresholds"})


@dataclass(frozen=True, slots=True, eq=False)
class Check:
    """One function that calls the student's code and judges what comes back.

    `wants` are the names of its parameters, each one of `FIXTURES`. `after` names the checks that
    must have passed for this one to mean anything. It is hidden if it stands in hidden.py.
    """

    name: str
    description: str
    points: Decimal
    function: Callable[..., Any]
    wants: tuple[str, ...]
    after: tuple[str, ...] = ()
    visible: bool = True
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one check: seconds of processor time."""

    seconds: float = 10.0


@dataclass(frozen=True, slots=True, eq=False)
class Exercise:
    """One thing to implement.

    `entry_points` maps each name that must be defined to its parameter names; `signatures`
    are the same as printed. `hidden_points` is what checks that are not here are worth: 0 in
    the course, more in a released folder.
    """

    name: str
    title: str
    folder: Path
    entry_points: Mapping[str, tuple[str, ...]]
    signatures: tuple[str, ...]
    checks: tuple[Check, ...]
    minutes: int = 0
    limits: Limits = field(default_factory=Limits)
    thresholds: SimpleNamespace = field(default_factory=SimpleNamespace)
    hidden_points: Decimal = Decimal()

    @property
    def points(self) -> Decimal:
        return total(check.points for check in self.checks)


@dataclass(frozen=True, slots=True, eq=False)
class Assignment:
    """Exercises handed out together. `habits` are old ways of doing things worth a kind word."""

    name: str
    title: str
    folder: Path
    exercises: tuple[Exercise, ...]
    habits: tuple[Mapping[str, Any], ...] = ()

    @property
    def entry_points(self) -> tuple[str, ...]:
        return tuple(name for exercise in self.exercises for name in exercise.entry_points)

    @property
    def names(self) -> list[str]:
        return [exercise.name for exercise in self.exercises]

    @property
    def minutes(self) -> int:
        return sum(exercise.minutes for exercise in self.exercises)

    def named(self, names: Collection[str]) -> list[Exercise]:
        """The exercises of these names, all for none; UsageError where one is not there."""
        if unknown := sorted({*names} - {*self.names}):
            raise UsageError(
                f"{self.name} has no exercise {', '.join(unknown)}; it has "
                f"{', '.join(self.names)}{did_you_mean(unknown[0], self.names)}"
            )
        return [exercise for exercise in self.exercises if not names or exercise.name in names]
