"""Results that are kept between runs, so that what was graded need not be graded again.

A result is kept under a key: the digest of everything that it follows from. It is found again as
long as nothing of that changed, and is whole or not there: a run may be killed at any time.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from autograder import __version__
from autograder.errors import UsageError
from autograder.grading.grader import Settings
from autograder.reports.files import write_whole
from autograder.results import ExerciseResult, Report, Result, Status, Verdict, as_json, exact
from autograder.submissions.files import digest_of
from autograder.submissions.model import Submission


class KeptResults:
    """A folder of results with their keys. Raises UsageError where it can't be created."""

    def __init__(self, folder: Path):
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"{folder}: can't be created ({error.strerror})") from None

    def find(
        self, student: str, assignment: str, key: str, require: Collection[str] = ()
    ) -> Result | None:
        """The result that was kept for this student under this very key, if the protections that
        are required now were on when it was graded."""
        try:
            record = json.loads(self._path(student, assignment).read_text(encoding="utf-8"))
            result = _result(record["results"][0]) if record["key"] == key else None
            stands = result and all(result.protections[layer]["on"] is True for layer in require)
        except (OSError, ValueError, LookupError, TypeError):
            return None
        return result if stands else None

    def keep(self, result: Result, key: str) -> None:
        """Keeps a result, in place of an earlier one of the same student and assignment."""
        record = {"key": key, **as_json(Report((result,)))}
        path = self._path(result.student, result.assignment)
        write_whole(path, json.dumps(record, indent=1) + "\n")

    def _path(self, student: str, assignment: str) -> Path:
        stem = re.sub(r"[^\w-]+", "_", f"{student}-{assignment}", flags=re.ASCII)[:60]
        return self.folder / f"{stem}-{digest_of((student, assignment))[:16]}.json"


@contextlib.contextmanager
def only_writer(folder: Path, what: str) -> Iterator[None]:
    """Holds a lock in `folder`. Raises UsageError where another run holds it."""
    lock = FileLock(folder / "lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise UsageError(f"another run is writing {what}: wait until it ends") from None
    try:
        yield
    finally:
        lock.release()


def key_of(submission: Submission, assignment_digest: str, settings: Settings, device: str) -> str:
    """A digest of what a result follows from: the files handed in, the course, the settings."""
    parts = (
        __version__,
        submission.digest,
        submission.file,
        *submission.notes,
        assignment_digest,
        str(settings.seed),
        str(settings.seconds),
        str(settings.load_seconds),
        ",".join(sorted(settings.skip)),
        device,
    )
    return digest_of(parts)


# -- JSON back to results -------------------------------------------------------------------


def _result(record: Mapping[str, Any]) -> Result:
    exercises = tuple(_exercise(exercise) for exercise in record["exercises"])
    return Result(**_fields(Result, record, exercises=exercises, notes=tuple(record["notes"])))


def _exercise(record: Mapping[str, Any]) -> ExerciseResult:
    checks = tuple(map(_verdict, record["checks"]))
    return ExerciseResult(**_fields(ExerciseResult, record, checks=checks))


def _verdict(record: Mapping[str, Any]) -> Verdict:
    points = {key: exact(record[key]) for key in ("score", "max_score")}
    return Verdict(**_fields(Verdict, record, status=Status(record["status"]), **points))


def _fields(kind: type[Any], record: Mapping[str, Any], **given: Any) -> dict[str, Any]:
    names = {field.name for field in dataclasses.fields(kind)}
    return {**{key: value for key, value in record.items() if key in names}, **given}
