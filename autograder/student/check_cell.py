"""What the locked check cells of a released notebook call: the visible checks, in the notebook.

    from autograder.notebook import check_cell
    check_cell("bce_criterion")

    the notebook on disk ──> WarmGrader (one a kernel) ──> Result ──> display: HTML and plain text
                                                                  └──> the points: the cell's result

The checks run as for `autograder check`: on the notebook as it is saved, in a worker, not in this
kernel. The first check of a kernel waits for a forkserver to import torch; it then stays, and ends
with the kernel.

The number of points is the cell's result, alone: nbgrader reads partial credit from it, and would
give all points for a result that is no number, or none, and 0 for a line on stderr. So a cell that
can't check says why and is worth 0. What it says is for the student: the same kernel has run the
student's code, which can change anything in it. Marks that count come from `autograder grade`.
"""

from __future__ import annotations

import atexit
import html
import json
import os
import re
import sys
import time
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

from autograder.course.course import Course
from autograder.course.model import Exercise
from autograder.errors import AutograderError, UsageError
from autograder.grading.warm import WarmGrader
from autograder.reports.escape import printable
from autograder.reports.html import exercise_html
from autograder.reports.text import exercise_text
from autograder.results import Result, as_number, shown_points

AGO_SECONDS = 90
NO_FILE_IN_COLAB = """\
Colab keeps this notebook in Google Drive, where this cell can't read it. Put the whole folder that
you were given into your Drive, open the notebook from there, and run in a new cell:
    from google.colab import drive
    drive.mount("/content/drive")
    %cd /content/drive/MyDrive/FOLDER
with your folder's name for FOLDER. Then save, and run this cell again"""
NO_ISOLATION = (
    "This system gives no isolation: checks run your code with all your rights, as this notebook "
    "does. For your own code that is fine. (Said once.)"
)


def check_cell(exercise: str) -> int | float:
    """Runs an exercise's visible checks on the saved notebook, shows them; the points earned."""
    try:
        notebook = _notebook()
        result, checked = _check(notebook, exercise)
        (graded,), notes = result.exercises, _notes(result, checked, notebook)
        page = exercise_html(graded, notes, printed=True)
        _display(page, exercise_text(graded, notes, printed=True))
        return as_number(_points(result, checked))
    except AutograderError as error:
        _refuse(str(error))
    except KeyboardInterrupt:
        _WARM.close()
        _refuse("interrupted. Run the cell again when you like")
    except Exception as error:
        _WARM.close()
        fault = f"{type(error).__name__}: {error}"
        _refuse(f"a fault of the autograder itself, not of your code ({fault}). Please report it")
    return 0


def _points(result: Result, exercise: Exercise) -> Decimal:
    """The points earned.

    `nbgrader validate` tells a student that a cell fails where it gives less than all its points,
    and the visible checks can't give those of the hidden ones: there, all visible is all.
    """
    if os.environ.get("NBGRADER_EXECUTION") == "validate" and result.score >= result.max_score:
        return result.score + exercise.hidden_points
    return result.score


# -- the grader -------------------------------------------------------------------------------


_WARM = WarmGrader()
atexit.register(_WARM.close)
_told: set[str] = set()
"""What is told only once a kernel."""


def _check(notebook: Path, name: str) -> tuple[Result, Exercise]:
    """How an exercise fares, and what it is. Raises AutograderError where that can't be said."""
    folder = notebook.parent
    if not (folder / "checks" / "assignment.toml").exists():
        remedy = "keep the notebook in the folder that you were given"
        raise UsageError(f"there is no checks/ in {folder}: {remedy}")
    grader = _WARM.of_folder(folder)
    result = grader.grade(notebook, only=[name])
    if result.error or not result.exercises:
        raise UsageError(result.error or f"checks/ has no exercise {name!r}")
    (exercise,) = grader.course.assignment(result.assignment).named([name])
    return result, exercise


# -- which notebook ---------------------------------------------------------------------------


def _notebook() -> Path:
    """The file of this notebook: the one that Jupyter or VS Code names, or else the one here.

    Of several, the one that was handed out: `nbgrader autograde` names none.
    """
    folder = Path.cwd()
    variables = getattr(_shell(), "user_ns", {})
    for name in (os.environ.get("JPY_SESSION_NAME"), variables.get("__vsc_ipynb_file__")):
        named = folder / str(name or "")
        for path in (named, folder / named.name):
            if path.suffix == ".ipynb" and path.is_file():
                return path
    found = [path for path in sorted(folder.glob("*.ipynb")) if not path.name.startswith(".")]
    if len(found) > 1 and (folder / "checks").is_dir():
        name = Course.handed_out(folder).handout.name
        found = [path for path in found if path.stem == name] or found
    if len(found) == 1:
        return found[0]
    if "google.colab" in sys.modules:
        raise UsageError(NO_FILE_IN_COLAB)
    names = ", ".join(path.name for path in found) or "no notebook"
    raise UsageError(f"this folder has {names}; in a terminal, run `autograder check FILE`")


def _shell() -> Any:
    """IPython's shell, if this runs in one. What did not import it is not in one."""
    ipython = sys.modules.get("IPython")
    return None if ipython is None else ipython.get_ipython()


# -- what was saved ---------------------------------------------------------------------------


def _saved(notebook: Path) -> str:
    """Which version was read; whether the page holds a newer one, a kernel can't know."""
    saved = time.localtime(notebook.stat().st_mtime)
    ago = time.time() - time.mktime(saved)
    form = "%H:%M:%S" if ago < 12 * 3600 else "%Y-%m-%d %H:%M"
    age = f", {ago / 60:.0f} minutes ago" if AGO_SECONDS < ago < 2 * 3600 else ""
    return (
        f"Checked: {notebook.name} as saved at {time.strftime(form, saved)}{age}. "
        "Changed since? Save, then run this cell again."
    )


def _unsaved(notebook: Path, names: Iterable[str]) -> list[str]:
    """A line if the file does not hold the code of an entry point as it was last run here."""
    history = getattr(getattr(_shell(), "history_manager", None), "input_hist_raw", [])
    cells = _sources(notebook)
    other = []
    for name in names:
        defines = re.compile(rf"^(?:async\s+def|def|class)\s+{name}\b|^{name}\s*=", re.MULTILINE)
        ran = next((source for source in reversed(history) if defines.search(source)), None)
        if cells and ran is not None and ran.strip() not in cells:
            other.append(f"`{name}`")
    if not other:
        return []
    return [
        f"What the file has for {', '.join(other)} is not what you ran last. "
        "Not saved yet? Save, then run this cell again."
    ]


def _sources(notebook: Path) -> set[str]:
    """The code cells of the file; none if it can't be read, which others say better."""
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        return {"".join(cell["source"]).strip() for cell in cells if cell["cell_type"] == "code"}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return set()


# -- showing ----------------------------------------------------------------------------------


def _notes(result: Result, exercise: Exercise, notebook: Path) -> list[str]:
    """What stands below the table."""
    notes = [f"Note: {note}" for note in result.notes]
    if result.score >= result.max_score and exercise.hidden_points:
        more = f"for {shown_points(exercise.hidden_points)} more points, run when it is graded"
        notes.append(f"Every check here passes. Hidden ones, {more}.")
    layers = result.protections.values()
    if layers and not any(layer["on"] for layer in layers):
        notes += {NO_ISOLATION} - _told
        _told.add(NO_ISOLATION)
    return [*notes, _saved(notebook), *_unsaved(notebook, exercise.entry_points)]


def _refuse(reason: str) -> None:
    text = printable(f"Not checked: {reason}.", newlines=True)
    _display(f'<div style="white-space: pre-wrap">{html.escape(text)}</div>', text)


def _display(page: str, text: str) -> None:
    """On the page, or printed where there is none; never on stderr, which nbgrader fails."""
    if _shell() is None:
        print(text)
        return
    from IPython.display import display

    display({"text/plain": text, "text/html": page}, raw=True)  # type: ignore[no-untyped-call]
