"""Points that are no binary fractions: the same digits wherever they are shown or kept."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import sys
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbgrader.api import Gradebook
from nbgrader.utils import determine_grade
from rich.console import Console

from autograder.author.release import expected_release, lay_out
from autograder.authoring import check
from autograder.course.course import Course
from autograder.grading.grader import Grader, Settings
from autograder.grading.warm import WarmGrader
from autograder.nbgrader.class_grading import Written, grade_class
from autograder.nbgrader.export import SafeCsvExporter
from autograder.reports.text import print_result
from autograder.results import Report, Result, as_json, as_number, exact, shown_points
from autograder.student import check_cell as check_cells
from autograder.student.progress import Progress

NAME = "thirds"
DOUBLE = '''
from autograder.authoring import check, expect

@check(points=0.1)
def doubles_a_number(student):
    """double(3) is 6"""
    expect(student.double(3)).equals(6)

@check(points=0.7)
def doubles_one(student):
    """double(1) is 2"""
    expect(student.double(1)).equals(2)
'''
SHOUT = '''
from autograder.authoring import check, expect

@check(points=0.333)
def is_loud(student):
    """shout('a') is 'A'"""
    expect(student.shout("a")).equals("A")

@check(points=0.333)
def is_loud_twice(student):
    """shout('b') is 'B'"""
    expect(student.shout("b")).equals("B")
'''
HIDDEN = '''
from autograder.authoring import check, expect

@check(points=0.333)
def is_loud_in_the_dark(student):
    """shout('c') is 'C'"""
    expect(student.shout("c")).equals("C")
'''
REACH = '''
from autograder.authoring import check, credit, plain

@check(points=0.45)
def goes_far(student):
    """reach() is near 1"""
    return credit(plain(student.reach()), "So far.")

@check(points=2)
def goes_far_again(student):
    """reach() is near 1 again"""
    return credit(plain(student.reach()), "So far.")

@check(points=0.777)
def goes_as_far(student):
    """reach() is near 1 once more"""
    return credit(plain(student.reach()), "So far.")
'''
EXERCISES = {
    "double(x)": (DOUBLE, "return 2 * x"),
    "shout(text)": (SHOUT, "return text.upper()"),
    "reach()": (REACH, "return 1.0"),
}
RIGHT = {
    "double": "def double(x):\n    return 2 * x\n",
    "shout": "def shout(text):\n    return text.upper()\n",
    "reach": "def reach():\n    return 1.0\n",
}
PARTLY = {
    "double": "def double(x):\n    return 2\n",
    "shout": "def shout(text):\n    return text.upper() if text < 'c' else ''\n",
    "reach": "def reach():\n    return 1 / 3\n",
}
EARNED = {
    "ada": {"double": "0.8", "shout": "0.999", "reach": "3.227", "all": "5.026"},
    "ben": {"double": "0.7", "shout": "0.666", "reach": "1.079", "all": "2.445"},
}
"""Of reach, ben has a third: 0.15 of 0.45, 0.67 of 2 and 0.259 of 0.777."""
FULL = EARNED["ada"]


def write_course(root: Path) -> None:
    folder = root / "solutions" / NAME
    folder.mkdir(parents=True)
    (folder / "assignment.toml").write_text('title = "Thirds"\n')
    for number, (signature, (checks, solution)) in enumerate(EXERCISES.items(), start=1):
        name = signature.partition("(")[0]
        place = folder / f"{number:02}_{name}"
        place.mkdir()
        (place / "exercise.toml").write_text(f'entry_points = ["{signature}"]\n')
        (place / "statement.md").write_text("Write it.\n")
        (place / "checks.py").write_text(checks)
        if name == "shout":
            (place / "hidden.py").write_text(HIDDEN)
        (place / "solution.py").write_text(
            f"def {signature}:\n    ### BEGIN SOLUTION\n    {solution}\n    ### END SOLUTION\n"
        )


def fill(release: Path, target: Path, answers: dict[str, str]) -> None:
    notebook = json.loads(release.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        cell["source"] = answers.get(cell["id"], cell["source"])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(notebook), encoding="utf-8")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A course that is released, and was handed in by ada (all right) and ben (partly)."""
    root = tmp_path_factory.mktemp("thirds")
    write_course(root)
    assignment = Course.open(root).assignment(NAME)
    known = {exercise.name: () for exercise in assignment.exercises}
    lay_out(root / "assignments" / NAME, expected_release(assignment, known))
    release = root / "assignments" / NAME / f"{NAME}.ipynb"
    fill(release, root / "submitted" / "ada" / NAME / release.name, RIGHT)
    fill(release, root / "submitted" / "ben" / NAME / release.name, PARTLY)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR"):
            patch.setenv(name, str(root / "home"))
        programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        patch.setenv("PATH", programs)  # for nbgrader, which calls alembic by name
        yield root


@pytest.fixture(scope="module")
def graded(root: Path) -> dict[str, Written]:
    """Both as `grade --gradebook` grades them, twice: the second time from what is kept."""
    first: list[Written] = []
    again: list[Written] = []
    with Grader(Course.open(root), Settings(device="cpu")) as grader:
        for told in (first, again):
            done = grade_class([root / "submitted"], grader, f"sqlite:///{root}/g.db", told.append)
            assert done.problem == ""
    assert [one.state for one in first] == ["written"] * 2
    assert [one.state for one in again] == ["unchanged"] * 2
    assert [one.result.exercises for one in again] == [one.result.exercises for one in first]
    return {one.result.student: one for one in again}


@pytest.fixture(params=["ada", "ben"])
def student(request: pytest.FixtureRequest) -> str:
    return request.param


def result_of(graded: dict[str, Written], student: str) -> Result:
    return graded[student].result


# -- the same numbers everywhere --------------------------------------------------------------


def test_scores_are_exact_and_full_work_has_full_marks(graded, student):
    result = result_of(graded, student)
    found = {one.name: one.score for one in result.exercises} | {"all": result.score}
    assert found == {name: Decimal(points) for name, points in EARNED[student].items()}
    assert (result.score == result.max_score) == (student == "ada")


def test_the_terminal_shows_them(graded, student):
    stream = io.StringIO()
    print_result(result_of(graded, student), Console(file=stream, width=100))
    printed = stream.getvalue()
    for name, points in EARNED[student].items():
        assert f" {points} / {FULL[name]}" in printed
    if student == "ben":
        for part in ("0 / 0.1", "0.7 / 0.7", "0.15 / 0.45", "0.67 / 2 ", "0.259 / 0.777"):
            assert part in printed


def test_json_has_these_digits(graded, student):
    text = json.dumps(as_json(Report((result_of(graded, student),))))
    for name, points in EARNED[student].items():
        assert f'"score": {points}, "max_score": {FULL[name]}' in text


def test_the_gradebook_has_them(root, graded, student):
    with Gradebook(f"sqlite:///{root}/g.db") as gradebook:
        notebook = gradebook.find_submission_notebook(NAME, NAME, student)
        found = {grade.name: (grade.auto_score, grade.max_score) for grade in notebook.grades}
        assert notebook.score == pytest.approx(float(EARNED[student]["all"]), abs=1e-12)
    assert found == {
        f"check_{name}": (float(points), float(FULL[name]))
        for name, points in EARNED[student].items()
        if name != "all"
    }


def test_nbgrader_reads_them_from_the_notebook(root, graded, student):
    path = root / "autograded" / student / NAME / f"{NAME}.ipynb"
    for cell in nbformat.read(path, as_version=4).cells:
        name = cell.id.removeprefix("check_")
        if name != cell.id:
            shown, score = cell.outputs
            points = EARNED[student][name], FULL[name]
            assert f"{' / '.join(points)} points" in shown.data["text/plain"]
            assert f"{' / '.join(points)} points" in shown.data["text/html"]
            assert score.data == {"text/plain": points[0]}
            assert determine_grade(cell) == tuple(map(float, points))


def test_the_export_has_them(root, graded, student, tmp_path):
    exporter = SafeCsvExporter()
    exporter.to = str(tmp_path / "grades.csv")
    with Gradebook(f"sqlite:///{root}/g.db") as gradebook:
        exporter.export(gradebook)
    with open(exporter.to, encoding="utf-8", newline="") as file:
        (row,) = (row for row in csv.DictReader(file) if row["student_id"] == student)
    earned = EARNED[student]
    assert {name: row[name] for name in ("double", "shout", "reach")} == {
        name: points for name, points in earned.items() if name != "all"
    }
    assert (row["raw_score"], row["score"], row["max_score"]) == (
        earned["all"],
        earned["all"],
        FULL["all"],
    )


def test_a_check_cell_gives_those_of_the_visible_checks(root, student, monkeypatch, capsys):
    work = root / "work" / student
    shutil.copytree(root / "assignments" / NAME, work)
    fill(work / f"{NAME}.ipynb", work / f"{NAME}.ipynb", {"ada": RIGHT, "ben": PARTLY}[student])
    monkeypatch.chdir(work)
    monkeypatch.setattr(check_cells, "_WARM", WarmGrader())
    try:
        found = {name: str(check_cells.check_cell(name)) for name in RIGHT}
        monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
        assert check_cells.check_cell("shout") == 0.999, "what `nbgrader validate` takes for a pass"
    finally:
        check_cells._WARM.close()
    assert found == {**{name: EARNED[student][name] for name in RIGHT}, "shout": "0.666"}
    said = capsys.readouterr().out
    assert f"{EARNED[student]['reach']} / {FULL['reach']}" in said
    assert "0.666 / 0.666" in said
    assert "Hidden ones, for 0.333 more points" in said


def test_the_release_tells_them(root):
    folder = root / "assignments" / NAME
    about = tomllib.loads((folder / "checks" / "02_shout" / "exercise.toml").read_text())
    assert about["hidden_points"] == 0.333
    handed_out = Course.handed_out(folder).assignment(NAME).exercises
    assert [exercise.hidden_points for exercise in handed_out] == [0, Decimal("0.333"), 0]
    script = (folder / f"{NAME}.py").read_text()
    assert "0.999 points: 0.666 for checks that you can run, 0.333 for hidden ones" in script
    assert "| together | 0 | 4.693 | 0.333 |" in (folder / "README.md").read_text()


def test_a_working_folder_remembers_them(graded, student, tmp_path):
    progress = Progress.open(tmp_path)
    progress.record(result_of(graded, student))
    progress.save()
    assert Progress.open(tmp_path).exercises == progress.exercises
    assert progress.exercises["shout"].score == Decimal(EARNED[student]["shout"])


# -- reading and showing ----------------------------------------------------------------------


@pytest.mark.parametrize("points", [True, "2", None])
def test_points_that_are_no_number_are_refused(points):
    with pytest.raises(TypeError, match=r"^points=.*: give a number above 0, such as 2 or 0\.5$"):
        check(points=points)


@pytest.mark.parametrize("points", [0, -1, 0.0, float("nan"), float("inf"), 1 / 3, 1e7, 1e-7])
def test_numbers_that_are_no_points_are_refused(points):
    with pytest.raises(ValueError, match=r"^points=.*: give a number above 0, such as 2 or 0\.5"):
        check(points=points)


@pytest.mark.parametrize(
    ("points", "text"),
    [(1.8, "1.8"), (9.0, "9"), (10, "10"), (0, "0"), (1e-6, "0.000001"), (Decimal("2.50"), "2.5")],
)
def test_points_are_shown_as_they_were_written(points, text):
    assert shown_points(exact(points)) == text


@given(st.decimals(min_value=0, max_value=1_000_000, places=6))
def test_no_digit_is_lost_on_the_way_through_a_file(points):
    assert exact(json.loads(json.dumps(as_number(points)))) == points
    assert Decimal(shown_points(points)) == points
