"""The one writer of automatic scores into nbgrader's gradebook.

    release notebook ──add_assignment──> assignment, notebook, cells          (one transaction)
    GradedSubmissions ──save──> student, submissions, scores, penalties       (one transaction)

It does what SaveCells, SaveAutoGrades and AssignLatePenalties of nbgrader do, with nbgrader's own
tables, reading of scores and penalty plugin; but a student's rows are written together or not at
all, on one connection for the whole run, where nbgrader opens some ten and commits each row.

What belongs to a person is never written: manual scores, extra credit, manual comments, flags and
extensions. A cell that was scored by hand is marked for another look where its automatic score
changed, and only then (nbgrader marks it each time). Where nothing changed, nothing is written.
"""

from __future__ import annotations

import contextlib
import datetime
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from nbformat import NotebookNode
from nbgrader import api, utils
from nbgrader.plugins import BasePlugin
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from autograder.errors import GradebookError, GradebookUnavailable
from autograder.nbgrader.configured import Configured
from autograder.nbgrader.private import schema_version

AGAIN = "then run the same command again: it goes on where it stopped"
REMEDIES = (
    ("locked", f"another program is writing to it: wait or close it, {AGAIN}"),
    ("unable to open", "check that its folder is there and can be written"),
    ("readonly", "make the file and its folder writable"),
    ("not a database", "check the path"),
    ("no such column", "it is from an older nbgrader: run `nbgrader db upgrade`"),
    ("no such table", "it is from an older nbgrader: run `nbgrader db upgrade`"),
)


@dataclass(frozen=True, slots=True)
class GradedSubmission:
    """What one student gets: `graded` is the notebook with its check cells filled.

    `timestamp` is in UTC; None keeps the one that the gradebook has. `doubtful` are grade_ids of
    the cells that a person is asked to look at.
    """

    student: str
    assignment: str
    graded: NotebookNode
    timestamp: datetime.datetime | None = None
    doubtful: frozenset[str] = frozenset()


class GradebookWriter:
    """Opens the gradebook, and makes it where there is none. Use as a context manager.

    Every method raises GradebookError where the database can't be read or written; nothing of a
    student is then written.
    """

    def __init__(self, url: str, configured: Configured):
        self.url = url
        self.configured = configured
        self._gradebook: Any = None

    def __enter__(self) -> Self:
        with _explained(self.url):
            make_tables(self.url)
            self._gradebook = api.Gradebook(self.url, self.configured.course_id)
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(SQLAlchemyError):
            self._gradebook.close()

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[Session]:
        """All that is done inside, or nothing."""
        session: Session = self._gradebook.db
        with _explained(self.url):
            try:
                yield session
                session.commit()
            except BaseException:
                with contextlib.suppress(SQLAlchemyError):
                    session.rollback()
                raise
            finally:
                session.expunge_all()

    # -- the assignment ---------------------------------------------------------------------

    def add_assignment(self, name: str, release: NotebookNode) -> None:
        """Makes an assignment, its notebook and its cells, where they are missing; as SaveCells.

        Raises GradebookError where the gradebook has the notebook with other check cells.
        """
        with self._transaction() as session:
            course = {"course_id": self.configured.course_id}
            assignment, _ = _row(session, api.Assignment, course, name=name)
            kernel = {"kernelspec": json.dumps(release.metadata.get("kernelspec", {}))}
            key = {"name": name, "assignment_id": assignment.id}
            notebook, is_new = _row(session, api.Notebook, kernel, **key)
            if is_new:
                session.add_all(row for cell in release.cells for row in _cell_rows(notebook, cell))
            else:
                _require_same_cells(session, notebook, release)

    # -- a student --------------------------------------------------------------------------

    def save(self, entries: Sequence[GradedSubmission]) -> list[bool]:
        """Writes what one student gets, for one or more assignments: all of it or nothing.

        For each entry, whether it changed anything.
        """
        with self._transaction() as session:
            return [self._save(session, entry) for entry in entries]

    def _save(self, session: Session, entry: GradedSubmission) -> bool:
        assignment = session.query(api.Assignment).filter_by(name=entry.assignment).one()
        _row(session, api.Student, id=entry.student)
        key = {"assignment_id": assignment.id, "student_id": entry.student}
        submission, changed = _row(session, api.SubmittedAssignment, **key)
        if entry.timestamp is not None:
            changed |= _put(submission, timestamp=entry.timestamp)
        notebook = _submitted_notebook(session, submission, entry.assignment)
        changed |= _save_scores(session, notebook, entry)
        session.flush()
        return self._save_penalty(session, submission, notebook) or changed

    def _save_penalty(
        self, session: Session, submission: api.SubmittedAssignment, notebook: api.SubmittedNotebook
    ) -> bool:
        """What handing in late costs, asked of nbgrader's plugin, as AssignLatePenalties does."""
        late = self.configured.late
        if late is None:
            return False
        penalty = None
        due = submission.assignment.duedate
        if due is not None and submission.total_seconds_late > 0:
            session.refresh(notebook, ["score"])
            penalty = _penalty(late, submission, notebook)
        return _put(notebook, late_submission_penalty=penalty)


def points_of_check_cells(release: NotebookNode) -> dict[str, float]:
    """What each graded cell of a notebook is worth, by its grade_id."""
    return {
        cell.metadata.nbgrader["grade_id"]: float(cell.metadata.nbgrader["points"])
        for cell in release.cells
        if utils.is_grade(cell)
    }


def make_tables(url: str) -> None:
    """Makes nbgrader's tables in a database that has none, with the version of their schema.

    nbgrader would do it, but runs the program `alembic` for the version: that takes a second, and
    fails where an environment's programs are not on the PATH.
    """
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            if inspect(connection).get_table_names():
                return
            api.Base.metadata.create_all(connection)
            connection.execute(
                text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
            )
            connection.execute(
                text("INSERT INTO alembic_version VALUES (:version)"), {"version": schema_version()}
            )
    finally:
        engine.dispose()


# -- rows of an assignment ------------------------------------------------------------------


def _cell_rows(notebook: api.Notebook, cell: NotebookNode) -> Iterator[api.Base]:
    """One row for each thing that a cell is: graded, a solution, locked."""
    grading = cell.metadata.get("nbgrader", {})
    key = {"notebook": notebook, "name": grading.get("grade_id")}
    for is_one, kind in ((utils.is_grade, api.GradeCell), (utils.is_task, api.TaskCell)):
        if is_one(cell):
            points = float(grading["points"])
            yield kind(**key, max_score=points, cell_type=cell.cell_type)
    if utils.is_solution(cell):
        yield api.SolutionCell(**key)
    if utils.is_solution(cell) or utils.is_locked(cell):
        about = {"source": cell.source, "checksum": grading.get("checksum")}
        locked = utils.is_locked(cell)
        yield api.SourceCell(**key, cell_type=cell.cell_type, locked=locked, **about)


def _require_same_cells(session: Session, notebook: api.Notebook, release: NotebookNode) -> None:
    """The check cells of the gradebook must be worth what they are worth in the release."""
    points = points_of_check_cells(release)
    rows = session.query(api.GradeCell).filter_by(notebook_id=notebook.id)
    known = {row.name: row.max_score for row in rows}
    wrong = sorted(name for name, worth in points.items() if known.get(name) != worth)
    if wrong:
        raise GradebookError(
            f"the gradebook has {notebook.name} with other check cells than its release "
            f"({', '.join(wrong)}): run `nbgrader generate_assignment {notebook.name} --force`"
        )


# -- rows of a student ----------------------------------------------------------------------


def _submitted_notebook(
    session: Session, submission: api.SubmittedAssignment, name: str
) -> api.SubmittedNotebook:
    """The row of our notebook in a submission; all rows that nbgrader would make are made."""
    ours = None
    for notebook in session.query(api.Notebook).filter_by(assignment_id=submission.assignment_id):
        key = {"notebook_id": notebook.id, "assignment_id": submission.id}
        row, _ = _row(session, api.SubmittedNotebook, **key)
        _add_missing_rows(session, row)
        if notebook.name == name:
            ours = row
    return ours


def _add_missing_rows(session: Session, submitted: api.SubmittedNotebook) -> None:
    columns = session.query(api.BaseCell.id, api.BaseCell.type)
    cells = columns.filter_by(notebook_id=submitted.notebook_id).all()
    here = {"notebook_id": submitted.id}
    for kind, types in (
        (api.Grade, ("GradeCell", "TaskCell")),
        (api.Comment, ("SolutionCell", "TaskCell")),
    ):
        there = {row.cell_id for row in session.query(kind.cell_id).filter_by(**here)}
        missing = (cell.id for cell in cells if cell.type in types and cell.id not in there)
        session.add_all(kind(cell_id=cell_id, **here) for cell_id in missing)


def _save_scores(
    session: Session, submitted: api.SubmittedNotebook, entry: GradedSubmission
) -> bool:
    """Automatic scores and comments of the cells, as SaveAutoGrades reads them; whether new."""
    session.flush()
    grades = _by_cell(session, api.Grade, submitted)
    comments = _by_cell(session, api.Comment, submitted)
    changed = False
    for cell in entry.graded.cells:
        grading = cell.metadata.get("nbgrader", {})
        name = grading.get("grade_id")
        if utils.is_grade(cell) and name in grades:
            score, _ = utils.determine_grade(cell)
            changed |= _save_score(grades[name], score, name in entry.doubtful)
        if utils.is_solution(cell) and name in comments:
            same = grading.get("checksum") == utils.compute_checksum(cell)
            changed |= _put(comments[name], auto_comment="No response." if same else None)
    return changed


def _by_cell(
    session: Session, kind: type[api.Base], submitted: api.SubmittedNotebook
) -> dict[str, Any]:
    rows = session.query(kind, api.BaseCell.name).join(kind.cell)
    return {name: row for row, name in rows.filter(kind.notebook_id == submitted.id)}


def _save_score(grade: api.Grade, score: float | None, doubtful: bool) -> bool:
    if grade.manual_score is None:
        return _put(grade, auto_score=score, needs_manual_grade=doubtful or score is None)
    return grade.auto_score != score and _put(grade, auto_score=score, needs_manual_grade=True)


def _penalty(
    late: BasePlugin, submission: api.SubmittedAssignment, notebook: api.SubmittedNotebook
) -> float | None:
    """What the plugin says, kept between 0 and the score. It is a teacher's code."""
    try:
        penalty = late.late_submission_penalty(
            submission.student_id, notebook.score, submission.total_seconds_late
        )
        return None if penalty is None else float(min(max(penalty, 0), notebook.score))
    except Exception as error:
        plugin = type(late).__name__
        raise GradebookError(
            f"{plugin}, which says what handing in late costs, failed "
            f"({type(error).__name__}: {error}): fix it, {AGAIN}"
        ) from error


def _row(
    session: Session, kind: type[api.Base], new: Mapping[str, object] | None = None, **key: object
) -> tuple[Any, bool]:
    """The row with this key, and whether it had to be made, with the values in `new`."""
    row = session.query(kind).filter_by(**key).one_or_none()
    if row is not None:
        return row, False
    row = kind(**key, **(new or {}))
    session.add(row)
    session.flush()
    return row, True


def _put(row: api.Base, **values: object) -> bool:
    """Sets what differs; whether anything did."""
    different = {key: value for key, value in values.items() if getattr(row, key) != value}
    for key, value in different.items():
        setattr(row, key, value)
    return bool(different)


# -- what can go wrong ----------------------------------------------------------------------


@contextlib.contextmanager
def _explained(url: str) -> Iterator[None]:
    """GradebookError instead of what the database says, without the password of the URL."""
    try:
        yield
    except ArgumentError:
        example = f"sqlite:///{url}" if "://" not in url else "sqlite:///gradebook.db"
        raise GradebookError(
            f"--gradebook {_shown(url)}: it is not the URL of a database: write {example}"
        ) from None
    except ModuleNotFoundError as error:
        problem = f"Python's package {error.name} for this kind of database is missing"
        raise GradebookError(f"{_shown(url)}: {problem}: install it") from None
    except (SQLAlchemyError, OSError, ValueError) as error:
        problem = str(getattr(error, "orig", None) or error).strip() or type(error).__name__
        problem = problem.splitlines()[0]
        remedy = next((way for word, way in REMEDIES if word in problem), f"fix that, {AGAIN}")
        unavailable = isinstance(error, OperationalError | InterfaceError)
        kind = GradebookUnavailable if unavailable else GradebookError
        raise kind(f"{_shown(url)}: {problem}: {remedy}") from error


def _shown(url: str) -> str:
    try:
        return make_url(url).render_as_string(hide_password=True)
    except (ArgumentError, ValueError):
        return url.rpartition("@")[2]
