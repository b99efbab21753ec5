"""Hostile and broken submissions: none gets an undeserved point or harms grader or neighbour.

Each folder `golden/<assignment>/<case>/` is one case, found by glob. `expected.toml` says what it
attacks and what has to come out; the submission is `submission/`, or what `make(folder)` in
`make.py` builds where git can't hold it (links, pipes, archives, odd names, a number of this run).
All of an assignment are graded by one `Grader`, and after each an honest submission gets the result
that it got before.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import runpy
import select
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from autograder.course.course import Course
from autograder.grading.grader import Grader, Settings
from autograder.reports.text import exercise_text
from autograder.results import MOST_NOTES, NOTE_LENGTH, Result, Status, as_json
from autograder.results import Report as RunReport
from autograder.sandbox.linux import hunt
from autograder.sandbox.linux.syscalls import Prctl, prctl

from .forkserver import forkserver_of_its_own

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "tests" / "golden"
NEIGHBOUR = "honest_neighbour"
SECRET = "a secret of the judge"
MARK = "hostile_"
DEADLINE = 120.0
"""Seconds after which nobody waits any more."""


@dataclass(frozen=True)
class Expected:
    """What has to come out; what is not named may be anything but a fault of ours.

    `score` gives points by exercise ("full": all of them), `status` and `rationale_contains`
    are by check, `every_status` lists those that a check may end with, `shown` what the
    command line prints in its plain report, `visible_lacks` what no text for students holds.
    """

    score: dict[str, float | str] = field(default_factory=dict)
    status: dict[str, str] = field(default_factory=dict)
    every_status: tuple[str, ...] = ()
    rationale_contains: dict[str, str] = field(default_factory=dict)
    notes_contain: tuple[str, ...] = ()
    printed_contains: tuple[str, ...] = ()
    printed_lacks: tuple[str, ...] = ()
    printed_at_most: int = 200_000
    visible_lacks: tuple[str, ...] = ()
    error_contains: str = ""
    shown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Case:
    """One golden folder. `threat` is its number in the list of attacks, `needs` are layers and
    `machine` the processor without which it shows nothing, `after` the case graded before it;
    `twice`: it is graded once more, with the same result. With `command_line` it also goes through
    the installed command."""

    assignment: str
    name: str
    attack: str
    threat: int
    expected: Expected
    exercises: tuple[str, ...] = ()
    seconds: float = 60.0
    load_seconds: float = 60.0
    needs: tuple[str, ...] = ()
    machine: str = ""
    after: str = ""
    twice: bool = False
    command_line: bool = False

    @classmethod
    def read(cls, folder: Path) -> Case:
        table = tomllib.loads((folder / "expected.toml").read_text(encoding="utf-8"))
        expected = Expected(**table.pop("expected"))
        return cls(folder.parent.name, folder.name, expected=expected, **table)

    @property
    def folder(self) -> Path:
        return GOLDEN / self.assignment / self.name

    def path(self, scratch: Path) -> Path:
        """The submission, built below `scratch` if it is one that has to be built."""
        maker = self.folder / "make.py"
        if not maker.exists():
            return self.folder / "submission"
        folder = scratch / self.name
        folder.mkdir()
        made: Path = runpy.run_path(str(maker))["make"](folder)
        return made


CASES = [Case.read(path.parent) for path in sorted(GOLDEN.glob("*/*/expected.toml"))]


def case_of(assignment: str, name: str) -> Case:
    return next(case for case in CASES if (case.assignment, case.name) == (assignment, name))


@contextmanager
def something_to_steal() -> Iterator[None]:
    """Something to steal and to reach around the graders; and what escapes from its parents comes
    to us, so that we see it."""
    with (
        pytest.MonkeyPatch.context() as patch,
        socket.socket() as tcp,
        socket.socket(socket.AF_UNIX) as unix,
    ):
        tcp.bind(("127.0.0.1", 0))
        port = tcp.getsockname()[1]
        unix.bind(f"\0autograder-golden-{port}")
        tcp.listen()
        unix.listen()
        patch.setenv("AUTOGRADER_GOLDEN_SECRET", SECRET)
        patch.setenv("AUTOGRADER_GOLDEN_PORT", str(port))
        prctl(Prctl.SET_CHILD_SUBREAPER, 1)
        yield
        prctl(Prctl.SET_CHILD_SUBREAPER, 0)


@pytest.fixture(scope="module")
def victims() -> Iterator[None]:
    with something_to_steal():
        yield


@dataclass
class Desk:
    """The Grader of an assignment, and what the neighbour got before any other submission."""

    grader: Grader
    before: dict[str, Any]


@pytest.fixture(scope="module")
def desks(victims: None) -> Iterator[Callable[[str], Desk]]:
    """The desk for an assignment, with a forkserver of its own."""
    with ExitStack() as stack, forkserver_of_its_own():

        @cache
        def desk_for(assignment: str) -> Desk:
            settings = Settings(device="cpu", assignment=assignment)
            grader = stack.enter_context(Grader(Course.open(ROOT), settings))
            honest = case_of(assignment, NEIGHBOUR)
            result = grade(grader, honest, honest.folder / "submission")
            return Desk(grader, lasting(result))

        yield desk_for


def grade(grader: Grader, case: Case, path: Path) -> Result:
    grader.limit(case.seconds, case.load_seconds)
    return grader.grade(path, case.exercises)


def lasting(result: Result) -> dict[str, Any]:
    """A result without what differs from run to run: times, and the worker's random user."""
    table: dict[str, Any] = as_json(RunReport((result,)))["results"][0]
    return {key: value for key, value in table.items() if key not in ("seconds", "protections")}


def digest(folder: Path) -> str:
    """Names and content of everything in a folder."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        found.update(f"{path.name} {path.lstat().st_mode}\n".encode(errors="surrogateescape"))
        if path.is_file() and not path.is_symlink() and "__pycache__" not in path.parts:
            found.update(path.read_bytes())
    return found.hexdigest()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.assignment}-{case.name}")
def test_the_outcome_is_the_expected_one_and_the_next_is_untouched(
    case: Case, desks: Callable[[str], Desk], tmp_path: Path
) -> None:
    desk = desks(case.assignment)
    grader = desk.grader
    if case.machine and platform.machine() != case.machine:
        pytest.skip(f"only on {case.machine}")
    if case.after:
        first = case_of(case.assignment, case.after)
        grade(grader, first, first.path(tmp_path))
    path = case.path(tmp_path)
    files, others = marked_files(), bystanders(grader)
    content = digest(case.folder)

    result = grade(grader, case, path)

    off = [
        layer for layer in case.needs if result.protections and not result.protections[layer]["on"]
    ]
    if off:
        pytest.skip(f"needs {', '.join(off)}, which this machine does not have")
    compare(case, result)
    if case.twice:
        assert lasting(grade(grader, case, path)) == lasting(result)
    assert strays(others) == []
    assert marked_files() == files
    assert digest(case.folder) == content
    honest = case_of(case.assignment, NEIGHBOUR)
    after = grade(grader, honest, honest.folder / "submission")
    assert lasting(after) == desk.before


def compare(case: Case, result: Result) -> None:
    """Holds a result against what the case expects."""
    expected = case.expected
    exercises = {exercise.name: exercise for exercise in result.exercises}
    checks = {check.name: check for exercise in result.exercises for check in exercise.checks}
    said = "\n".join(f"{c.name}: {c.status} {c.score}: {c.rationale}" for c in checks.values())
    printed = "".join(exercise.printed for exercise in result.exercises)
    assert not [check for check in checks.values() if check.status is Status.INTERNAL], said
    assert bool(expected.error_contains) == bool(result.error), result.error
    assert expected.error_contains in result.error
    assert "\n" not in result.error.removeprefix(result.submission)
    for name, points in expected.score.items():
        exercise = exercises[name]
        assert exercise.score == (exercise.max_score if points == "full" else points), said
    for name, status in expected.status.items():
        assert checks[name].status == status, said
    for check in checks.values():
        assert not expected.every_status or check.status in expected.every_status, said
        assert check.status is Status.PASSED or check.rationale, "a verdict without its reason"
    for name, text in expected.rationale_contains.items():
        assert text in checks[name].rationale, said
    assert len(result.notes) <= MOST_NOTES
    assert max(map(len, result.notes), default=0) <= NOTE_LENGTH
    for text in expected.notes_contain:
        assert text in "\n".join(result.notes)
    for text in expected.printed_contains:
        assert text in printed
    for text in expected.printed_lacks:
        assert text not in printed
    page = "\n".join(
        exercise_text(exercise, result.notes, printed=True) for exercise in result.exercises
    )
    for text in expected.visible_lacks:
        assert text not in page + printed + result.printed
    assert len(printed) <= expected.printed_at_most
    assert result.seconds < DEADLINE


# -- nothing stays behind ---------------------------------------------------------------------


def bystanders(grader: Grader) -> list[int]:
    """Processes below us that are not this grader's: those of other tests' graders."""
    launcher = grader._launcher
    assert launcher is not None
    assert launcher._process is not None
    ours = launcher._process.pid
    mine = {ours, *hunt.descendants(ours)}
    return [pid for pid in hunt.descendants(os.getpid()) if pid not in mine]


def strays(others: list[int]) -> list[int]:
    """Processes of a worker that outlived their submission; waits for the dying.

    Forkserver, and the init and worker of one spare, are what may be below us.
    """
    deadline = time.monotonic() + DEADLINE
    while True:
        tree = [pid for pid in hunt.descendants(os.getpid()) if pid not in others]
        found = [pid for pid in tree if hunt.is_alive(pid)][3:]
        left = deadline - time.monotonic()
        if not found or left < 0:
            return found
        with suppress(ProcessLookupError):
            handle = os.pidfd_open(found[-1])
            select.select([handle], [], [], min(left, 1.0))
            os.close(handle)


def marked_files() -> list[str]:
    """Files that only a hostile submission makes, and boxes of workers, wherever it could."""
    folders = {
        "/",
        "/tmp",
        "/var/tmp",
        "/dev/shm",
        "/run",
        "/run/lock",
        tempfile.gettempdir(),
        os.getcwd(),
    }
    folders |= {
        str(ROOT),
        str(ROOT / "autograder"),
        str(GOLDEN),
        os.path.expanduser("~"),
        *sys.path,
    }
    return sorted(
        os.path.join(folder, name)
        for folder in folders
        if os.path.isdir(folder)
        for name in os.listdir(folder)
        if name.lstrip(".").startswith((MARK, "results.json"))
    )


# -- through the command line -----------------------------------------------------------------


ON_COMMAND_LINE = [case for case in CASES if case.command_line]


@pytest.mark.parametrize("assignment", sorted({case.assignment for case in ON_COMMAND_LINE}))
def test_the_command_line_grades_them_all_and_says_what_it_could_not_read(
    assignment: str, tmp_path: Path
) -> None:
    cases = {case.name: case for case in ON_COMMAND_LINE if case.assignment == assignment}
    made = {name: case.path(tmp_path) for name, case in cases.items()}
    output = tmp_path / "results"
    only = sorted({name for case in cases.values() for name in case.exercises})
    command = [sys.executable, "-m", "autograder", "grade", *map(str, made.values())]
    command += ["--assignment", assignment, *(f"--exercise={name}" for name in only)]
    command += ["--timeout", "2", "--printed", "--output", str(output)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    unclean = {c for c in done.stdout + done.stderr if not c.isprintable() and c != "\n"}
    assert not unclean
    flat = "".join(done.stdout.split())
    for case in cases.values():
        for text in case.expected.shown:
            assert "".join(text.split()) in flat
    written = [
        json.loads(path.read_text(encoding="utf-8"))["results"][0] for path in output.iterdir()
    ]
    by_path = {result["submission"]: result for result in written}
    assert len(by_path) == len(made)
    for name, path in made.items():
        expected, result = cases[name].expected, by_path[str(path)]
        assert expected.error_contains in result["error"]
        scores = {exercise["name"]: exercise for exercise in result["exercises"]}
        for exercise, points in expected.score.items():
            found = scores[exercise]
            assert found["score"] == (found["max_score"] if points == "full" else points)


def test_a_hostile_submission_is_no_fault_of_the_run(
    command: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    """Exit status 0: everything could be read and graded, whatever the marks. A link in the
    place of a result file is replaced, not followed."""
    case = next(case for case in ON_COMMAND_LINE if case.name == "exits_at_import")
    path = case.path(tmp_path)
    victim = tmp_path / "victim"
    victim.write_text("untouched")
    output = tmp_path / "results"
    output.mkdir()
    for name in (path.name, case.name):
        (output / f"{name}-{case.assignment}.json").symlink_to(victim)
    only = [f"--exercise={name}" for name, points in case.expected.score.items() if not points]
    done = command(
        *("grade", path, "--assignment", case.assignment, *only),
        *("--json", "--output", output),
        cwd=ROOT,
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["results"][0]["score"] == 0
    assert victim.read_text() == "untouched"
