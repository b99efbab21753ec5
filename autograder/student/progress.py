"""What a working folder remembers: how far each exercise is, which hints were shown.

It stands in `.autograder/progress.json` beside the work. It is a comfort, never a ground for
marks: a broken file is set aside, one that can't be written is said in a line, and no command
fails for either.

Several processes may work in one folder (`watch`, and `hint` in another terminal): open, change
and save at once, and hold nothing in between.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from autograder.errors import UsageError
from autograder.reports.files import write_whole
from autograder.reports.student import NO_ISOLATION, has_isolation, is_solved
from autograder.results import Result, as_number, exact

VERSION = 1
FOLDER = ".autograder"
FILE = "progress.json"


@dataclass(slots=True)
class ExerciseProgress:
    """How one exercise fared when it was last checked.

    `checks` maps each visible check to the status of its verdict; `solved` says when all of them
    passed for the first time (local time, ISO 8601), "" for never.
    """

    score: Decimal
    max_score: Decimal
    checks: dict[str, str]
    solved: str = ""

    @property
    def is_solved(self) -> bool:
        """Whether every visible check passes now."""
        return is_solved(self)


@dataclass(slots=True)
class Progress:
    """The memory of one folder.

    `revealed` counts, for an exercise and a check of it, the steps of its hints that were shown;
    `told` holds what is told once only; `problem` is a line for the student, or "".
    """

    folder: Path
    exercises: dict[str, ExerciseProgress] = field(default_factory=dict)
    revealed: dict[str, dict[str, int]] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    problem: str = ""

    @property
    def file(self) -> Path:
        return self.folder / FOLDER / FILE

    @classmethod
    def open(cls, folder: Path) -> Progress:
        """What is remembered in `folder`; nothing, where there is no file or a broken one."""
        file = folder / FOLDER / FILE
        try:
            return cls(folder, *_unpacked(json.loads(file.read_text(encoding="utf-8"))))
        except (FileNotFoundError, NotADirectoryError):
            return cls(folder)
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            with contextlib.suppress(OSError):
                os.replace(file, file.with_name(f"{FILE}.bak"))
            kept = f"what was in it is in {FILE}.bak"
            return cls(folder, problem=f"{FOLDER}/{FILE} can't be read: starting afresh ({kept}).")

    def save(self) -> None:
        """Writes the file, whole or not at all; `problem` says where that can't be done."""
        data = {
            "version": VERSION,
            "exercises": {name: asdict(one) for name, one in self.exercises.items()},
            "revealed": self.revealed,
            "said": sorted(self.told),
        }
        try:
            self.file.parent.mkdir(exist_ok=True)
            (self.file.parent / ".gitignore").write_text("*\n", encoding="utf-8")
            write_whole(self.file, json.dumps(data, indent=1, default=as_number) + "\n")
        except (OSError, UsageError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            self.problem = f"{FOLDER}/{FILE} can't be written ({reason}): this is not remembered."

    def record(self, result: Result) -> None:
        """Keeps how the exercises of a result fared; one that could not be read changes nothing."""
        for exercise in () if result.error else result.exercises:
            before = self.exercises.get(exercise.name)
            checks = {one.name: one.status.value for one in exercise.checks if one.visible}
            now = ExerciseProgress(exercise.score, exercise.max_score, checks)
            if before is not None and before.solved:
                now.solved = before.solved
            elif now.is_solved:
                now.solved = time.strftime("%Y-%m-%dT%H:%M:%S")
            self.exercises[exercise.name] = now

    def remember(self, result: Result) -> list[str]:
        """Records and saves; what there is to say: `told_once`, and `notes`."""
        self.record(result)
        lines = self.told_once(result)
        self.save()
        return [*lines, *self.notes]

    def told_once(self, result: Result) -> list[str]:
        """What a result gives reason to say, if it was not said in this folder before."""
        if has_isolation(result) or not self.first_time("isolation"):
            return []
        return [NO_ISOLATION]

    @property
    def notes(self) -> list[str]:
        """A line where something can't be remembered."""
        return [f"Note: {self.problem}"] if self.problem else []

    def steps(self, exercise: str, check: str) -> int:
        """How many steps of a check's hints were shown."""
        return self.revealed.get(exercise, {}).get(check, 0)

    def reveal(self, exercise: str, check: str, most: int = sys.maxsize) -> int:
        """One step more, up to `most`; how many are shown now."""
        shown = min(self.steps(exercise, check) + 1, most)
        self.revealed.setdefault(exercise, {})[check] = shown
        return shown

    def forget(self, exercises: Iterable[str]) -> None:
        """As if no hint of these exercises had been shown."""
        for name in exercises:
            self.revealed.pop(name, None)

    def first_time(self, what: str) -> bool:
        """True the first time that it is asked about `what`, False ever after."""
        if what in self.told:
            return False
        self.told.add(what)
        return True


def _unpacked(data: Any) -> tuple[Any, Any, Any]:
    """Exercises, revealed and said of the file's data. Raises where they have another form."""
    if data["version"] != VERSION:
        raise ValueError("another version")
    exercises = {
        name: ExerciseProgress(
            exact(one["score"]), exact(one["max_score"]), dict(one["checks"]), str(one["solved"])
        )
        for name, one in data["exercises"].items()
    }
    revealed = {
        name: {check: int(count) for check, count in counts.items()}
        for name, counts in data["revealed"].items()
    }
    return exercises, revealed, set(data["said"])
