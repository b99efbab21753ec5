"""Find and read a course: folders in, `Assignment` out; anything odd is a `CourseError`.

The same layout is read in two places: `solutions/<assignment>/`, and the `checks/` folder of
a released assignment, which has no hidden.py, no solution.py and no mistakes.py.
"""

from __future__ import annotations

import ast
import re
import sys
import traceback
import types
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

from autograder.course.model import Assignment, Check, Exercise, Limits
from autograder.course.tables import ASSIGNMENT, EXERCISE, habit_problems, read_table
from autograder.course.texts import read_python
from autograder.errors import CourseError
from autograder.results import exact

FOLDER = re.compile(r"\d\d_(\w+)")
VISIBLE, HIDDEN, SHOW = "checks.py", "hidden.py", "show.py"


def find_course(start: Path) -> Path:
    """The nearest folder, from `start` upward, that has a `solutions/` with an assignment."""
    for folder in (start, *start.parents):
        if any((folder / "solutions").glob("*/assignment.toml")):
            return folder
    raise CourseError(
        start,
        "no course here or above it (a folder with solutions/)",
        "pass --course DIR, cd into it, or start one with `autograder new ASSIGNMENT`",
    )


def assignment_names(course: Path) -> list[str]:
    """Names of the assignments of a course, sorted."""
    return sorted(path.parent.name for path in (course / "solutions").glob("*/assignment.toml"))


def exercise_folders(folder: Path) -> list[Path]:
    """The folders of an assignment's exercises, in order."""
    return [
        path
        for path in sorted(folder.iterdir())
        if path.is_dir() and FOLDER.fullmatch(path.name) and (path / "exercise.toml").exists()
    ]


def load_assignment(folder: Path) -> Assignment:
    """Reads an assignment's folder: its own file, and every exercise in it."""
    path = folder / "assignment.toml"
    about = read_table(path, ASSIGNMENT)
    for error in habit_problems(path, about):
        raise error
    exercises = tuple(load_exercise(path) for path in exercise_folders(folder))
    if not exercises:
        remedy = f"make one with `autograder new {folder.name} NAME`"
        raise CourseError(folder, "has no exercise folder (such as 01_name)", remedy)
    for error in shared_names((one.folder, one.entry_points) for one in exercises):
        raise error
    return Assignment(
        name=about.get("name", folder.name),
        title=about.get("title", folder.name),
        folder=folder,
        exercises=exercises,
        habits=tuple(about.get("habits", [])),
    )


def shared_names(exercises: Iterable[tuple[Path, Iterable[str]]]) -> Iterator[CourseError]:
    """Names that two exercises (folder, entry points) have: each belongs to one of them."""
    folders: dict[str, Path] = {}
    owners: dict[str, Path] = {}
    for folder, entry_points in exercises:
        name = exercise_name(folder)
        if name in folders:
            fact = f"is a second exercise {name}, beside {folders[name].name}"
            yield CourseError(folder, fact, "rename one of the two folders")
        folders[name] = folder
        for word in entry_points:
            if word in owners:
                fact = f"{word} is an entry point of {exercise_name(owners[word])} already"
                yield CourseError(folder / "exercise.toml", fact, "choose another name")
            owners[word] = folder


def exercise_name(folder: Path) -> str:
    """`01_softmax` -> softmax."""
    return folder.name.partition("_")[2]


def load_exercise(folder: Path) -> Exercise:
    """Reads one exercise: exercise.toml, checks.py, and hidden.py where it is there."""
    path = folder / "exercise.toml"
    about = read_table(path, EXERCISE)
    signatures = tuple(about.get("entry_points", []))
    if not signatures:
        raise CourseError(path, "has no entry_points", 'add e.g. entry_points = ["f(x)"]')
    checks = load_checks(folder)
    hidden_points = exact(about.get("hidden_points", 0))
    if not checks and not hidden_points:
        raise CourseError(folder / VISIBLE, "defines no check", "write one with @check(points=1)")
    return Exercise(
        name=exercise_name(folder),
        title=about.get("title", exercise_name(folder)),
        folder=folder,
        entry_points=dict(parse_signature(folder, text) for text in signatures),
        signatures=signatures,
        checks=checks,
        minutes=about.get("minutes", 0),
        limits=Limits(**about.get("limits", {})),
        thresholds=SimpleNamespace(**about.get("thresholds", {})),
        hidden_points=hidden_points,
    )


def parse_signature(folder: Path, text: object) -> tuple[str, tuple[str, ...]]:
    """`criterion(y_hat, y)` -> its name and parameter names."""
    definition = signature_of(text)
    if definition is None:
        fact = f"{text!r} is not a signature"
        raise CourseError(folder / "exercise.toml", fact, "write it like f(x, y=1)")
    return definition.name, parameters(definition)


def signature_of(text: object) -> ast.FunctionDef | None:
    """`criterion(y_hat, y)` as an empty function; None if it isn't a signature."""
    try:
        (definition,) = ast.parse(f"def {text}: ...").body
    except (SyntaxError, ValueError):
        return None
    return definition if isinstance(definition, ast.FunctionDef) else None


def parameters(definition: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[str, ...]:
    """The names of a function's parameters, `*args` and `**kwargs` left aside."""
    given = definition.args
    return tuple(arg.arg for arg in [*given.posonlyargs, *given.args, *given.kwonlyargs])


# -- checks -----------------------------------------------------------------------------------


def load_checks(folder: Path) -> tuple[Check, ...]:
    """Runs checks.py, then hidden.py (the course's own code, trusted); their checks in order.

    hidden.py may import from checks.py (`from .checks import ...`), which may import nothing of
    the exercise: it is released alone.
    """
    package = f"_exercise_{zlib.crc32(str(folder).encode()):08x}"
    parent = types.ModuleType(package)
    parent.__path__ = []
    sys.modules[package] = parent
    try:
        checks = _run(folder / VISIBLE, package)
        if (folder / HIDDEN).exists():
            hidden = _run(folder / HIDDEN, package)
            checks += [replace(check, visible=False) for check in hidden]
    finally:
        for name in [name for name in sys.modules if name.partition(".")[0] == package]:
            del sys.modules[name]
    _insist_on_names(folder, checks)
    return tuple(checks)


def _run(path: Path, package: str) -> list[Check]:
    """The checks that a file defines; those that it imports are another file's."""
    if not path.exists():
        raise CourseError(path, "is missing", "write a check there")
    tree = read_python(path)
    module = types.ModuleType(f"{package}.{path.stem}")
    module.__dict__.update(__file__=str(path), __package__=package)
    sys.modules[module.__name__] = module
    try:
        exec(compile(tree, str(path), "exec", dont_inherit=True), module.__dict__)
    except (Exception, SystemExit) as error:
        fact = f"does not load: {type(error).__name__}: {error}"
        raise CourseError(path, fact, "fix that line", _line_in(path, error)) from error
    found = [value for value in module.__dict__.values() if isinstance(value, Check)]
    return [check for check in found if check.function.__globals__ is module.__dict__]


def _line_in(path: Path, error: BaseException) -> int:
    """The last line of this file that an exception passed through."""
    if isinstance(error, SyntaxError) and error.filename == str(path):
        return error.lineno or 0
    frames = traceback.extract_tb(error.__traceback__)
    return next((f.lineno or 0 for f in reversed(frames) if f.filename == str(path)), 0)


def _insist_on_names(folder: Path, checks: list[Check]) -> None:
    """Names are ids: each occurs once, and `after` names one that comes before."""
    before: set[str] = set()
    for check in checks:
        path = folder / (VISIBLE if check.visible else HIDDEN)
        line = check.function.__code__.co_firstlineno
        if check.name in before:
            fact = f"the check {check.name} is defined twice"
            raise CourseError(path, fact, "rename one of the two", line)
        if check.visible and "reference" in check.wants:
            fact = f"{check.name} asks for `reference`, which students don't have"
            raise CourseError(path, fact, f"move it to {HIDDEN}", line)
        if missing := [name for name in check.after if name not in before]:
            fact = f"{check.name} comes after {missing[0]}, which is not a check above it"
            raise CourseError(path, fact, "name a check that stands above", line)
        before.add(check.name)
