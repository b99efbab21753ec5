"""The script that students get: the exercises of the notebook as `# %%` cells."""

from __future__ import annotations

import ast

from autograder.author.pages import HOW_TO_WORK_IN_A_SCRIPT, numbered, show, statement, welcome
from autograder.course.model import Assignment, Exercise
from autograder.nbgrader.page import ReleasedNotebook


def script(assignment: Assignment, notebook: ReleasedNotebook) -> str:
    """The same exercises as `# %%` cells."""
    cells = [_as_comment(welcome(assignment, HOW_TO_WORK_IN_A_SCRIPT))]
    for number, exercise in numbered(assignment):
        cells.append(_as_comment(statement(number, exercise)))
        cells.append(f"# %% {exercise.name}\n{notebook.stubs[exercise.name].rstrip()}\n")
        if source := show(exercise):
            cells.append(_as_main(exercise, source))
    return "\n\n".join(cells)


def _as_comment(markdown: str) -> str:
    lines = (f"# {line}".rstrip() for line in markdown.strip().splitlines())
    return "\n".join(["# %% [markdown]", *lines]) + "\n"


def _as_main(exercise: Exercise, source: str) -> str:
    """show.py, for when the script is run, not where it is graded."""
    return f'# %% show {exercise.name}\nif __name__ == "__main__":\n{_indented(source)}\n'


def _indented(source: str) -> str:
    """Each line moved right by four, but for those that are the inside of a string."""
    inside: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr | ast.Constant):
            inside.update(range(node.lineno + 1, (node.end_lineno or node.lineno) + 1))
    lines = source.rstrip().splitlines()
    for number, line in enumerate(lines, start=1):
        if line and number not in inside:
            lines[number - 1] = f"    {line}"
    return "\n".join(lines)
