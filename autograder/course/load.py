"""Find and read a course: folders in, `Assignment` out; anything odd is a `CourseError`.

The same layout is read in two places: `solutions/<assignment>/`, and the `checks/` folder of
a released assignment, which holds the visible part of it.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from autograder.course.model import Assignment, Check, Exercise, Limits
from autograder.errors import CourseError

FOLDER = re.compile(r"\d\d_(\w+)")
SIGNATURE = re.compile(r"(\w+)\((.*)\)")


def find_course(start: Path) -> Path:
    """The nearest folder, from `start` upward, that has a `solutions/` with an assignment."""
    for folder in (start, *start.parents):
        if any((folder / "solutions").glob("*/assignment.toml")):
            return folder
    raise CourseError(
        start, "no course here or above it (a folder with solutions/)", "pass --course DIR, or cd into it"
    )


def assignment_names(course: Path) -> list[str]:
    """Names of the assignments of a course, sorted."""
    return sorted(path.parent.name for path in (course / "solutions").glob("*/assignment.toml"))


def load_assignment(folder: Path) -> Assignment:
    """Reads an assignment's folder: its own file, and every exercise in it."""
    about = read_toml(folder / "assignment.toml")
    exercises = []
    for path in sorted(folder.iterdir()):
        if path.is_dir() and FOLDER.fullmatch(path.name) and (path / "exercise.toml").exists():
            exercises.append(load_exercise(path))
    if not exercises:
        raise CourseError(folder, "has no exercise folder", "add one named like 01_name, with exercise.toml")
    return Assignment(
        name=about.get("name", folder.name),
        title=about.get("title", folder.name),
        folder=folder,
        exercises=tuple(exercises),
        habits=tuple(about.get("habits", ())),
    )


def load_exercise(folder: Path) -> Exercise:
    """Reads one exercise: exercise.toml and checks.py."""
    match = FOLDER.fullmatch(folder.name)
    about = read_toml(folder / "exercise.toml")
    signatures = tuple(about.get("entry_points", ()))
    if not match or not signatures:
        raise CourseError(folder / "exercise.toml", "names no entry_points", 'add e.g. entry_points = ["f(x)"]')
    limits = about.get("limits", {})
    return Exercise(
        name=match[1],
        title=about.get("title", match[1]),
        folder=folder,
        entry_points=dict(parse_signature(folder, text) for text in signatures),
        signatures=signatures,
        checks=load_checks(folder / "checks.py"),
        minutes=about.get("minutes", 0),
        limits=Limits(**limits),
        thresholds=SimpleNamespace(**about.get("thresholds", {})),
        hidden_points=about.get("hidden_points", 0.0),
    )


def parse_signature(folder: Path, text: str) -> tuple[str, tuple[str, ...]]:
    """`criterion(y_hat, y)` -> its name and parameter names."""
    match = SIGNATURE.fullmatch(text.strip())
    if not match:
        raise CourseError(folder / "exercise.toml", f"no signature: {text!r}", "write it like f(x, y)")
    names = [part.split("=")[0].strip() for part in match[2].split(",") if part.strip()]
    return match[1], tuple(names)


def load_checks(path: Path) -> tuple[Check, ...]:
    """Runs checks.py (the course's own code, trusted) and collects its checks in order."""
    namespace: dict[str, Any] = {"__name__": f"checks_of_{path.parent.name}", "__file__": str(path)}
    try:
        source = path.read_text(encoding="utf-8")
        exec(compile(source, str(path), "exec", dont_inherit=True), namespace)
    except Exception as error:
        problem = f"does not load: {type(error).__name__}: {error}"
        raise CourseError(path, problem, "mend it; `autograder prove` shows more") from error
    checks = tuple(value for value in namespace.values() if isinstance(value, Check))
    names = {check.name for check in checks}
    for check in checks:
        if missing := set(check.after) - names:
            raise CourseError(path, f"{check.name} comes after unknown {missing}", "name a check of this file")
    return checks


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file, or a CourseError that says what is wrong with it."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CourseError(path, "is missing", "add it; CONTRIBUTING.md lists an exercise's files") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CourseError(path, f"is no TOML: {error}", "mend the file") from None
