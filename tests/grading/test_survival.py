"""What is graded survives: a forkserver that is killed, an exception of ours."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from autograder.course.course import Course
from autograder.grading.grader import Grader, Settings
from autograder.grading.warm import WarmGrader
from autograder.results import Report, Result, Status, as_json

from .mortal import DOOMED, mortal_course, order

pytestmark = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="forkservers are Linux's"),
    pytest.mark.usefixtures("own_forkserver"),
]


@pytest.fixture
def mortal(tmp_path: Path) -> Path:
    return mortal_course(tmp_path)


@pytest.fixture
def mortal_grader(mortal: Path) -> Iterator[Grader]:
    with Grader(Course.open(mortal), Settings(device="cpu")) as grader:
        yield grader


def steady(result: Result) -> str:
    table = as_json(Report((result,)))["results"][0]
    return json.dumps({name: table[name] for name in table if name != "seconds"})


def kill(grader: Grader) -> None:
    assert grader._launcher is not None
    grader._launcher._process.kill()


def test_one_that_is_killed_at_any_time_costs_nothing(
    mortal: Path, mortal_grader: Grader, write_submission: Callable[..., Path]
) -> None:
    path = write_submission()
    before = mortal_grader.grade(path)
    assert before.score == before.max_score == 13
    expected = steady(before)

    order(mortal, MainThread=1)
    assert steady(mortal_grader.grade(path)) == expected, "killed in the middle of a check"
    kill(mortal_grader)
    assert steady(mortal_grader.grade(path)) == expected, "killed between two submissions"
    kill(mortal_grader)
    order(mortal, reference=1)
    assert steady(mortal_grader.grade(path)) == expected, "killed while the reference ran"
    order(mortal, reference=1, MainThread=1)
    kill(mortal_grader)
    assert steady(mortal_grader.grade(path)) == expected, "killed again and again"
    kill(mortal_grader)
    mortal_grader.prepare()
    kill(mortal_grader)
    assert steady(mortal_grader.grade(path)) == expected, "killed while a worker was forked"


def test_workers_that_are_killed_cost_nothing(
    mortal: Path, mortal_grader: Grader, write_submission: Callable[..., Path]
) -> None:
    """As a system does that runs out of memory; the spare worker and the reference's, too."""
    path = write_submission()
    expected = steady(mortal_grader.grade(path))
    forkserver = mortal_grader._launcher._process
    for what in ("last", "all"):
        order(mortal, workers=what)
        assert steady(mortal_grader.grade(path)) == expected
        assert steady(mortal_grader.grade(path)) == expected
    mortal_grader.use(Course.open(mortal))
    order(mortal, workers="all")
    assert steady(mortal_grader.grade(path)) == expected, "killed while the reference is learned"
    assert mortal_grader._launcher._process is forkserver


def test_one_with_which_it_dies_each_time_is_for_a_person_and_the_next_is_graded(
    mortal_grader: Grader, write_submission: Callable[..., Path]
) -> None:
    doomed = mortal_grader.grade(write_submission({"shout": DOOMED}, name="doomed"))
    assert {check.status for one in doomed.exercises for check in one.checks} == {Status.INTERNAL}
    assert doomed.has_internal_faults
    assert (doomed.score, doomed.max_score, doomed.student) == (0, 13, "doomed")
    assert "the forkserver died 3 times while it ran" in doomed.error
    assert "a person has to look at it" in doomed.error
    assert mortal_grader.grade(write_submission()).score == 13


def test_a_warm_grader_lives_on(mortal: Path, write_submission: Callable[..., Path]) -> None:
    """As nbgrader's plugin, a notebook's kernel, `watch` and pytest have one."""
    warm, course, path = WarmGrader(Settings(device="cpu")), Course.open(mortal), write_submission()
    try:
        assert warm.of(course).grade(path).score == 13
        kill(warm.of(course))
        assert warm.of(course).grade(path).score == 13
        order(mortal, MainThread=1)
        assert warm.of(course).grade(path).score == 13
    finally:
        warm.close()


def grade(course: Path, *paths: Path, **options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "autograder", "grade", "--course", str(course)]
    command += [f"--{name}" for name in options] + ["--device", "cpu", *map(str, paths)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_where_none_starts_any_more_what_was_graded_is_told(
    mortal: Path, write_submission: Callable[..., Path]
) -> None:
    first = write_submission(name="first")
    last = [write_submission({"shout": DOOMED}, name=name) for name in ("second", "third")]
    order(mortal, **{"for good": 1})
    done = grade(mortal, first, *last, json="")
    assert done.returncode == 70
    assert "Traceback" not in done.stderr
    assert "autograder: the forkserver died" in done.stderr
    assert "1 of 3 submissions" in done.stderr
    (result,) = json.loads(done.stdout)["results"]
    assert (result["student"], result["score"]) == ("first", 13)


def test_the_command_goes_on_after_one_that_is_for_a_person(
    mortal: Path, write_submission: Callable[..., Path]
) -> None:
    paths = [write_submission({"shout": DOOMED}, name="doomed"), write_submission(name="grace")]
    done = grade(mortal, *paths)
    assert done.returncode == 70
    assert "the forkserver died 3 times and was started again" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "13 / 13" in done.stdout
    assert "1 graded, 1 for a person to look at" in done.stdout


# -- a fault of ours ------------------------------------------------------------------------


def breaks(*_: object, **__: object) -> NoReturn:
    raise RecursionError("too deep")


@pytest.mark.parametrize(
    "place",
    [
        "autograder.grading.reader.load",
        "autograder.grading.loading.Loading.notes",
        "autograder.grading.grader.conclude",
        "autograder.judge.diagnosis.diagnose",
    ],
)
def test_an_exception_of_ours_costs_one_submission_and_the_next_is_graded(
    place: str, tiny_grader: Grader, write_submission: Callable[..., Path]
) -> None:
    odd = write_submission({"double": "def double(x):\n    return 3 * x\n"}, name="odd")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(place, breaks)
        result = tiny_grader.grade(odd)
    assert result.has_internal_faults
    assert (result.score, result.max_score, result.student) == (0, 11, "odd")
    assert (
        "which is our fault; a person has to look at it: RecursionError: too deep" in result.error
    )
    assert {c.status for e in result.exercises for c in e.checks} == {Status.INTERNAL}
    assert tiny_grader.grade(write_submission()).score == 11


def test_what_every_submission_would_meet_ends_the_run(
    tiny: Path, tmp_path: Path, write_submission: Callable[..., Path]
) -> None:
    """And what was graded until then is told."""
    course = tmp_path / "course"
    shutil.copytree(tiny, course)
    fingerprints = course / "solutions" / "tiny" / "01_double" / "fingerprints.json"
    fingerprints.write_text('{"mistakes": 3}', encoding="utf-8")
    done = grade(course, write_submission())
    assert done.returncode == 4
    assert "01_double/fingerprints.json: is not a file of fingerprints" in done.stderr
    assert "Traceback" not in done.stderr
