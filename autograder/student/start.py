"""Lays out a working copy of an assignment: script, notebook, README, visible checks.

    assignments/<assignment>/ of a course, or the copy in the installed package
        └──> <folder>/    what is the student's stays as it is; what is ours (checks/) is renewed

A release holds nothing hidden, so all of it is copied.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import autograder
from autograder.course.load import FOLDER, load_assignment
from autograder.course.model import Assignment
from autograder.course.tables import read_table
from autograder.errors import FileError, UsageError

PACKAGED = "handouts"
"""Where a wheel has assignments/ (pyproject.toml: force-include)."""

MARK = Path("checks") / "assignment.toml"
LEFT_OUT = shutil.ignore_patterns("__pycache__", ".*")


@dataclass(frozen=True, slots=True)
class Started:
    """What `start` did: names, relative to `folder`, of what it made and of what was there."""

    folder: Path
    made: tuple[str, ...]
    kept: tuple[str, ...]


def handouts(course: Path) -> dict[str, Path]:
    """The assignments that can be started, by name: of the course at `course` or above, or else
    those that came with the package."""
    here = course.resolve()
    package = Path(autograder.__file__).resolve().parent
    places = [folder / "assignments" for folder in (here, *here.parents)]
    for place in (*places, package / PACKAGED, package.parent / "assignments"):
        found = {path.parents[1].name: path.parents[1] for path in sorted(place.glob(f"*/{MARK}"))}
        if found:
            return found
    return {}


def works(place: Path) -> list[tuple[Assignment, Path | None]]:
    """The assignments to list at a place, each with the folder where it is being worked on.

    In a working folder that one alone; elsewhere all that can be started, those that have been
    started below it (./<name>) with their folder.
    """
    if (place / MARK).exists():
        return [(load_assignment(place / MARK.parts[0]), place)]
    found: list[tuple[Assignment, Path | None]] = []
    for name, folder in handouts(place).items():
        here = place / name
        begun = here if (here / MARK).exists() and here.resolve() != folder else None
        found.append((load_assignment((begun or folder) / MARK.parts[0]), begun))
    return found


def start(name: str, folder: Path | None, course: Path) -> Started:
    """Makes or completes the working copy of assignment `name` in `folder`.

    Default: ./name, or here where this is a working copy of it already.

    A file that is there is never written over, except below checks/, which is not the student's.
    Raises UsageError where a copy can't be made.
    """
    known = handouts(course)
    if name not in known:
        there = f"there is {', '.join(known)}" if known else "there is none here"
        raise UsageError(f"no assignment is called {name!r}; {there} (`autograder list`)")
    source = known[name]
    target = _default_folder(name) if folder is None else folder
    _refuse_what_is_taken(source, target)
    made: list[str] = []
    kept: list[str] = []
    try:
        target.mkdir(parents=True, exist_ok=True)
        for entry in sorted(source.iterdir()):
            copy = target / entry.name
            exists = copy.exists() or copy.is_symlink()
            if entry.name.startswith(".") or entry.name == "__pycache__":
                continue
            if entry.name == MARK.parts[0]:
                _remove_old_exercises(entry, copy)
                _copy(entry, copy)
                made += [] if exists else [f"{entry.name}/"]
            elif exists:
                kept.append(entry.name)
            else:
                _copy(entry, copy)
                made.append(entry.name)
    except OSError as error:
        raise UsageError(
            f"{error.filename or target}: can't be written ({error.strerror}); name another folder"
        ) from None
    return Started(target, tuple(made), tuple(kept))


def _default_folder(name: str) -> Path:
    here = Path()
    return here if _name_in(here / MARK) == name else Path(name)


def _refuse_what_is_taken(source: Path, target: Path) -> None:
    if target.exists() and not target.is_dir():
        raise UsageError(f"{target} is a file; name a folder")
    if source in (target.resolve(), *target.resolve().parents):
        raise UsageError(f"{target} is the course's own copy; name another folder")
    mark = target / MARK
    if mark.exists() and _name_in(mark) != _name_in(source / MARK):
        raise UsageError(f"{target} holds another assignment; name another folder")


def _name_in(mark: Path) -> str:
    try:
        return str(read_table(mark).get("name", ""))
    except FileError:
        return ""


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=LEFT_OUT, dirs_exist_ok=True)
    else:
        shutil.copyfile(source, target)


def _remove_old_exercises(source: Path, target: Path) -> None:
    """Takes away the checks of exercises that are no more."""
    for folder in target.iterdir() if target.is_dir() else ():
        if FOLDER.fullmatch(folder.name) and not (source / folder.name).exists():
            shutil.rmtree(folder)
