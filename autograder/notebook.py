"""What the locked check cells of a released notebook call: the visible checks, in the notebook.

    from autograder.notebook import check_cell
    check_cell("bce_criterion")

The checks run as for `autograder check`: on the notebook as it is saved, in a worker, not in
this kernel. The number of points is the cell's result, alone: nbgrader reads partial credit from
it, and would give all points for a result that is no number, or none. So a cell that can't check
says why and is worth 0.
"""

from __future__ import annotations

import html
import os
import time
from pathlib import Path

from autograder.errors import AutograderError, UsageError
from autograder.results import ExerciseResult, Status

COLOURS = {Status.PASSED: "green", Status.PARTIAL: "darkorange", Status.SKIPPED: "grey"}


def check_cell(exercise: str) -> float:
    """Runs an exercise's visible checks on the saved notebook, shows them; the points earned."""
    try:
        notebook = _notebook(Path.cwd())
        checked, notes = _checked(notebook, exercise)
    except AutograderError as error:
        _show(f"Not checked: {error}", f"<p><b>Not checked:</b> {_safe(str(error))}</p>")
        return 0.0
    saved = time.strftime("%H:%M:%S", time.localtime(notebook.stat().st_mtime))
    below = [f"{notebook.name} as saved at {saved}. Changed since then? Save, and run this again.", *notes]
    _show(_as_text(checked, below), _as_html(checked, below))
    return checked.score


def _notebook(folder: Path) -> Path:
    """The notebook that this is: the one that Jupyter names, or else the only one here."""
    named = folder / Path(os.environ.get("JPY_SESSION_NAME", "")).name
    if named.suffix == ".ipynb" and named.is_file():
        return named
    found = [path for path in sorted(folder.glob("*.ipynb")) if not path.name.startswith(".")]
    if len(found) != 1:
        names = ", ".join(path.name for path in found) or "no notebook"
        raise UsageError(f"in this folder there is {names}; run `autograder check FILE` in a terminal")
    return found[0]


def _checked(notebook: Path, exercise: str) -> tuple[ExerciseResult, list[str]]:
    """How the exercise fares, and notes. Raises AutograderError where it can't be said."""
    from autograder.course.course import Course
    from autograder.runs.grading import Grader, Settings

    course = Course.handed_out(notebook.parent)
    with Grader(course, Settings(only=frozenset({exercise}))) as grader:
        result = grader.grade(notebook)
    if result.error:
        raise UsageError(result.error)
    if not result.exercises:
        raise UsageError(f"checks/ has no exercise {exercise!r}; copy the folder that you were given again")
    return result.exercises[0], list(result.notes)


# -- showing --------------------------------------------------------------------------------


def _as_text(exercise: ExerciseResult, below: list[str]) -> str:
    """One line a check, what is wrong under it; the last line is the number of points earned."""
    lines = [f"{exercise.name}: {exercise.title}"]
    for check in exercise.checks:
        lines.append(f"{check.status.value:>8}  {check.score:g} / {check.max_score:g}  {check.name}")
        if check.status is not Status.PASSED:
            lines += [f"          {_clean(text)}" for text in (check.rationale, check.hint) if text]
    return "\n".join([*lines, *map(_clean, below), f"{exercise.score:g}"])


def _as_html(exercise: ExerciseResult, below: list[str]) -> str:
    rows = []
    for check in exercise.checks:
        told = f"<code>{_safe(check.name)}</code><br>{_safe(check.description)}"
        if check.status is not Status.PASSED:
            told += f"<br>{_safe(check.rationale)}" if check.rationale else ""
            told += f"<br><b>Hint:</b> {_safe(check.hint)}" if check.hint else ""
        mark = f'<b style="color:{COLOURS.get(check.status, "firebrick")}">{check.status.value}</b>'
        points = f"{check.score:g}&nbsp;/&nbsp;{check.max_score:g}"
        rows.append(f'<tr><td>{mark}</td><td>{points}</td><td style="text-align:left">{told}</td></tr>')
    head = f"<b>{_safe(exercise.title)}: {exercise.score:g} / {exercise.max_score:g}</b>"
    return f"{head}<table>{''.join(rows)}</table>" + "".join(f"<p><i>{_safe(line)}</i></p>" for line in below)


def _clean(text: str) -> str:
    from autograder.reports.escape import printable

    return printable(text, 1_500)


def _safe(text: str) -> str:
    return html.escape(_clean(text))


def _show(text: str, page: str) -> None:
    """As a table in a notebook, as text elsewhere; on standard output, never on the error stream."""
    try:
        from IPython import get_ipython
        from IPython.display import display
    except ModuleNotFoundError:
        print(text)
        return
    if get_ipython() is None:  # type: ignore[no-untyped-call]
        print(text)
    else:
        display({"text/plain": text, "text/html": page}, raw=True)  # type: ignore[no-untyped-call]
