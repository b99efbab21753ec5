"""`autograder start` and `autograder list`: a working copy, and nothing of the student's lost."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from autograder.cli.main import main
from autograder.errors import UsageError
from autograder.results import ExerciseResult, Result, Status, Verdict
from autograder.student.progress import Progress
from autograder.student.start import handouts, start, works

from .handout import lay_out, script

ROOT = Path(__file__).parents[2]
LAB = {"README.md", "checks", "logistic_regression.ipynb", "logistic_regression.py"}


@pytest.fixture
def course(tmp_path):
    """A course with one assignment to hand out, tiny."""
    lay_out(tmp_path / "course" / "assignments" / "tiny")
    return tmp_path / "course"


def names(folder):
    return {path.name for path in folder.iterdir()}


def test_a_working_copy_has_script_notebook_checks_and_readme(tmp_path):
    started = start("logistic_regression", tmp_path / "lab", ROOT)
    assert names(started.folder) == LAB
    assert started.kept == ()
    assert not list(started.folder.rglob("solution.py"))


def test_it_lands_in_a_folder_of_its_name_by_default(course, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert start("tiny", None, course).folder == Path("tiny")
    assert (tmp_path / "tiny" / "tiny.py").is_file()


def test_inside_a_working_copy_it_completes_that_one(course, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    start("tiny", None, course)
    monkeypatch.chdir(tmp_path / "tiny")
    Path("tiny.py").unlink()
    started = start("tiny", None, course)
    assert started.made == ("tiny.py",)
    assert not Path("tiny").exists()


def test_work_is_never_written_over_and_what_was_kept_is_said(course, tmp_path):
    lab = tmp_path / "lab"
    lab.mkdir()
    (lab / "tiny.py").write_text("my work\n")
    started = start("tiny", lab, course)
    assert (lab / "tiny.py").read_text() == "my work\n"
    assert started.kept == ("tiny.py",)
    assert started.made == ("checks/",)


def test_checks_are_renewed_and_exercises_that_are_no_more_go(course, tmp_path):
    lab = start("tiny", tmp_path / "lab", course).folder
    old = lab / "checks" / "09_gone"
    old.mkdir()
    (old / "exercise.toml").write_text("")
    (lab / "checks" / "01_double" / "checks.py").write_text("broken")
    started = start("tiny", lab, course)
    assert not old.exists()
    assert "right_for_double" in (lab / "checks" / "01_double" / "checks.py").read_text()
    assert "checks/" not in (*started.made, *started.kept)


def test_what_python_and_we_leave_behind_is_not_copied(course, tmp_path):
    source = course / "assignments" / "tiny"
    Progress.open(source).save()
    (source / "checks" / "01_double" / "__pycache__").mkdir()
    lab = start("tiny", tmp_path / "lab", course).folder
    assert not list(lab.rglob(".autograder"))
    assert not list(lab.rglob("__pycache__"))


def test_a_link_in_the_place_of_the_work_is_not_followed(course, tmp_path):
    lab = tmp_path / "lab"
    lab.mkdir()
    (lab / "tiny.py").symlink_to(tmp_path / "elsewhere.py")
    start("tiny", lab, course)
    assert not (tmp_path / "elsewhere.py").exists()


@pytest.mark.parametrize(
    ("name", "target", "says"),
    [
        ("tinny", "lab", "no assignment is called 'tinny'; there is tiny"),
        ("tiny", "file", "is a file"),
        ("tiny", "file/lab", "can't be written"),
        ("tiny", "course/assignments/tiny", "the course's own copy"),
        ("tiny", "other", "holds another assignment"),
    ],
)
def test_what_can_not_be_is_said_in_a_line(course, tmp_path, name, target, says):
    (tmp_path / "file").write_text("")
    lay_out(tmp_path / "other")
    (tmp_path / "other" / "checks" / "assignment.toml").write_text('name = "large"\n')
    with pytest.raises(UsageError, match=says) as caught:
        start(name, tmp_path / target, course)
    assert "\n" not in str(caught.value)


def test_the_nearest_course_comes_first_and_then_the_package(course, tmp_path):
    inside = course / "deep" / "inside"
    inside.mkdir(parents=True)
    assert list(handouts(inside)) == ["tiny"]
    assert "logistic_regression" in handouts(tmp_path)


# -- what is printed ------------------------------------------------------------------------


def test_start_says_what_to_do_next(course, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(course)
    assert main(["start", "tiny", "../my lab"]) == 0
    printed = capsys.readouterr().out
    assert "cd '../my lab'" in printed
    assert "autograder watch" in printed
    assert "open tiny.py" in printed
    assert main(["start", "tiny", "../my lab"]) == 0
    assert "kept as they were: tiny.py" in capsys.readouterr().out


def test_list_shows_points_minutes_and_how_to_begin(course, monkeypatch, capsys):
    monkeypatch.chdir(course)
    assert main(["list"]) == 0
    printed = capsys.readouterr().out
    assert "1 double" in printed
    assert "5 min" in printed
    assert "autograder start tiny" in printed


def test_list_shows_how_far_the_folder_is(course, tmp_path, monkeypatch, capsys):
    lab = start("tiny", tmp_path / "lab", course).folder
    progress = Progress.open(lab)
    verdict = Verdict("right", "", Status.PASSED, Decimal(3), Decimal(3), True)
    exercise = ExerciseResult("double", "To double", (verdict,))
    progress.record(Result("", "", "tiny", (exercise,)))
    progress.save()
    monkeypatch.chdir(lab)
    assert main(["list"]) == 0
    printed = capsys.readouterr().out
    assert "3 / 9 points" in printed
    assert "1 of 3 solved" in printed
    assert works(lab)[0][1] == lab


def test_an_unknown_assignment_is_a_line_and_exit_code_2(course, monkeypatch, capsys):
    monkeypatch.chdir(course)
    assert main(["start", "nothing"]) == 2
    printed = capsys.readouterr()
    assert "there is tiny" in printed.err
    assert script() == (course / "assignments" / "tiny" / "tiny.py").read_text()
