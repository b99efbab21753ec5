"""What a working folder remembers: verdicts, revealed hints, what was said once."""

from __future__ import annotations

import json
import math
import os

import pytest

from autograder.results import ExerciseResult, Result, Status, Verdict, exact
from autograder.student.progress import Progress


def result(score, *, name="double", error=""):
    status = Status.PASSED if score >= 2 else Status.FAILED
    verdict = Verdict("doubles", "it doubles", status, exact(score), exact(2), True)
    exercise = ExerciseResult(name, "Doubling", (verdict,))
    return Result("ada.py", "ada", "tiny", (exercise,), error=error)


def test_a_new_folder_knows_nothing_and_writes_nothing(tmp_path):
    progress = Progress.open(tmp_path)
    assert progress.exercises == {}
    assert not progress.problem
    assert list(tmp_path.iterdir()) == []


def test_what_was_recorded_is_there_again(tmp_path):
    progress = Progress.open(tmp_path)
    progress.record(result(1.0))
    progress.reveal("double", "doubles")
    progress.first_time("isolation")
    progress.save()
    again = Progress.open(tmp_path)
    assert again.exercises == progress.exercises
    assert again.exercises["double"].checks == {"doubles": "failed"}
    assert again.revealed == {"double": {"doubles": 1}}
    assert again.told == {"isolation"}


def test_solved_keeps_the_first_time_even_when_it_breaks_later(tmp_path):
    progress = Progress.open(tmp_path)
    progress.record(result(1.0))
    assert progress.exercises["double"].solved == ""
    progress.record(result(2.0))
    since = progress.exercises["double"].solved
    assert since
    assert progress.exercises["double"].is_solved
    progress.record(result(1.0))
    assert progress.exercises["double"].solved == since
    assert not progress.exercises["double"].is_solved


def test_an_unreadable_submission_changes_nothing(tmp_path):
    progress = Progress.open(tmp_path)
    progress.record(result(2.0))
    progress.record(result(0.0, error="it could not be read"))
    assert progress.exercises["double"].is_solved


def test_hints_rise_to_the_last_and_no_further(tmp_path):
    progress = Progress.open(tmp_path)
    assert [progress.reveal("double", "doubles", most=2) for _ in range(3)] == [1, 2, 2]
    assert progress.steps("double", "doubles") == 2
    assert progress.steps("double", "other") == 0


def test_what_is_said_once_is_said_once(tmp_path):
    progress = Progress.open(tmp_path)
    assert progress.first_time("isolation")
    assert not progress.first_time("isolation")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "\xff",
        '{"version": 1}',
        '{"version": 99, "exercises": {}, "revealed": {}, "said": []}',
        '{"version": 1, "exercises": {"double": 3}, "revealed": {}, "said": []}',
        "[" * 100_000,
        json.dumps(
            {
                "version": 1,
                "exercises": {"a": {"score": math.nan, "max_score": 1, "checks": {}, "solved": ""}},
                "revealed": {},
                "said": [],
            }
        ),
    ],
)
def test_a_broken_file_is_set_aside_with_one_line(tmp_path, text):
    progress = Progress.open(tmp_path)
    progress.save()
    progress.file.write_text(text, encoding="latin-1")
    again = Progress.open(tmp_path)
    assert again.exercises == {}
    assert "starting afresh" in again.problem
    assert "\n" not in again.problem
    assert progress.file.with_name("progress.json.bak").read_text(encoding="latin-1") == text
    again.record(result(2.0))
    again.save()
    assert not Progress.open(tmp_path).problem


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write all")
def test_a_folder_that_cannot_be_written_is_no_failure(tmp_path):
    tmp_path.chmod(0o500)
    progress = Progress.open(tmp_path)
    progress.save()
    assert "not remembered" in progress.problem
    tmp_path.chmod(0o700)


def test_a_file_in_the_place_of_the_folder_is_no_failure(tmp_path):
    (tmp_path / ".autograder").write_text("")
    progress = Progress.open(tmp_path)
    progress.save()
    assert "not remembered" in progress.problem


def test_the_file_is_versioned_and_kept_out_of_git(tmp_path):
    progress = Progress.open(tmp_path)
    progress.save()
    assert json.loads(progress.file.read_text())["version"] == 1
    assert (tmp_path / ".autograder" / ".gitignore").read_text() == "*\n"
