"""What checks are known to ask: written, read back, cut where it depends on the answers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.author.prove import of_the_course
from autograder.course.course import Course
from autograder.course.mistakes import load_mistakes
from autograder.errors import CourseError
from autograder.grading.grader import Grader, Settings
from autograder.judge import foresight
from autograder.judge.reading import Code
from autograder.judge.run import Candidate, run_exercise
from autograder.sandbox.host.session import Foreseen, Request

ROOT = Path(__file__).parents[2]
SAMPLES = ("ada", "grace", "alan")

headers = st.dictionaries(st.text(), st.none() | st.integers() | st.text() | st.lists(st.text()))
requests = st.builds(Request, headers, st.lists(st.binary(max_size=20), max_size=3), st.booleans())
foreseen = st.builds(
    Foreseen, st.integers(0, 2**32), st.lists(requests, max_size=4).map(tuple), st.booleans()
)


@given(calls=st.dictionaries(st.text(), foreseen, max_size=3), digest=st.text(max_size=10))
def test_what_is_written_is_read_back(tmp_path_factory, calls, digest):
    path = tmp_path_factory.mktemp("calls") / foresight.FILE
    path.write_text(foresight.dump(calls, digest), encoding="utf-8")
    assert foresight.load(path) == (digest, calls)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"digest": "", "checks": []}', '{"digest": "", "checks": {"a": {}}}', "\xff"],
)
def test_a_file_that_holds_something_else_is_one_clear_error(tmp_path, text):
    path = tmp_path / foresight.FILE
    path.write_text(text, encoding="latin-1")
    with pytest.raises(CourseError, match=r"holds no calls .*autograder release"):
        foresight.load(path)


def test_without_a_file_nothing_is_known(tmp_path):
    assert foresight.load(tmp_path / foresight.FILE) == ("", {})


def asked(*names):
    return [Request({"op": name}, []) for name in names]


@pytest.mark.parametrize(
    ("others", "count", "whole"),
    [
        ([], 3, True),
        ([asked("a", "b", "c")], 3, True),
        ([asked("a", "x", "c")], 1, False),
        ([asked("a", "b", "c"), asked("a", "b", "x")], 2, False),
        ([asked("a", "b")], 2, False),
        ([asked("a", "b", "c", "d")], 3, True),
        ([[replace(request, raises=True) for request in asked("a", "b", "c")]], 0, False),
    ],
)
def test_a_record_ends_where_it_depends_on_the_answers(others, count, whole):
    assert foresight.common(asked("a", "b", "c"), others) == (count, whole)


@pytest.fixture(scope="module")
def grader():
    with Grader(Course.open(ROOT), Settings(device="cpu")) as made:
        yield made


@pytest.fixture(scope="module")
def without():
    """A grader that knows nothing of what its checks will ask."""

    class Blind(Grader):
        def calls(self, exercise):
            return {}

    with Blind(Course.open(ROOT), Settings(device="cpu")) as made:
        yield made


@pytest.mark.parametrize("name", SAMPLES)
def test_a_submission_gets_the_same_with_and_without_foresight(grader, without, name):
    path = ROOT / "tests" / "samples" / name
    one, other = grader.grade(path), without.grade(path)
    assert [e.checks for e in one.exercises] == [e.checks for e in other.exercises]
    assert one.notes == other.notes


def test_right_answers_are_never_asked_what_was_not_foreseen(grader):
    for exercise in grader.course.assignment("logistic_regression").exercises:
        submission = of_the_course([(exercise.folder / "solution.py").read_text()])
        session = grader.session(submission)
        candidate = Candidate(session, Code.of(submission), {})
        calls = grader.calls(exercise)
        findings = run_exercise(exercise, candidate, grader.reference(exercise), calls=calls)
        session.close()
        assert all(finding.fraction == 1.0 for finding in findings)
        assert calls.keys() == {check.name for check in exercise.checks}
        assert session.unforeseen == 0, exercise.name


def test_mistakes_are_told_the_same_with_and_without_foresight(grader):
    exercise = grader.course.assignment("logistic_regression").exercises[2]
    source = (exercise.folder / "solution.py").read_text()
    for mistake in load_mistakes(exercise):
        told = []
        for calls in (grader.calls(exercise), {}):
            submission = of_the_course([source, *mistake.cells])
            session = grader.session(submission)
            candidate = Candidate(session, Code.of(submission), {})
            found = run_exercise(exercise, candidate, grader.reference(exercise), calls=calls)
            session.close()
            told.append([(f.status, f.fraction, f.rationale) for f in found])
        assert told[0] == told[1], mistake.name
