"""One submission's folder -> the notebook that nbgrader keeps of it, repaired and judged.

submitted/<student>/<assignment>/ ──read──> HandedIn ──notebook_of──> repaired notebook
                                           └──Grader──> Result ──┐          │
                                 check cells filled, notes on top ┴──────────┴─> judged
"""

# mypy: disable-error-code="no-untyped-call"
# nbformat says that it is typed, and leaves most of its functions without types.

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from autograder.course.model import Assignment
from autograder.errors import CourseError, SubmissionError
from autograder.nbgrader.outputs import check_cell_outputs
from autograder.nbgrader.repair import Repaired, repair, stand_in
from autograder.reports.escape import printable
from autograder.results import Result, Status
from autograder.submissions.files import read_file
from autograder.submissions.model import KnownAssignments, Submission
from autograder.submissions.read import read_submission

CHECK_CELL = "check_{}"
"""The id of the cell that is graded for an exercise: one a piece, worth all its points."""
NOTES = "autograder-notes"


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What one student handed in: read, or the reason why it can't be."""

    folder: Path
    submission: Submission | None
    error: SubmissionError | None = None

    @classmethod
    def read(cls, folder: Path, course: KnownAssignments) -> HandedIn:
        """Reads a folder; never raises what a student can cause."""
        try:
            return cls(folder, read_submission(folder, course))
        except SubmissionError as error:
            return cls(folder, None, error)


def released_notebook(path: Path) -> NotebookNode:
    """The notebook that was given to students. Raises CourseError where there is none."""
    try:
        return nbformat.read(path, as_version=nbformat.NO_CONVERT)  # type: ignore[no-any-return]
    except (OSError, ValueError, nbformat.ValidationError) as error:
        raise CourseError(
            path, f"can't be read ({error})", "run `nbgrader generate_assignment NAME --force`"
        ) from error


def entry_points(assignment: Assignment) -> dict[str, tuple[str, ...]]:
    """For the id of each cell to write in, the names that it should define."""
    return {exercise.name: tuple(exercise.entry_points) for exercise in assignment.exercises}


def notebook_of(
    handed_in: HandedIn, released: NotebookNode, names: Mapping[str, Sequence[str]], name: str
) -> Repaired:
    """The notebook of a submission as nbgrader can take it; `name` is the assignment's.

    Where a script is what is graded, the release with the script's code in its cells.
    """
    submission = handed_in.submission
    file = submission.file if submission is not None else f"{name}.ipynb"
    if submission is not None and file.lower().endswith(".py"):
        code = [(cell.name, cell.source) for cell in submission.cells]
        return Repaired(stand_in(code, released, names), (f"graded: {file}",))
    try:
        data = read_file(handed_in.folder / file)
    except SubmissionError:
        return Repaired(stand_in([], released, names), ())
    return repair(data, file, released, names)


def judged(notebook: NotebookNode, result: Result, repairs: Sequence[str] = ()) -> NotebookNode:
    """Fills the check cells of a repaired notebook, and puts what is to be said above them.

    The cells of `notebook` are changed. nbgrader's SaveAutoGrades reads the points from it.
    """
    by_id = {CHECK_CELL.format(exercise.name): exercise for exercise in result.exercises}
    for cell in notebook.cells:
        grading = cell.metadata.get("nbgrader", {})
        exercise = by_id.get(grading.get("grade_id", ""))
        if cell.cell_type == "code" and exercise is not None:
            cell.outputs = check_cell_outputs(exercise)
    notes = [*([result.error] if result.error else []), *repairs, *result.notes]
    if notes:
        notebook.cells.insert(0, _notes_cell(notes))
    return notebook


def doubtful(result: Result) -> frozenset[str]:
    """The check cells of exercises that could not be judged through our fault."""
    return frozenset(
        CHECK_CELL.format(exercise.name)
        for exercise in result.exercises
        if any(check.status is Status.INTERNAL for check in exercise.checks)
    )


def _notes_cell(notes: Sequence[str]) -> NotebookNode:
    """Text from a submission, inside HTML: escaped, on one line each, out of MathJax's reach."""
    lines = "".join(f"<li>{html.escape(printable(note, 1_000))}</li>" for note in notes)
    source = f'<div class="tex2jax_ignore mathjax_ignore">Notes<ul>{lines}</ul></div>'
    cell: NotebookNode = new_markdown_cell(source, id=NOTES)
    return cell
