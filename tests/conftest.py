"""What tests share: two courses, one forkserver for each use, submissions written in a line."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.grading.grader import Grader, Settings
from autograder.sandbox.host.launcher import Launcher
from autograder.sandbox.policy import Policy

from .command import command
from .forkserver import common_forkserver, own_forkserver

__all__ = ["command", "common_forkserver", "own_forkserver"]

HERE = Path(__file__).parent
LONGEST = ("programs", "test_jupyterlab.py", "test_golden.py", "test_plain.py", "test_watch.py")
"""Files that take tens of seconds (or folders of them): they come first, so that at the end no
process is left alone with one."""

TINY = HERE / "tiny_course"
RIGHT = {
    "double": "def double(x):\n    return x + x\n",
    "shout": (
        "def shout(text):\n    return text.upper()\n\n"
        "class Voice:\n    def __init__(self, volume):\n        self.volume = volume\n"
    ),
}


def pytest_configure() -> None:
    """Programs that tests start must get their signals, also where this run was started with
    `nohup` or `&`: what is ignored is inherited across exec, a handler is not."""
    for name in ("SIGHUP", "SIGINT"):
        number = getattr(signal, name, None)
        if number and signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda *_: None)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Tests of files that are named run in this process, which starts sooner."""
    return 0 if all(".py" in argument for argument in config.args) else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not set(LONGEST) & {item.path.name, item.path.parent.name})


@pytest.fixture(scope="session")
def course() -> Course:
    """The real course of this repository."""
    return Course.open(HERE.parent)


@pytest.fixture(scope="session")
def grader(course: Course) -> Iterator[Grader]:
    """One Grader over the real course, on the CPU."""
    with Grader(course, Settings(device="cpu")) as grader:
        yield grader


@pytest.fixture(scope="session")
def tiny() -> Path:
    """A course of two exercises (double: 9 points, shout: 2), small enough to read at a glance."""
    return TINY


@pytest.fixture(scope="session")
def tiny_grader() -> Iterator[Grader]:
    """One Grader over the tiny course, on the CPU."""
    with Grader(Course.open(TINY), Settings(device="cpu")) as grader:
        yield grader


@pytest.fixture(scope="session")
def launcher() -> Iterator[Launcher]:
    """A forkserver whose workers may hold 256 MB; no spare, so that a test may set the policy."""
    with Launcher(Policy(memory_bytes=256 << 20), spares=False) as launcher:
        yield launcher


@pytest.fixture
def write_submission(tmp_path: Path) -> Callable[..., Path]:
    """Writes a script of one `# %%` cell an exercise: `write_submission({"double": code})`.

    An exercise of the tiny course that is not named is right; one that is None is left out.
    """

    def write(
        code: Mapping[str, str | None] | None = None,
        *,
        name: str = "ada",
        right: Mapping[str, str] = RIGHT,
    ) -> Path:
        whole = {**right, **(code or {})}
        path = tmp_path / f"{name}.py"
        cells = [f"# %% {key}\n{source}\n" for key, source in whole.items() if source is not None]
        path.write_text("\n".join(cells), encoding="utf-8")
        return path

    return write
