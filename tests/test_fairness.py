"""Right answers in other forms get full marks: one file or folder a form, found by glob.

`fair/<assignment>/<exercise>/` holds one exercise each, in scripts, notebooks and folders,
`fair/<assignment>/whole/*/` whole submissions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.grading.grader import Grader, Settings
from autograder.results import ExerciseResult, Status

ROOT = Path(__file__).parents[1]
FAIR = ROOT / "tests" / "fair"
FORMS = sorted(
    path
    for path in FAIR.glob("*/*/*")
    if path.parent.name != "whole" and (path.is_dir() or path.suffix in (".py", ".ipynb"))
)
WHOLE = sorted(path for path in FAIR.glob("*/whole/*") if path.is_dir())


@pytest.fixture(scope="module")
def graders(course: Course) -> Iterator[Callable[..., Grader]]:
    """A Grader for each assignment."""
    with ExitStack() as stack:

        @cache
        def grader_for(assignment: str) -> Grader:
            settings = Settings(device="cpu", assignment=assignment)
            return stack.enter_context(Grader(course, settings))

        yield grader_for


def lost(exercise: ExerciseResult) -> list[str]:
    """What an exercise lost points for, in words."""
    return [f"{c.name}: {c.rationale}" for c in exercise.checks if c.status is not Status.PASSED]


def name_of(path: Path) -> str:
    return path.relative_to(FAIR).with_suffix("").as_posix().replace("/", "-")


@pytest.mark.parametrize("path", FORMS, ids=name_of)
def test_a_right_answer_in_another_form_gets_full_marks(graders, path):
    assignment, name, _ = path.relative_to(FAIR).parts
    (exercise,) = graders(assignment).grade(path, [name]).exercises
    assert lost(exercise) == []
    assert exercise.score == exercise.max_score > 0


@pytest.mark.parametrize("path", WHOLE, ids=name_of)
def test_a_whole_submission_in_another_form_gets_full_marks(graders, path):
    result = graders(path.relative_to(FAIR).parts[0]).grade(path)
    assert [line for exercise in result.exercises for line in lost(exercise)] == []
    assert result.score == result.max_score > 0


def test_the_corpus_of_the_lab_is_large_enough_to_mean_something():
    lab = FAIR / "logistic_regression"
    assert len([path for path in FORMS if path.is_relative_to(lab)]) >= 30
    assert len([path for path in WHOLE if path.is_relative_to(lab)]) >= 3


def test_every_form_belongs_to_an_exercise_of_the_course(course):
    known = {
        (name, exercise.name)
        for name in course.folders
        for exercise in course.assignment(name).exercises
    }
    assert {path.relative_to(FAIR).parts[:2] for path in FORMS} <= known
