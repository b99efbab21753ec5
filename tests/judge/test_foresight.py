"""What the reference was asked is sent ahead to everybody; no report shows it."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.author.fingerprints import of_the_course
from autograder.course.course import Course, solution_source
from autograder.course.mistakes import load_mistakes
from autograder.errors import ProtectionError
from autograder.grading.grader import Grader, Settings
from autograder.judge.expect import expect, plain
from autograder.judge.run import Candidate, check_seed, run_exercise
from autograder.results import Report, as_json
from autograder.sandbox.outcomes import Interrupted
from autograder.submissions.model import Cell

ROOT = Path(__file__).parents[2]
SAMPLES = ("ada", "grace", "alan")


class Blind(Grader):
    """A grader that foresees nothing."""

    def foresight(self, exercise, seed):
        return None


@pytest.fixture(scope="module")
def blind():
    with Blind(Course.open(ROOT), Settings(device="cpu")) as running:
        yield running


def judged(grader, exercise, *cells, seed=0, foresight="as learned"):
    """The findings on some code, and how often a check asked what was not foreseen."""
    submission = of_the_course([Cell(source, "") for source in cells])
    session = grader.session(submission)
    candidate = Candidate(session, submission.code)
    setup = grader.setup(exercise, seed)
    found = run_exercise(setup if foresight else replace(setup, foresight=None), candidate)
    session.close()
    return found, session.unforeseen


def told(findings):
    return [(f.status, f.fraction, f.rationale, f.hint, f.evidence) for f in findings]


def report(result):
    whole = as_json(Report((replace(result, seconds=0.0),)))
    return json.dumps(whole)


# -- what is known --------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [0, 7])
def test_right_answers_are_never_asked_what_was_not_foreseen(grader, seed):
    for exercise in grader.course.assignment("logistic_regression").exercises:
        foresight = grader.foresight(exercise, seed)
        findings, unforeseen = judged(grader, exercise, solution_source(exercise), seed=seed)
        assert all(finding.fraction == 1.0 for finding in findings)
        assert all(foresight.of(check) for check in exercise.checks)
        assert unforeseen == 0, exercise.name


def test_it_is_learned_once(tiny_grader):
    exercise = tiny_grader.course.assignment("tiny").exercises[0]
    first = tiny_grader.foresight(exercise, 3)
    assert tiny_grader.foresight(exercise, 3) is first
    assert tiny_grader.foresight(exercise, 4) is not first


def test_another_seed_asks_other_numbers(tiny_grader):
    exercise = tiny_grader.course.assignment("tiny").exercises[0]
    check = next(check for check in exercise.checks if "rng" in check.wants)
    one, other = (tiny_grader.foresight(exercise, seed).of(check) for seed in (0, 1))
    assert one.key == check_seed(0, "double", check.name)
    assert [r.header for r in one.requests] == [r.header for r in other.requests]
    assert [r.buffers for r in one.requests] != [r.buffers for r in other.requests]


def test_a_students_folder_has_nothing_to_foresee():
    course = Course.handed_out(ROOT / "assignments" / "logistic_regression")
    (name,) = course.folders
    with Grader(course, Settings(device="cpu")) as grader:
        assert grader.foresight(course.assignment(name).exercises[0], 0) is None


def test_a_check_that_the_reference_does_not_pass_is_not_foreseen(tiny_grader):
    exercise = tiny_grader.course.assignment("tiny").exercises[0]

    def asks_for_more(student):
        expect(student.double(3)).close_to(7)

    checks = (replace(exercise.checks[0], name="more", function=asks_for_more), *exercise.checks)
    harder = replace(exercise, checks=checks)
    foresight = tiny_grader.foresight(harder, 11)
    assert foresight.of(checks[0]) is None
    assert all(foresight.of(check) for check in exercise.checks)
    findings, unforeseen = judged(
        tiny_grader, harder, "def double(x):\n    return 2 * x\n", seed=11
    )
    assert [f.status.value for f in findings] == ["failed", "passed", "passed", "passed"]
    assert unforeseen == 0


# -- what it changes: nothing ---------------------------------------------------------------


@pytest.mark.parametrize("name", SAMPLES)
def test_a_submission_gets_the_same_with_and_without_foresight(grader, blind, name):
    path = ROOT / "tests" / "samples" / name
    one, other = grader.grade(path), blind.grade(path)
    assert [e.checks for e in one.exercises] == [e.checks for e in other.exercises]
    assert one.notes == other.notes


def test_the_first_report_of_a_process_is_as_every_later_one():
    """Whatever was graded before: something wrong, something that dies, something right."""
    samples = [ROOT / "tests" / "samples" / name for name in SAMPLES]
    reports = []
    for order in (samples, samples[::-1]):
        with Grader(Course.open(ROOT), Settings(device="cpu")) as grader:
            reports.append({path: report(grader.grade(path)) for path in order})
            assert report(grader.grade(order[0])) == reports[-1][order[0]]
    assert reports[0] == reports[1]


def test_mistakes_are_told_the_same_with_and_without_foresight(grader):
    exercise = grader.course.assignment("logistic_regression").exercises[2]
    source = solution_source(exercise)
    for mistake in load_mistakes(exercise):
        ahead, _ = judged(grader, exercise, source, *mistake.cells)
        alone, _ = judged(grader, exercise, source, *mistake.cells, foresight=None)
        assert told(ahead) == told(alone), mistake.name


def test_a_check_that_depends_on_the_answers_is_right_all_the_same(tiny_grader):
    exercise = tiny_grader.course.assignment("tiny").exercises[0]

    def asks_on(student):
        first = plain(student.double(1))
        expect(student.double(first)).close_to(2 * first)

    checks = (replace(exercise.checks[0], name="asks_on", function=asks_on), *exercise.checks)
    adaptive = replace(exercise, checks=checks)
    source = "def double(x):\n    return {}\n"
    answers = (("2 * x", "passed"), ("3 * x", "failed"), ("x * 2 if x != 2 else 5", "failed"))
    for code, status in answers:
        findings, _ = judged(tiny_grader, adaptive, source.format(code), seed=12)
        assert findings[0].status.value == status
    assert judged(tiny_grader, adaptive, source.format("3 * x"), seed=12)[1] == 1


# -- what ends it ---------------------------------------------------------------------------


@pytest.mark.parametrize(("error", "seed"), [(ProtectionError("off"), 13), (Interrupted(), 14)])
def test_what_ends_the_learning_ends_who_waits_for_it(tiny_grader, monkeypatch, error, seed):
    exercise = tiny_grader.course.assignment("tiny").exercises[0]

    def raises(*_):
        raise error

    with monkeypatch.context() as patch:
        patch.setattr("autograder.grading.references.run_check", raises)
        foresight = tiny_grader.foresight(exercise, seed)
        with pytest.raises(type(error)):
            foresight.of(exercise.checks[0])
    assert tiny_grader.foresight(exercise, seed).of(exercise.checks[0]), "it is learned anew"


def test_closing_does_not_wait_for_a_reference_that_never_ends(tiny, tmp_path):
    shutil.copytree(tiny, tmp_path / "course")
    (solution,) = (tmp_path / "course").rglob("01_double/solution.py")
    solution.write_text(solution.read_text() + "\nwhile True:\n    pass\n")
    with Grader(Course.open(tmp_path / "course"), Settings(device="cpu")) as grader:
        exercise = grader.course.assignment("tiny").exercises[0]
        foresight = grader.foresight(exercise, 0)
    with pytest.raises(Interrupted):
        foresight.of(exercise.checks[0])
