"""Right answers in other forms get full marks: one file a form, found by glob.

`tests/fair/<exercise>/*.py` hold one exercise each, `tests/fair/whole/*/` whole submissions.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.grading.grader import Grader, Settings
from autograder.results import ExerciseResult, Status

ROOT = Path(__file__).parents[1]
FAIR = ROOT / "tests" / "fair"
FORMS = sorted(path for path in FAIR.glob("*/*.py") if path.parent.name != "whole")
WHOLE = sorted(path for path in (FAIR / "whole").iterdir() if path.is_dir())


@pytest.fixture(scope="module")
def grader():
    settings = Settings(device="cpu", assignment="logistic_regression")
    with Grader(Course.open(ROOT), settings) as running:
        yield running


def lost(exercise: ExerciseResult) -> list[str]:
    """What an exercise lost points for, in words."""
    return [f"{c.name}: {c.rationale}" for c in exercise.checks if c.status is not Status.PASSED]


def name_of(path: Path) -> str:
    return f"{path.parent.name}-{path.stem}"


@pytest.mark.parametrize("path", FORMS, ids=name_of)
def test_a_right_answer_in_another_form_gets_full_marks(grader, path):
    result = grader.grade(path)
    (exercise,) = [e for e in result.exercises if e.name == path.parent.name]
    assert lost(exercise) == []
    assert exercise.score == exercise.max_score > 0


@pytest.mark.parametrize("path", WHOLE, ids=name_of)
def test_a_whole_submission_in_another_form_gets_full_marks(grader, path):
    result = grader.grade(path)
    assert [line for exercise in result.exercises for line in lost(exercise)] == []
    assert result.score == result.max_score > 0


def test_the_corpus_is_large_enough_to_mean_something():
    assert len(FORMS) >= 30
    assert len(WHOLE) >= 3
