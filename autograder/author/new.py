"""`autograder new`: an exercise with every file, small and true, to be replaced bit by bit."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

from autograder.course.load import FOLDER, find_course
from autograder.errors import CourseError, UsageError
from autograder.reports.files import write_whole

TEMPLATE = files("autograder.author") / "template"
PLACEHOLDER = "EXERCISE"
NAME = re.compile(r"[a-z][a-z0-9_]*")


def lay_out_exercise(assignment: str, exercise: str | None, start: Path) -> Path:
    """Makes `solutions/<assignment>/NN_<exercise>/`; the folder.

    In the course at `start` or above it, or else a new one there. The assignment is made if it
    isn't there; then `exercise` may be left out. Raises UsageError where a name can't be used.
    """
    try:
        root = find_course(start.resolve())
    except CourseError:
        root = start.resolve()
    folder = root / "solutions" / assignment
    is_new = not (folder / "assignment.toml").exists()
    if exercise is None and not is_new:
        raise UsageError(f"{assignment} is there already; name the exercise to add to it")
    name = exercise or "squares"
    for word in (assignment, name):
        if not NAME.fullmatch(word):
            raise UsageError(f"{word!r} can't be a name: use a to z, digits and _")
    there = [path for path in folder.glob("*/") if FOLDER.fullmatch(path.name)]
    if any(path.name[3:] == name for path in there):
        raise UsageError(f"{assignment} has an exercise {name} already")
    number = max((int(path.name[:2]) for path in there), default=0) + 1
    target = folder / f"{number:02}_{name}"
    target.mkdir(parents=True)
    if is_new:
        title = assignment.replace("_", " ").capitalize()
        write_whole(folder / "assignment.toml", f'title = "{title}"\n', 0o644)
    for path in TEMPLATE.iterdir():
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            write_whole(target / path.name, text.replace(PLACEHOLDER, name), 0o644)
    return target
