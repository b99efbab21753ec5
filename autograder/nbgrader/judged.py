"""One submission's folder -> the notebook that nbgrader keeps of it, repaired and judged.

submitted/<student>/<assignment>/ ──read──> HandedIn ──repaired──> repaired notebook
                                           └──graded──> Result ──┐          │
                                 check cells filled, notes on top ┴──────────┴─> judged
"""

# mypy: disable-error-code="no-untyped-call"
# nbformat says that it is typed, and leaves most of its functions without types.

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from autograder.course.course import Course
from autograder.course.model import Assignment
from autograder.errors import CourseError, SubmissionError
from autograder.grading.grader import Grader
from autograder.grading.reader import Reader
from autograder.judge.run import where_and_what
from autograder.nbgrader.outputs import check_cell_outputs
from autograder.nbgrader.repair import Repaired, repair, stand_in, unreadable
from autograder.nbgrader.tree import Place
from autograder.reports.escape import printable
from autograder.results import NOTE_LENGTH, Result, Status, few
from autograder.submissions.model import Submission

CHECK_CELL = "check_{}"
"""The id of the cell that is graded for an exercise: one a piece, worth all its points."""
NOTES = "autograder-notes"


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What one student handed in: read, or why it can't be: that it is broken, or a fault of ours,
    which costs nobody else anything."""

    place: Place
    content: Submission | Exception

    @classmethod
    def read(cls, place: Place, course: Course, reader: Reader) -> HandedIn:
        """Reads a folder; never raises anything."""
        try:
            submission = reader.read(place.folder, course.known(place.assignment))
        except Exception as error:
            return cls(place, error)
        return cls(place, replace(submission, student=place.student))

    def graded(self, grader: Grader) -> Result:
        """The result of it; no points where it can't be read."""
        if isinstance(self.content, Submission):
            return grader.grade_submission(self.content)
        if not isinstance(self.content, SubmissionError):
            return self.failed(grader, self.content)
        result = grader.unreadable(self.place.folder, self.content, self.place.assignment)
        return replace(result, student=self.place.student)

    def failed(self, grader: Grader, error: Exception) -> Result:
        """The result of it where something of ours has failed; see `Grader.failed`."""
        result = grader.failed(self.place.folder, error, self.place.assignment)
        return replace(result, student=self.place.student)

    def repaired(self, released: NotebookNode, assignment: Assignment, reader: Reader) -> Repaired:
        """The notebook as nbgrader can take it.

        Where a script is what is graded, or a notebook in an archive, it is the release with that
        code in its cells; where our repair fails, the bare release.
        """
        names = {exercise.name: tuple(exercise.entry_points) for exercise in assignment.exercises}
        try:
            return self._repaired(released, assignment, names, reader)
        except Exception as error:
            note = f"the notebook can't be shown here, which is our fault: {where_and_what(error)}"
            return Repaired(stand_in([], released, names), (note,))

    def _repaired(
        self,
        released: NotebookNode,
        assignment: Assignment,
        names: Mapping[str, tuple[str, ...]],
        reader: Reader,
    ) -> Repaired:
        file = f"{assignment.name}.ipynb"
        if isinstance(self.content, Submission):
            file = self.content.file
            if file.lower().endswith(".py") or not (self.place.folder / file).is_file():
                made = stand_in(self.content.cells, released, names)
                return Repaired(made, (f"graded: {file}",))
        path = self.place.folder / file
        if not path.is_file():
            return Repaired(stand_in([], released, names), ())
        try:
            cells = reader.saved(path, assignment.entry_points)
        except SubmissionError as error:
            return unreadable(error, released)
        return repair(cells, released, names)


def released_notebook(path: Path) -> NotebookNode:
    """The notebook that was given to students. Raises CourseError where there is none."""
    try:
        return nbformat.read(path, as_version=nbformat.NO_CONVERT)  # type: ignore[no-any-return]
    except (OSError, ValueError, nbformat.ValidationError) as error:
        raise CourseError(
            path, f"can't be read ({error})", "run `nbgrader generate_assignment NAME --force`"
        ) from error


def judged(notebook: NotebookNode, result: Result, repairs: Sequence[str] = ()) -> NotebookNode:
    """Fills the check cells of a repaired notebook, and puts the notes above them.

    The cells of `notebook` are changed. nbgrader's SaveAutoGrades reads the points from it. Where
    a submission lies on the teacher's disk is not told.
    """
    by_id = {CHECK_CELL.format(exercise.name): exercise for exercise in result.exercises}
    for cell in notebook.cells:
        grading = cell.metadata.get("nbgrader", {})
        exercise = by_id.get(grading.get("grade_id", ""))
        if cell.cell_type == "code" and exercise is not None:
            cell.outputs = check_cell_outputs(exercise)
    error = result.error.replace(result.submission, result.assignment)
    if notes := few([note for note in (error, *repairs, *result.notes) if note]):
        notebook.cells.insert(0, _notes_cell(notes))
    return notebook


def doubtful(result: Result) -> frozenset[str]:
    """The check cells that a person has to look at: of exercises that could not be judged through
    our fault; all of them where it is not clear which file counts."""
    return frozenset(
        CHECK_CELL.format(exercise.name)
        for exercise in result.exercises
        if result.doubt or any(check.status is Status.INTERNAL for check in exercise.checks)
    )


def _notes_cell(notes: Sequence[str]) -> NotebookNode:
    """Text from a submission, inside HTML: escaped, on one line each, out of MathJax's reach."""
    lines = "".join(f"<li>{html.escape(printable(note, NOTE_LENGTH))}</li>" for note in notes)
    source = f'<div class="tex2jax_ignore mathjax_ignore">Notes<ul>{lines}</ul></div>'
    cell: NotebookNode = new_markdown_cell(source, id=NOTES)
    return cell
