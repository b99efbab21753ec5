"""Find and read a course: folders in, `Assignment` out; anything odd is a `CourseError`.

The same layout is read in two places: `solutions/<assignment>/`, and the `checks/` folder of
a released assignment, which holds the visible part of it.
"""

from __future__ import annotations

import ast
import re
import tomllib
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

from autograder.course.model import Assignment, Check, Exercise, Limits
from autograder.errors import CourseError
from autograder.results import exact

Kind = TypeVar("Kind")
WORDS: dict[type, str] = {
    str: "text",
    list: "a list",
    dict: "a table",
    int: "a whole number",
    float: "a number",
}
FOLDER = re.compile(r"\d\d_(\w+)")


def find_course(start: Path) -> Path:
    """The nearest folder, from `start` upward, that has a `solutions/` with an assignment."""
    for folder in (start, *start.parents):
        if any((folder / "solutions").glob("*/assignment.toml")):
            return folder
    raise CourseError(
        start,
        "no course here or above it (a folder with solutions/)",
        "pass --course DIR, or cd into it",
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
        raise CourseError(
            folder, "has no exercise folder", "add one named like 01_name, with exercise.toml"
        )
    _insist_on_one_owner(exercises)
    read = _Table(folder / "assignment.toml", about)
    return Assignment(
        name=read.get("name", str, folder.name),
        title=read.get("title", str, folder.name),
        folder=folder,
        exercises=tuple(exercises),
        habits=tuple(read.get("habits", list, [])),
    )


def _insist_on_one_owner(exercises: list[Exercise]) -> None:
    """Each name that a submission defines belongs to one exercise."""
    owners: dict[str, str] = {}
    for exercise in exercises:
        for name in exercise.entry_points:
            if name in owners:
                problem = f"{name} is an entry point of {owners[name]} already"
                raise CourseError(exercise.folder / "exercise.toml", problem, "choose another name")
            owners[name] = exercise.name


def load_exercise(folder: Path) -> Exercise:
    """Reads one exercise: exercise.toml and checks.py."""
    match = FOLDER.fullmatch(folder.name)
    path = folder / "exercise.toml"
    read = _Table(path, read_toml(path))
    signatures = tuple(read.get("entry_points", list, []))
    if not match or not signatures:
        raise CourseError(path, "names no entry_points", 'add e.g. entry_points = ["f(x)"]')
    checks = load_checks(folder / "checks.py")
    hidden_points = exact(read.get("hidden_points", float, 0.0))
    if not checks and not hidden_points:
        raise CourseError(
            folder / "checks.py", "defines no check", "write one with @check(points=..)"
        )
    return Exercise(
        name=match[1],
        title=read.get("title", str, match[1]),
        folder=folder,
        entry_points=dict(parse_signature(folder, text) for text in signatures),
        signatures=signatures,
        checks=checks,
        minutes=read.get("minutes", int, 0),
        limits=_limits(path, read.get("limits", dict, {})),
        thresholds=SimpleNamespace(**read.get("thresholds", dict, {})),
        hidden_points=hidden_points,
    )


def _limits(path: Path, table: dict[str, Any]) -> Limits:
    known = [field.name for field in fields(Limits)]
    for name, value in table.items():
        if name not in known or type(value) not in (int, float) or value <= 0:
            remedy = f"give numbers above 0; there is {', '.join(known)}"
            raise CourseError(path, f"[limits] {name} = {value!r}", remedy)
    return Limits(**table)


class _Table:
    """A table of a TOML file whose fields have the types that they should have."""

    def __init__(self, path: Path, table: dict[str, Any]):
        self.path = path
        self.table = table

    def get(self, name: str, kind: type[Kind], default: Kind) -> Kind:
        value = self.table.get(name, default)
        if kind is float and type(value) is int:
            value = float(value)
        if type(value) is not kind:
            raise CourseError(self.path, f"{name} = {value!r}", f"give it as {WORDS[kind]}")
        return value


def parse_signature(folder: Path, text: object) -> tuple[str, tuple[str, ...]]:
    """`criterion(y_hat, y)` -> its name and parameter names."""
    try:
        (definition,) = ast.parse(f"def {text}: ...").body
    except (SyntaxError, ValueError):
        definition = None
    if not isinstance(definition, ast.FunctionDef):
        raise CourseError(
            folder / "exercise.toml", f"no signature: {text!r}", "write it like f(x, y=1)"
        )
    given = definition.args
    return definition.name, tuple(
        arg.arg for arg in [*given.posonlyargs, *given.args, *given.kwonlyargs]
    )


def load_checks(path: Path) -> tuple[Check, ...]:
    """Runs checks.py (the course's own code, trusted) and collects its checks in order."""
    namespace: dict[str, Any] = {"__name__": f"checks_of_{path.parent.name}", "__file__": str(path)}
    try:
        source = path.read_text(encoding="utf-8")
        exec(compile(source, str(path), "exec", dont_inherit=True), namespace)
        defined = [n.name for n in ast.parse(source).body if isinstance(n, ast.FunctionDef)]
    except (Exception, SystemExit) as error:
        problem = f"does not load: {type(error).__name__}: {error}"
        raise CourseError(path, problem, "mend it; `autograder prove` shows more") from error
    checks = tuple(value for value in namespace.values() if isinstance(value, Check))
    names = {check.name for check in checks}
    if twice := sorted(name for name in names if defined.count(name) > 1):
        raise CourseError(
            path, f"{', '.join(twice)} is defined twice", "give each a name of its own"
        )
    for check in checks:
        if missing := set(check.after) - names:
            raise CourseError(
                path, f"{check.name} comes after unknown {missing}", "name a check of this file"
            )
    return checks


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file, or a CourseError that says what is wrong with it."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CourseError(
            path, "is missing", "add it; CONTRIBUTING.md lists an exercise's files"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CourseError(path, f"is no TOML: {error}", "mend the file") from None
