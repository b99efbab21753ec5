"""Hints that rise: hints.md has for each visible check a staircase of three steps.

    ## matches_the_definition

    1. A question.
    2. The idea, with a link to where its documentation explains it.
    3. Nearly the line, and never the line itself.

A section is headed by the name of its check; each step is one paragraph, in lines as one likes.
What stands above the first section is not shown. `autograder hint` shows one step at a time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from autograder.course.texts import read_text
from autograder.errors import CourseError

HINTS = "hints.md"
STEPS = 3
DOCUMENTATION = ("https://docs.pytorch.org/docs/", "https://numpy.org/doc/")
"""Where the link of a second step leads: what the code of such a course is made of."""
LINK = re.compile(r"\[([^\]]+)\]\((https?://[^\s)]+)\)")

_HEADING = re.compile(r"##\s+`?(\w+)`?\s*")
_STEP = re.compile(r"(\d+)\.(?:\s+(.*))?")
_FORM = "write each step as `1. ` and a paragraph, further lines indented"


def load_hints(folder: Path) -> Mapping[str, tuple[str, ...]]:
    """The steps for each check of an exercise's hints.md, a line of Markdown each; {} for no file.

    Raises CourseError with the line where the file has another form than the one above.
    """
    path = folder / HINTS
    try:
        text = read_text(path)
    except FileNotFoundError:
        return {}
    found: dict[str, list[str]] = {}
    steps: list[str] | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("## "):
            steps = found[_name(path, number, line, found)] = []
        elif steps is not None and line.strip():
            _read(path, number, line, steps)
    return {name: tuple(steps) for name, steps in found.items()}


def _name(path: Path, number: int, line: str, found: Mapping[str, object]) -> str:
    heading = _HEADING.fullmatch(line)
    if heading is None:
        fact, remedy = f"is not the heading of a check: {line}", "write `## name_of_a_check`"
        raise CourseError(path, fact, remedy, number)
    if heading[1] in found:
        fact = f"{heading[1]} appears twice"
        raise CourseError(path, fact, "make one section of the two", number)
    return heading[1]


def _read(path: Path, number: int, line: str, steps: list[str]) -> None:
    """Puts a line of a section where it belongs: it begins a step, or goes on with the last."""
    begun = _STEP.fullmatch(line.rstrip())
    if begun is None and steps and line[0].isspace():
        steps[-1] = f"{steps[-1]} {line.strip()}".strip()
    elif begun is None:
        raise CourseError(path, f"is part of no step: {line.strip()[:60]}", _FORM, number)
    elif int(begun[1]) != len(steps) + 1:
        fact = f"step {begun[1]} stands where step {len(steps) + 1} is due"
        raise CourseError(path, fact, "number the steps of each section 1, 2, 3", number)
    else:
        steps.append((begun[2] or "").strip())
