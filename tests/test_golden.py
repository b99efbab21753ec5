"""Hostile and broken submissions: none gets an undeserved point or harms grader or neighbour.

Each folder of `golden/` is one case, found by glob. `expected.toml` says what it attacks and
what has to come out; the submission is `submission/`, or what `make(folder)` in `make.py` builds
where git can't hold it (links, pipes, archives, odd names). All are graded by one `Grader`, and
after each an honest submission gets the result that it got before.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import runpy
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from autograder.course.course import Course
from autograder.grading.grader import Grader, Settings
from autograder.results import Report as RunReport
from autograder.results import Result, Status, as_json
from autograder.sandbox.linux import hunt

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "tests" / "golden"
NEIGHBOUR = "honest_neighbour"
ASSIGNMENT = "logistic_regression"
SECRET = "a secret of the judge"
PORT, SOCKET_NAME = 47811, "\0autograder-golden"
MARK = "hostile_"
SPARE_USERS = range(1_900_000_000, 1_900_000_000 + (1 << 24))


@dataclass(frozen=True)
class Expected:
    """What has to come out; what is not named may be anything but a fault of ours.

    `score` gives points by exercise ("full": all of them), `status` and `rationale_contains`
    are by check, `every_status` lists those that a check may end with, `shown` what the
    command line prints in its plain report.
    """

    score: dict[str, float | str] = field(default_factory=dict)
    status: dict[str, str] = field(default_factory=dict)
    every_status: tuple[str, ...] = ()
    rationale_contains: dict[str, str] = field(default_factory=dict)
    notes_contain: tuple[str, ...] = ()
    printed_contains: tuple[str, ...] = ()
    printed_lacks: tuple[str, ...] = ()
    printed_at_most: int = 200_000
    error_contains: str = ""
    within_seconds: float = 60.0
    shown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Case:
    """One golden folder. `threat` is its number in the list of attacks, `needs` are layers and
    `machine` the processor without which it shows nothing, `after` the case graded before it;
    with `command_line` it also goes through the installed command."""

    name: str
    attack: str
    threat: int
    expected: Expected
    exercises: tuple[str, ...] = ()
    seconds: float = 2.0
    load_seconds: float = 30.0
    needs: tuple[str, ...] = ()
    machine: str = ""
    after: str = ""
    command_line: bool = False

    @classmethod
    def read(cls, folder: Path) -> Case:
        table = tomllib.loads((folder / "expected.toml").read_text(encoding="utf-8"))
        expected = Expected(**table.pop("expected"))
        return cls(name=folder.name, expected=expected, **table)

    def path(self, scratch: Path) -> Path:
        """The submission, built below `scratch` if it is one that has to be built."""
        maker = GOLDEN / self.name / "make.py"
        if not maker.exists():
            return GOLDEN / self.name / "submission"
        folder = scratch / self.name
        folder.mkdir()
        made: Path = runpy.run_path(str(maker))["make"](folder)
        return made


CASES = {
    folder.parent.name: Case.read(folder.parent)
    for folder in sorted(GOLDEN.glob("*/expected.toml"))
}


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    """One forkserver for all cases, with something to steal and to reach around it."""
    with (
        pytest.MonkeyPatch.context() as patch,
        socket.socket() as tcp,
        socket.socket(socket.AF_UNIX) as unix,
    ):
        patch.setenv("AUTOGRADER_GOLDEN_SECRET", SECRET)
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        for listener, address in ((tcp, ("127.0.0.1", PORT)), (unix, SOCKET_NAME)):
            try:
                listener.bind(address)
                listener.listen()
            except OSError:  # another run of these tests listens there
                continue
        with Grader(Course.open(ROOT), Settings(device="cpu", assignment=ASSIGNMENT)) as grader:
            yield grader


@pytest.fixture(scope="module")
def before(grader: Grader) -> dict[str, Any]:
    """What the neighbour gets before any other submission has been graded."""
    result = grade(grader, CASES[NEIGHBOUR], GOLDEN / NEIGHBOUR / "submission")
    return lasting(result)


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


@pytest.mark.parametrize("name", CASES)
def test_the_outcome_is_the_expected_one_and_the_next_is_untouched(
    name: str, grader: Grader, before: dict[str, Any], tmp_path: Path
) -> None:
    case = CASES[name]
    if case.machine and platform.machine() != case.machine:
        pytest.skip(f"only on {case.machine}")
    if case.after:
        grade(grader, CASES[case.after], CASES[case.after].path(tmp_path))
    path = case.path(tmp_path)
    files, others = marked_files(), [*escaped(), *bystanders(grader)]
    content = digest(GOLDEN / name)

    result = grade(grader, case, path)

    off = [
        layer for layer in case.needs if result.protections and not result.protections[layer]["on"]
    ]
    if off:
        pytest.skip(f"needs {', '.join(off)}, which this machine does not have")
    compare(case, result)
    assert strays(others) == []
    assert marked_files() == files
    assert digest(GOLDEN / name) == content
    after = grade(grader, CASES[NEIGHBOUR], GOLDEN / NEIGHBOUR / "submission")
    assert lasting(after) == before


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
    for text in expected.notes_contain:
        assert text in "\n".join(result.notes)
    for text in expected.printed_contains:
        assert text in printed
    for text in expected.printed_lacks:
        assert text not in printed
    assert len(printed) <= expected.printed_at_most
    assert result.seconds < expected.within_seconds


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
    """Processes of a worker that outlived their submission; waits a moment for the dying.

    Forkserver, and the init and worker of one spare, are what may be below us. What has left
    our tree is known by its user: a spare one, and no forkserver above it (`others` were there
    before).
    """
    deadline = time.monotonic() + 2.0
    while True:
        tree = [pid for pid in hunt.descendants(os.getpid()) if pid not in others]
        below = [pid for pid in tree if hunt.is_alive(pid)]
        found = [*below[3:], *(pid for pid in escaped() if pid not in others)]
        if not found or time.monotonic() > deadline:
            return found
        time.sleep(0.05)


def escaped() -> list[int]:
    """Processes of a spare user that stand below no forkserver, ours or another's."""
    found = []
    for name in os.listdir("/proc") if os.path.isdir("/proc/self") else ():
        try:
            if (
                name.isdigit()
                and os.stat(f"/proc/{name}").st_uid in SPARE_USERS
                and not has_forkserver(name)
            ):
                found.append(int(name))
        except (OSError, IndexError):
            continue
    return found


def has_forkserver(pid: str) -> bool:
    while pid not in ("0", "1"):
        if b"autograder.sandbox.linux.forkserver" in Path(f"/proc/{pid}/cmdline").read_bytes():
            os_user = os.stat(f"/proc/{pid}").st_uid
            if os_user not in SPARE_USERS:
                return True
        pid = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]
    return False


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


def run(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "autograder", "grade", *map(str, arguments)]
    return subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The cases for the command line, by name, and their paths."""
    scratch = tmp_path_factory.mktemp("made")
    return {case.name: case.path(scratch) for case in CASES.values() if case.command_line}


def test_the_command_line_grades_them_all_and_says_what_it_could_not_read(
    made: dict[str, Path], tmp_path: Path
) -> None:
    output = tmp_path / "results"
    arguments = (
        "--exercise",
        "bce_criterion",
        "--exercise",
        "accuracy_check",
        "--timeout",
        "2",
        "--printed",
    )
    done = run(*made.values(), "--assignment", ASSIGNMENT, *arguments, "--output", output, cwd=ROOT)

    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    unclean = {c for c in done.stdout + done.stderr if not c.isprintable() and c != "\n"}
    assert not unclean
    flat = "".join(done.stdout.split())
    for name in made:
        for text in CASES[name].expected.shown:
            assert "".join(text.split()) in flat
    written = [
        json.loads(path.read_text(encoding="utf-8"))["results"][0] for path in output.iterdir()
    ]
    by_path = {result["submission"]: result for result in written}
    assert len(by_path) == len(made)
    for name, path in made.items():
        expected, result = CASES[name].expected, by_path[str(path)]
        assert expected.error_contains in result["error"]
        scores = {exercise["name"]: exercise for exercise in result["exercises"]}
        for exercise, points in expected.score.items():
            found = scores[exercise]
            assert found["score"] == (found["max_score"] if points == "full" else points)


def test_a_hostile_submission_is_no_fault_of_the_run(made: dict[str, Path], tmp_path: Path) -> None:
    """Exit status 0: everything could be read and graded, whatever the marks. A link in the
    place of a result file is replaced, not followed."""
    victim = tmp_path / "victim"
    victim.write_text("untouched")
    output = tmp_path / "results"
    output.mkdir()
    name = "exits_at_import"
    (output / f"{made[name].name}-{ASSIGNMENT}.json").symlink_to(victim)
    (output / f"{name}-{ASSIGNMENT}.json").symlink_to(victim)
    arguments = (
        "--assignment",
        ASSIGNMENT,
        "--exercise",
        "bce_criterion",
        "--json",
        "--output",
        output,
    )
    done = run(made[name], *arguments, cwd=ROOT)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["results"][0]["score"] == 0
    assert victim.read_text() == "untouched"
