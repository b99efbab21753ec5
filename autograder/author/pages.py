"""What students read of an assignment: statements, points, the README of the hand-out."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from decimal import Decimal

from autograder.course.load import SHOW
from autograder.course.model import Assignment, Exercise
from autograder.course.texts import read_text
from autograder.nbgrader.page import ExercisePage
from autograder.results import shown_points, total

DIRECTIVE = re.compile(r"#\s*(noqa\b|(fmt|type|ruff|mypy|isort|pragma):)")

HOW_TO_WORK = """\
Each exercise has a statement, a cell for your code and a cell that checks it. Replace
`raise NotImplementedError()` by your own code, **save the notebook**, and run the check: it reads
the file, not the memory of this page.
"""
HOW_TO_WORK_IN_A_SCRIPT = """\
Each exercise has a statement and a cell for your code. Replace `raise NotImplementedError()` by
your own code, save, and run `autograder check` in this folder.
"""
YOURS_TO_CHOOSE = """\
The exercises don't need each other: do them in any order. Names and arguments are given; how you
get there is yours to choose.
"""


def numbered(assignment: Assignment) -> Iterator[tuple[int, Exercise]]:
    """The exercises with their numbers, from 1."""
    return enumerate(assignment.exercises, start=1)


def welcome(assignment: Assignment, how: str = HOW_TO_WORK) -> str:
    """The Markdown above the first exercise."""
    return f"# {assignment.title}\n\n{how}\n{YOURS_TO_CHOOSE}"


def pages(assignment: Assignment) -> list[ExercisePage]:
    """The notebook's pages, solutions and all."""
    return [_page(number, exercise) for number, exercise in numbered(assignment)]


def _page(number: int, exercise: Exercise) -> ExercisePage:
    solution = exercise.folder / "solution.py"
    return ExercisePage(
        exercise=exercise.name,
        statement=statement(number, exercise),
        solution=for_students(read_text(solution)),
        check=f'from autograder.notebook import check_cell\n\ncheck_cell("{exercise.name}")',
        points=exercise.points,
        show=show(exercise),
    )


def statement(number: int, exercise: Exercise) -> str:
    """The Markdown above an exercise: heading, points, what to define, statement.md."""
    text = read_text(exercise.folder / "statement.md").strip()
    names = ", ".join(f"`{signature}`" for signature in exercise.signatures)
    facts = f"*{_minutes(exercise)}{_points(exercise)}.* You write {names}."
    return f"## {number}. {exercise.title}\n\n{facts}\n\n{text}\n"


def _minutes(exercise: Exercise) -> str:
    return f"About {exercise.minutes} minutes, " if exercise.minutes else ""


def _points(exercise: Exercise) -> str:
    points, hidden = f"{shown_points(exercise.points)} points", hidden_points(exercise)
    if not hidden:
        return f"{points}, all of them for checks that you can run"
    seen, unseen = shown_points(exercise.points - hidden), shown_points(hidden)
    return f"{points}: {seen} for checks that you can run, {unseen} for hidden ones"


def hidden_points(exercise: Exercise) -> Decimal:
    """What the hidden checks of an exercise are worth."""
    return total(check.points for check in exercise.checks if not check.visible)


def show(exercise: Exercise) -> str:
    """The cell that shows students what they made; "" where the exercise has none."""
    path = exercise.folder / SHOW
    return for_students(read_text(path)) if path.exists() else ""


def for_students(source: str) -> str:
    """Source without the module's docstring and without remarks to linters."""
    tree = ast.parse(source)
    lines = source.splitlines()
    if tree.body and ast.get_docstring(tree) is not None:
        for number in range(tree.body[0].lineno - 1, tree.body[0].end_lineno or 0):
            lines[number] = ""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and DIRECTIVE.match(token.string):
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column].rstrip()
    return "\n".join(lines).strip("\n") + "\n"


def readme(assignment: Assignment) -> str:
    """How to work, check and hand in, with a table of the exercises."""
    name = assignment.name
    rows = [
        f"| {number} | `{exercise.name}` | {exercise.title} | {exercise.minutes or ''} | "
        f"{_both(exercise.points, hidden_points(exercise))} |"
        for number, exercise in numbered(assignment)
    ]
    points = total(exercise.points for exercise in assignment.exercises)
    hidden = total(hidden_points(exercise) for exercise in assignment.exercises)
    minutes = assignment.minutes
    rows.append(f"| | | together | {minutes} | {_both(points, hidden)} |")
    return f"""\
<!-- Made by `autograder release` from solutions/{name}/. What is changed here is lost. -->
# {assignment.title}

| | exercise | what | minutes | points, visible | points, hidden |
|---|---|---|---|---|---|
{chr(10).join(rows)}

## Work

Work in a copy of this folder (`autograder start {name}` makes one), in **one** of the two: the
notebook `{name}.ipynb`, or the script `{name}.py`. Both hold the same exercises. Replace each
`raise NotImplementedError()` by your own code, and keep the names and arguments that are given. An
exercise that is missing or broken costs its own points and no others.

## Check

    autograder check

in the folder, as often as you like. It runs the visible checks on what you have saved and says
what was called, what came back, what was expected, and a hint. `autograder check NAME` runs one
exercise only, `autograder watch` answers each time you save, `autograder list` shows how far you
are. In the notebook, the cell below each exercise does the same: save first.

Stuck? `autograder hint NAME` gives one hint for the first check of an exercise that does not pass,
and one that says more each time you ask again: a question, the idea with a page to read about it,
nearly the line.

The hidden checks run when your work is graded. They ask for what the statements say, with other
numbers: a function that works, and not only for the examples, passes them as well.

## Hand in

The notebook or the script that you filled in, with any file that it imports, or this whole folder
as a zip. `checks/` may stay in it; your grade comes from the teacher's own copy.
"""


def _both(points: Decimal, hidden: Decimal) -> str:
    return f"{shown_points(points - hidden)} | {shown_points(hidden)}"
