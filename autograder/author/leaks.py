"""What must stay with the teacher, looked for in all that is handed out.

Secret are the lines between the solution marks, the lines of known mistakes, and the names of
hidden checks. A line of a solution (or what it returns) that stands within a line of a statement,
a hint, a visible check, a show cell or a stub is a leak, in whatever spaces, unless its author
marks it as no secret, in solution.py:

    optimizer.zero_grad()  # may be shown
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.course.hints import HINTS
from autograder.course.load import SHOW, VISIBLE
from autograder.course.mistakes import FILE as MISTAKES
from autograder.course.mistakes import load_mistakes
from autograder.course.model import Assignment, Exercise
from autograder.course.texts import read_text
from autograder.errors import Problem

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
MAY_BE_SHOWN = re.compile(r"\s*# may be shown\b.*")
TELLING = 16
"""Lines with fewer characters than this, spaces left aside, tell nothing."""
CODE = (VISIBLE, SHOW)
PUBLIC = (*CODE, HINTS, "statement.md", "exercise.toml")


@dataclass(frozen=True, slots=True)
class Secret:
    """A line that must not be handed out: what it is, and what to do if it may be."""

    text: str
    where: str
    remedy: str


def leaks(assignment: Assignment) -> list[Problem]:
    """Where the sources of a release hold what must stay with the teacher."""
    marked = {text for exercise in assignment.exercises for text in _marked(exercise)}
    secrets = {
        dense: secret
        for exercise in assignment.exercises
        for secret in _secrets(exercise)
        if len(dense := _dense(secret.text)) >= TELLING and dense not in marked
    }
    names = _hidden_names(assignment)
    found = []
    for path, line, text in _public_lines(assignment):
        dense = _dense(text)
        if told := next((told for secret, told in secrets.items() if secret in dense), None):
            fact = f"shows {told.where}: `{textwrap.shorten(told.text, 60)}`"
            found.append(Problem(str(path), line, fact, told.remedy))
        for name in set(re.findall(r"\w+", text)) & names.keys():
            fact = f"names the hidden check {name} of {names[name].name}"
            found.append(Problem(str(path), line, fact, "take the name out"))
    return found


def leaks_in_files(assignment: Assignment, files: Mapping[str, bytes]) -> list[Problem]:
    """Names of hidden checks, and solution marks, in a release as it would be handed out."""
    names = _hidden_names(assignment)
    found = []
    for path, content in files.items():
        text = content.decode()
        told = sorted(names.keys() & set(re.findall(r"\w+", text)))
        for word in [*told, *(mark for mark in (BEGIN, END) if mark in text)]:
            place = f"assignments/{assignment.name}/{path}"
            found.append(Problem(place, 0, f"would hold `{word}`", "take it out of the sources"))
    return found


def _hidden_names(assignment: Assignment) -> dict[str, Exercise]:
    """The names of hidden checks that nothing public is called by, each with its exercise."""
    checks = [(check, exercise) for exercise in assignment.exercises for check in exercise.checks]
    public = {check.name for check, _ in checks if check.visible} | set(assignment.entry_points)
    return {
        check.name: exercise
        for check, exercise in checks
        if not check.visible and check.name not in public
    }


def _public_lines(assignment: Assignment) -> Iterator[tuple[Path, int, str]]:
    """(file, line number, text) of all that becomes part of a release."""
    for exercise in assignment.exercises:
        for name in PUBLIC:
            path = exercise.folder / name
            yield from ((path, number, line) for number, line in enumerate(_lines_of(path), 1))
        path = exercise.folder / "solution.py"
        for number, line, inside in solution_lines(read_text(path)):
            if not inside:
                yield path, number, line
        for mistake in load_mistakes(exercise):
            yield exercise.folder / MISTAKES, mistake.line, mistake.hint


def _secrets(exercise: Exercise) -> Iterator[Secret]:
    """The telling lines of an exercise's mistakes that no visible check has, then of its solution.

    What a stub or a visible check needs as well (`loss = criterion(model(x), y)`) tells nothing
    of a mistake: wrong answers are right for the most part.
    """
    folder = exercise.folder
    lines = list(solution_lines(read_text(folder / "solution.py")))
    shown = {_dense(line) for _, line, inside in lines if not inside}
    common = "\n".join(_dense(text) for name in CODE for text in _lines_of(folder / name))
    for mistake in load_mistakes(exercise):
        for text in mistake.cells[-1].splitlines():
            if _dense(text) not in shown and _dense(text) not in common:
                where = f"a line of the mistake {mistake.name} ({folder.name}/{MISTAKES})"
                yield Secret(text, where, "take it out")
    for number, line, inside in lines:
        if inside:
            where = f"line {number} of {folder.name}/solution.py"
            yield Secret(line, where, "take it out, or mark that line with `# may be shown`")


def _marked(exercise: Exercise) -> Iterator[str]:
    """Lines of the solution that an author has marked, wherever else they stand."""
    for line in _lines_of(exercise.folder / "solution.py"):
        if MAY_BE_SHOWN.search(line):
            yield _dense(MAY_BE_SHOWN.sub("", line))


def _lines_of(path: Path) -> list[str]:
    return read_text(path).splitlines() if path.exists() else []


def solution_lines(source: str) -> Iterator[tuple[int, str, bool]]:
    """(number, line, whether it stands between solution marks) of a solution.py."""
    inside = False
    for number, line in enumerate(source.splitlines(), start=1):
        inside = inside and END not in line
        yield number, line, inside
        inside = inside or BEGIN in line


def _dense(line: str) -> str:
    """A line without spaces, and without `return` where what it returns is telling."""
    text = "".join(line.split())
    returned = text.removeprefix("return")
    return returned if len(returned) >= TELLING else text
