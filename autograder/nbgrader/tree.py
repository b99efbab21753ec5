"""What is in nbgrader's folder of submissions, and when it was handed in.

    <root>/submitted/<student>/<assignment>/   the notebook, the script, other files
                                 timestamp.txt
           autograded/<student>/<assignment>/  what grading makes of it

A folder may be given at each level: all students, one student, one submission. Links are not
followed. A name that nbgrader or its database can't take is left out with a note: one odd folder
must not stop the rest of a class, here or in `nbgrader generate_feedback` later.
"""

from __future__ import annotations

import datetime
import os
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from nbgrader.utils import parse_utc

from autograder.errors import SubmissionError, UsageError
from autograder.submissions.files import read_file

LONGEST_NAME = 128
"""Characters: the width of the column that holds a student's name."""
MOST_TIMESTAMP = 1_000
LAYOUT = "submitted/<student>/<assignment>/"


@dataclass(frozen=True, slots=True)
class Place:
    """Where one student's submission of one assignment is."""

    student: str
    assignment: str
    folder: Path


@dataclass(frozen=True, slots=True)
class Tree:
    """`skipped` gives paths that were left out, and why; `others` counts the submissions of
    assignments that are not graded here."""

    root: Path
    places: tuple[Place, ...]
    skipped: tuple[tuple[str, str], ...] = ()
    others: tuple[tuple[str, int], ...] = ()


def walk(paths: Sequence[Path], assignments: Collection[str], submitted: str = "submitted") -> Tree:
    """The submissions of `assignments` below the paths, by student, then assignment.

    Raises UsageError where a path is not there, the paths belong to different trees, or nothing
    is found.
    """
    students: dict[Path, tuple[Path, str | None]] = {}
    roots = set()
    for path in paths:
        if not path.is_dir():
            raise UsageError(f"{path}: there is no such folder; --gradebook takes {LAYOUT}")
        root, found = _students(path, assignments, submitted)
        roots.add(root)
        for folder, only in found:
            _, known = students.setdefault(_absolute(folder), (folder, only))
            students[_absolute(folder)] = (folder, only if known == only else None)
    if len(roots) != 1:
        listed = ", ".join(str(root) for root in sorted(roots))
        raise UsageError(f"the paths are in different courses ({listed}): grade one at a time")
    return _collected(roots.pop(), [students[key] for key in sorted(students)], assignments)


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))


def _students(
    given: Path, assignments: Collection[str], submitted: str
) -> tuple[Path, list[tuple[Path, str | None]]]:
    """The root that a path belongs to, and (student's folder, one assignment or None for all)."""
    path = _absolute(given)
    if path.name == submitted:
        level = 0
    elif path.parent.name == submitted:
        level = 1
    elif path.parent.parent.name == submitted or path.name in assignments:
        level = 2
    else:
        level = 1 if any((path / name).is_dir() for name in assignments) else 0
    if level == 2:
        student = given.parent if given.parent.name else path.parent
        return path.parent.parent.parent, [(student, path.name)]
    if level == 1:
        return path.parent.parent, [(given if given.name else path, None)]
    return path.parent, [(Path(entry.path), None) for entry in _folders(given)]


def _folders(path: Path) -> list[os.DirEntry[str]]:
    """The folders and links to folders in one, in the order of their names."""
    try:
        with os.scandir(path) as scan:
            return sorted((e for e in scan if e.is_dir()), key=lambda entry: entry.name)
    except OSError as error:
        raise UsageError(f"{path}: can't be read ({error.strerror})") from None


def _collected(
    root: Path, students: Sequence[tuple[Path, str | None]], assignments: Collection[str]
) -> Tree:
    places: list[Place] = []
    skipped: list[tuple[str, str]] = []
    others: Counter[str] = Counter()
    for student, only in students:
        try:
            entries = [e for e in _folders(student) if only is None or e.name == only]
        except UsageError as error:
            skipped.append((str(student), str(error)))
            continue
        found = [entry for entry in entries if entry.name in assignments]
        others.update(e.name for e in entries if e not in found and not e.name.startswith("."))
        problem = "it is a link" if student.is_symlink() else problem_of(student.name)
        for entry in found:
            if why := problem or ("it is a link" if entry.is_symlink() else ""):
                skipped.append((entry.path, why))
            else:
                places.append(Place(student.name, entry.name, Path(entry.path)))
    if not places and not skipped:
        wanted = ", ".join(sorted(assignments))
        raise UsageError(f"{root}: no submission of {wanted}; --gradebook takes {LAYOUT}")
    return Tree(root, tuple(places), tuple(skipped), tuple(sorted(others.items())))


def problem_of(student: str) -> str:
    """Why a folder's name can't be a student's in nbgrader; "" where it can."""
    if student.startswith("."):
        return "its name starts with a dot: nbgrader ignores it"
    if student != student.strip() or not student.isprintable():
        return (
            "nbgrader can't use its name: it starts or ends with a space, or has unusual characters"
        )
    if len(student) > LONGEST_NAME:
        return f"its name is longer than {LONGEST_NAME} characters"
    return ""


def read_timestamp(folder: Path) -> tuple[datetime.datetime | None, str]:
    """When a submission was handed in, in UTC, as nbgrader reads it; and a note on what is wrong.

    None where there is no timestamp.txt, it is empty, or does not hold a time: nbgrader's own
    reading would then stop the whole class.
    """
    path = folder / "timestamp.txt"
    if not os.path.lexists(path):
        return None, ""
    try:
        text = read_file(path, MOST_TIMESTAMP).decode("utf-8").strip()
        return (parse_utc(text), "") if text else (None, "")
    except (SubmissionError, ValueError, OverflowError, TypeError, AttributeError):
        return None, "timestamp.txt does not hold a time: the submission is taken as undated"
