"""What the locked check cells of a released notebook call: the visible checks, in the notebook.

    from autograder.notebook import check_cell
    check_cell("bce_criterion")

The checks run as for `autograder check`: on the notebook as it is saved, in a worker, not in
this kernel. The number of points is the cell's result, alone: nbgrader reads partial credit from
it, and would give all points for a result that is no number, or none. So a cell that can't check
says why and is worth 0.
"""

from __future__ import annotations

import io
import os
import time
from pathlib import Path

from rich.console import Console
from rich.text import Text

from autograder.errors import AutograderError, UsageError
from autograder.results import Result

WIDTH = 100


def check_cell(exercise: str) -> float:
    """Runs an exercise's visible checks on the saved notebook, shows them; the points earned."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_jupyter=False)
    try:
        notebook = _notebook(Path.cwd())
        result = _checked(notebook, exercise)
        _print(result, notebook, console)
    except AutograderError as error:
        result = None
        _print_lines(console, f"Not checked: {error}")
    points = result.score if result else 0.0
    console.print(f"{points:g}")
    _show(console)
    return points


def _notebook(folder: Path) -> Path:
    """The notebook that this is: the one that Jupyter names, or else the only one here."""
    named = folder / Path(os.environ.get("JPY_SESSION_NAME", "")).name
    if named.suffix == ".ipynb" and named.is_file():
        return named
    found = [path for path in sorted(folder.glob("*.ipynb")) if not path.name.startswith(".")]
    if len(found) != 1:
        names = ", ".join(path.name for path in found) or "no notebook"
        raise UsageError(f"this folder has {names}; in a terminal, run `autograder check FILE`")
    return found[0]


def _checked(notebook: Path, exercise: str) -> Result:
    """How the exercise fares. Raises AutograderError where that can't be said."""
    from autograder.course.course import Course
    from autograder.runs.grading import Grader, Settings

    course = Course.handed_out(notebook.parent)
    with Grader(course, Settings(only=frozenset({exercise}))) as grader:
        result = grader.grade(notebook)
    if result.error or not result.exercises:
        raise UsageError(result.error or f"checks/ has no exercise {exercise!r}")
    return result


def _print(result: Result, notebook: Path, console: Console) -> None:
    from autograder.reports.text import print_exercise

    saved = time.strftime("%H:%M:%S", time.localtime(notebook.stat().st_mtime))
    print_exercise(result.exercises[0], console, printed=True)
    _print_lines(console, *(f"Note: {note}" for note in result.notes))
    _print_lines(console, f"{notebook.name} as saved at {saved}. Changed since? Save, run again.")


def _print_lines(console: Console, *lines: str) -> None:
    from autograder.reports.text import shown

    for line in lines:
        console.print(Text(shown(line), style="dim"))


def _show(console: Console) -> None:
    """Coloured in a notebook, plain elsewhere; never on the error stream, which nbgrader fails."""
    text = console.export_text(clear=False).rstrip()
    page = console.export_html(inline_styles=True, code_format="<pre>{code}</pre>")
    try:
        from IPython import get_ipython
        from IPython.display import display
    except ModuleNotFoundError:
        print(text)
        return
    if get_ipython() is None:
        print(text)
    else:
        display({"text/plain": text, "text/html": page}, raw=True)  # type: ignore[no-untyped-call]
