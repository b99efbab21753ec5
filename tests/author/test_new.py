"""`autograder new`: what it lays out is sound as it stands."""

from __future__ import annotations

import pytest

from autograder.author.new import lay_out_exercise
from autograder.author.prove import prove_assignment
from autograder.author.release import release_assignment
from autograder.author.validate import validate
from autograder.cli.main import main
from autograder.course.course import Course
from autograder.errors import UsageError


def ignore(what: str) -> None:
    """Nobody waits for what is being run."""


def test_release_and_prove_are_green_on_a_new_exercise_and_on_the_next(tmp_path):
    lay_out_exercise("softmax_regression", None, tmp_path)
    lay_out_exercise("softmax_regression", "cross_entropy", tmp_path)
    assert release_assignment(Course.open(tmp_path), "softmax_regression", ignore).files
    proven = list(
        prove_assignment(Course.open(tmp_path), "softmax_regression", frozenset(), ignore)
    )
    assert [what for what, _, _ in proven] == [
        "softmax_regression/squares",
        "softmax_regression/cross_entropy",
        "softmax_regression",
    ]
    assert [found for _, _, found in proven] == [[], [], []]


def test_the_next_exercise_gets_the_next_number_and_its_own_name(tmp_path):
    lay_out_exercise("softmax_regression", "softmax", tmp_path)
    folder = lay_out_exercise("softmax_regression", "cross_entropy", tmp_path)
    assert folder == tmp_path / "solutions" / "softmax_regression" / "02_cross_entropy"
    assert "def cross_entropy(x):" in (folder / "solution.py").read_text()
    assert not any("EXERCISE" in path.read_text() for path in folder.iterdir())
    assert validate(folder.parent) == []


def test_it_finds_the_course_from_inside(tmp_path):
    first = lay_out_exercise("softmax_regression", "softmax", tmp_path)
    second = lay_out_exercise("other", "sums", first)
    assert second.parents[1] == first.parents[1]


@pytest.mark.parametrize(
    ("assignment", "exercise", "told"),
    [
        ("there", None, "there is there already; name the exercise to add to it"),
        ("there", "squares", "there has an exercise squares already"),
        ("Not This", None, "'Not This' can't be a name"),
        ("there", "2nd", "'2nd' can't be a name"),
        ("there", "../../x", "can't be a name"),
    ],
)
def test_what_can_not_be_made_is_told_and_nothing_is_made(tmp_path, assignment, exercise, told):
    lay_out_exercise("there", None, tmp_path)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(UsageError, match=told):
        lay_out_exercise(assignment, exercise, tmp_path)
    assert sorted(tmp_path.rglob("*")) == before


def test_the_command_names_each_file_and_the_way_on(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["new", "softmax_regression"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("made solutions/softmax_regression/01_squares/ with:\n  checks.py\n")
    assert "autograder prove" in said
    assert main(["new", "softmax_regression"]) == 2
