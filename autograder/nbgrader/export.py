"""`nbgrader export` as CSV that is safe to open, with a column for each exercise.

    nbgrader export --exporter=autograder.nbgrader.export.SafeCsvExporter --to grades.csv

nbgrader's own exporter joins values with commas: a name with a comma moves the columns, and a name
like `=HYPERLINK(...)` is a formula where a spreadsheet opens the file (CWE-1236). Here every text
is quoted, and one that a spreadsheet would compute gets an apostrophe in front.

One row for each student and assignment, those who handed in nothing included. The columns of
nbgrader's exporter have the same names; a column for each graded cell stands before the totals.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nbgrader import api
from nbgrader.plugins import ExportPlugin

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a cell starts with that a spreadsheet may compute."""
ABOUT = ("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email")
TOTALS = ("raw_score", "late_submission_penalty", "score", "max_score")
CHECK = "check_"


class SafeCsvExporter(ExportPlugin):  # type: ignore[misc]
    """Quoted CSV, safe against formulas; options `--to`, `--student` and `--assignment`."""

    def export(self, gradebook: api.Gradebook) -> None:
        """Writes the file (default: grades.csv)."""
        target = Path(self.to or "grades.csv")
        self.log.info("Exporting grades to %s", target)
        rows = [
            row
            for assignment in gradebook.assignments
            if not self.assignment or assignment.name in map(str, self.assignment)
            for row in _rows(gradebook, assignment, [str(name) for name in self.student])
        ]
        text = as_csv(rows)
        with target.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            file.write(text)


def as_csv(rows: Sequence[dict[str, Any]]) -> str:
    """CSV of rows that may have different exercises: numbers bare, all else quoted and safe."""
    fixed = {*ABOUT, *TOTALS}
    exercises = list(dict.fromkeys(key for row in rows for key in row if key not in fixed))
    columns = [*ABOUT, *exercises, *TOTALS]
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writerow([safe(column) for column in columns])
    for row in rows:
        writer.writerow([safe(row.get(column)) for column in columns])
    return out.getvalue()


def safe(value: object) -> float | int | str:
    """A value as a spreadsheet may have it: text that it would compute gets an apostrophe."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else round(value, 6)
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def _rows(gradebook: Any, assignment: Any, students: Sequence[str]) -> list[dict[str, Any]]:
    """The rows of one assignment, in the gradebook's order of students."""
    columns = _columns(gradebook, assignment)
    scores = _scores(gradebook, assignment)
    submissions = {one.student_id: one for one in assignment.submissions}
    rows = []
    for student in gradebook.students:
        if students and student.id not in students:
            continue
        timestamp, raw, penalty = None, 0.0, 0.0
        if submission := submissions.get(student.id):
            timestamp, raw = submission.timestamp, float(submission.score)
            penalty = float(submission.late_submission_penalty or 0)
        names = student.id, student.last_name, student.first_name, student.email
        about = assignment.name, assignment.duedate, timestamp, *names
        totals = raw, penalty, max(0.0, raw - penalty), float(assignment.max_score)
        rows.append(
            dict(zip(ABOUT, about, strict=True))
            | {name: scores.get((student.id, cell)) for cell, name in columns.items()}
            | dict(zip(TOTALS, totals, strict=True))
        )
    return rows


def _columns(gradebook: Any, assignment: Any) -> dict[str, str]:
    """For the id of each graded cell of an assignment, the name of its column."""
    found = (
        gradebook.db.query(api.BaseCell.id, api.BaseCell.name, api.Notebook.name)
        .join(api.BaseCell.notebook)
        .filter(api.Notebook.assignment_id == assignment.id)
        .filter(api.BaseCell.type.in_(("GradeCell", "TaskCell")))
        .all()
    )
    names = [name for _, name, _ in found]
    columns = {}
    for cell, name, notebook in found:
        exercise = name.removeprefix(CHECK) or name
        taken = names.count(name) > 1 or exercise in (*ABOUT, *TOTALS)
        columns[cell] = f"{notebook}/{exercise}" if taken else exercise
    return columns


def _scores(gradebook: Any, assignment: Any) -> dict[tuple[str, str], float]:
    """The score of each graded cell: what a person gave, or else the automatic one."""
    found = (
        gradebook.db.query(api.SubmittedAssignment.student_id, api.Grade.cell_id, api.Grade.score)
        .join(api.Grade.notebook)
        .join(api.SubmittedNotebook.assignment)
        .filter(api.SubmittedAssignment.assignment_id == assignment.id)
    )
    return {(student, cell): float(score) for student, cell, score in found}
