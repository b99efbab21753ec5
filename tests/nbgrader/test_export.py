"""`nbgrader export` with our exporter: a file that a spreadsheet may open."""

import csv
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.nbgrader.export import SafeCsvExporter, as_csv, safe


def read(text: str) -> list[list[str]]:
    return list(csv.reader(text.splitlines(keepends=True)))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_what_a_spreadsheet_would_compute_gets_an_apostrophe(start):
    assert safe(f'{start}HYPERLINK("x")') == f'\'{start}HYPERLINK("x")'


def test_other_values_stay_as_they_are():
    assert safe("ada=b") == "ada=b"
    assert safe(None) == ""
    assert [safe(value) for value in (4.0, -1.0, 2.25, 1 / 3)] == [4, -1, 2.25, 0.333333]


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_no_text_leaves_its_cell_or_is_a_formula(texts):
    rows = as_csv([{"student_id": text} for text in texts])
    found = list(csv.DictReader(rows.splitlines(keepends=True))) if "\x00" not in rows else []
    for row in found:
        assert not row["student_id"].startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
        assert None not in row


@pytest.fixture
def graded(small_class):
    """A class with odd names, marks given by hand, and a student who handed in nothing."""
    small_class.four()
    small_class.hand_in("=2+3", timestamp="2026-11-20 10:00:00 UTC")
    small_class.grade()
    with small_class.gradebook() as gradebook:
        gradebook.add_student('late, "riser"', last_name="@SUM(1)", email="+1@example.org")
        grade = gradebook.find_grade("check_double", "tiny", "tiny", "grace")
        grade.manual_score, grade.extra_credit = 5.5, 1.0
        gradebook.find_submission_notebook("tiny", "tiny", "ada").late_submission_penalty = 3
        gradebook.db.commit()
    return small_class


def test_one_row_a_student_with_a_column_for_each_exercise(graded):
    exporter = "--exporter=autograder.nbgrader.export.SafeCsvExporter"
    command = [sys.executable, "-m", "nbgrader", "export", exporter, "--to", "out.csv"]
    command += ["--db", f"sqlite:///{graded.database}"]
    subprocess.run(command, cwd=graded.root, check=True, capture_output=True)
    head, *rows = read((graded.root / "out.csv").read_text(encoding="utf-8"))
    assert head[:4] == ["assignment", "duedate", "timestamp", "student_id"]
    assert head[7:] == [
        "double",
        "shout",
        "raw_score",
        "late_submission_penalty",
        "score",
        "max_score",
    ]
    by_student = {row[3]: row for row in rows}
    assert len(rows) == len(by_student) == 6
    assert by_student["ada"][7:] == ["9", "2", "11", "3", "8", "11"]
    assert by_student["grace"][7:] == ["6.5", "2", "8.5", "0", "8.5", "11"]
    assert by_student["zoe"][7:] == ["0", "0", "0", "0", "0", "11"]
    assert by_student["'=2+3"][2] == "2026-11-20 10:00:00"
    absent = by_student['late, "riser"']
    assert absent[4:] == ["'@SUM(1)", "", "'+1@example.org", "", "", "0", "0", "0", "11"]


def test_students_and_assignments_can_be_chosen(graded, tmp_path):
    exporter = SafeCsvExporter()
    exporter.to = str(tmp_path / "few.csv")
    exporter.student, exporter.assignment = ["ada", "zoe"], ["tiny"]
    with graded.gradebook() as gradebook:
        exporter.export(gradebook)
        assert [row[3] for row in read((tmp_path / "few.csv").read_text())[1:]] == ["ada", "zoe"]
        exporter.assignment = ["another"]
        exporter.export(gradebook)
    assert len((tmp_path / "few.csv").read_text().splitlines()) == 1
