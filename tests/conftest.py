"""What tests share: the course as it is, one forkserver for all, submissions written in a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.runs.grading import Grader, Settings
from autograder.sandbox.launcher import Launcher
from autograder.sandbox.policy import Policy

REPOSITORY = Path(__file__).parent.parent
ASSIGNMENT = "logistic_regression"


@pytest.fixture(scope="session")
def course() -> Course:
    """The real course of this repository."""
    return Course.open(REPOSITORY)


@pytest.fixture(scope="session")
def grader(course: Course) -> Iterator[Grader]:
    """One Grader over the real course, on the CPU."""
    with Grader(course, Settings(device="cpu")) as grader:
        yield grader


@pytest.fixture(scope="session")
def launcher() -> Iterator[Launcher]:
    """A forkserver whose workers may hold 256 MB; no spare, so that a test may set the policy."""
    with Launcher(Policy(memory_bytes=256 << 20), spares=False) as launcher:
        yield launcher


def write_submission(folder: Path, code: Mapping[str, str], name: str = ASSIGNMENT) -> Path:
    """A script of one `# %%` cell an exercise, in `folder`; returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.py"
    text = "".join(f"# %% {exercise}\n{source}\n\n" for exercise, source in code.items())
    path.write_text(text, encoding="utf-8")
    return path


def solutions(course: Course, name: str = ASSIGNMENT) -> dict[str, str]:
    """The reference's source for every exercise of an assignment."""
    exercises = course.assignment(name).exercises
    return {e.name: (e.folder / "solution.py").read_text(encoding="utf-8") for e in exercises}
