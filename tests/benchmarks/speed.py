"""What grading costs beyond the student's own compute. Prints figures; asserts nothing.

    python tests/benchmarks/speed.py [SUBMISSION] [--runs N]

The student's own compute is measured by replaying, in a plain Python process, the very
requests that the judge sent: the cells, then every call with its arguments. "Cold" compares
whole processes, started in turn, so that the ratio holds where times drift; "further" compares
one grading of a running grader with one replay in a process that has torch imported already.
The reference's own compute is processor time of the same replay.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from autograder.course.course import Course
from autograder.grading.grader import Grader, Settings
from autograder.grading.references import References
from autograder.sandbox.host.session import Session, Transport
from autograder.sandbox.host.start import AnyLauncher
from autograder.sandbox.host.time_limit import TimeLimit
from autograder.submissions.model import Submission

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "tests" / "samples" / "ada"
REPLAY = """
import base64, json, os, sys, tempfile, time
import torch, torch._dynamo
from autograder.sandbox.worker.runtime import Runtime
from autograder.sandbox.wire import PREFIX, lengths
def split(frame):
    header, _ = lengths(frame[:PREFIX.size])
    return frame[PREFIX.size : PREFIX.size + header], frame[PREFIX.size + header :]
os.chdir(tempfile.mkdtemp())
sessions = [
    [split(base64.b64decode(frame)) for frame in frames] for frames in json.load(open(sys.argv[1]))
]
def replay():
    begun, cpu = time.perf_counter(), time.process_time()
    for requests in sessions:
        runtime = Runtime(torch)
        for request in requests:
            runtime.handle(*request)
    spent = [time.perf_counter() - begun, time.process_time() - cpu]
    print(json.dumps({"spent": spent}), file=sys.__stdout__, flush=True)
if len(sys.argv) == 2:
    replay()
else:  # once for each line that comes, in a fork that has run nothing yet
    for line in sys.stdin:
        if os.fork() == 0:
            replay()
            os._exit(0)
        os.wait()
"""
THREADS = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


class Recorder:
    """A transport that keeps the requests which it carries."""

    def __init__(self, transport: Transport, requests: list[bytes]):
        self.transport = transport
        self.requests = requests

    def send(self, request: bytes) -> None:
        self.requests.append(request)
        self.transport.send(request)

    def receive(self, limit: TimeLimit) -> tuple[bytes, bytes]:
        return self.transport.receive(limit)

    def output(self) -> str:
        return self.transport.output()

    def close(self) -> None:
        self.transport.close()


class RecordingLauncher:
    """A launcher whose workers' requests are kept, a list for each worker."""

    def __init__(self, launcher: AnyLauncher, sessions: list[list[bytes]]):
        self.launcher = launcher
        self.sessions = sessions

    def __getattr__(self, name: str) -> object:
        return getattr(self.launcher, name)

    @property
    def alive(self) -> bool:
        return self.launcher.alive

    def start(self) -> Transport:
        self.sessions.append([])
        return Recorder(self.launcher.start(), self.sessions[-1])


def record(path: Path, course: Course | None = None) -> tuple[list[list[bytes]], list[list[bytes]]]:
    """The requests that grading `path` sends: to the student's workers, to the references'."""
    students: list[list[bytes]] = []
    references: list[list[bytes]] = []
    with Grader(course or Course.open(ROOT), Settings(device="cpu")) as grader:
        launcher, made = grader._launcher, Grader.session
        assert launcher is not None

        def session(self: Grader, submission: Submission) -> Session:
            found = made(self, submission)
            found.start = RecordingLauncher(launcher, students).start
            return found

        grader._references = References(RecordingLauncher(launcher, references))  # type: ignore[arg-type]
        Grader.session = session  # type: ignore[method-assign]
        try:
            grader.grade(path)
        finally:
            Grader.session = made  # type: ignore[method-assign]
    return students, references


@contextlib.contextmanager
def written(sessions: list[list[bytes]]) -> Iterator[str]:
    """The requests in a file, for a plain process."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(
            [[base64.b64encode(frame).decode() for frame in lines] for lines in sessions], file
        )
        file.flush()
        yield file.name


def spent(output: Iterable[bytes]) -> tuple[float, float]:
    """Wall and processor seconds as REPLAY prints them, among what the student's code prints."""
    for line in output:
        if line.startswith(b'{"spent"'):
            wall, cpu = json.loads(line)["spent"]
            return wall, cpu
    raise RuntimeError("the plain process ended early")


def replay(sessions: list[list[bytes]]) -> tuple[float, float, float]:
    """Whole-process seconds, and wall and processor seconds of the requests alone."""
    with written(sessions) as file:
        begun = time.perf_counter()
        command = [sys.executable, "-c", REPLAY, file]
        done = subprocess.run(
            command, capture_output=True, check=True, env={**os.environ, **THREADS}
        )
        return time.perf_counter() - begun, *spent(done.stdout.splitlines())


@contextlib.contextmanager
def replayer(sessions: list[list[bytes]]) -> Iterator[Callable[[], float]]:
    """A plain process that has imported torch; each call replays the requests in a fork of it and
    gives their wall seconds."""
    with (
        written(sessions) as file,
        subprocess.Popen(
            [sys.executable, "-c", REPLAY, file, "forks"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **THREADS},
        ) as process,
    ):
        ask, told = process.stdin, process.stdout
        assert ask is not None
        assert told is not None

        def once() -> float:
            ask.write(b"\n")
            ask.flush()
            return spent(told)[0]

        once()
        yield once


def further(path: Path, students: list[list[bytes]], runs: int) -> None:
    """One grading beside one plain replay, many times: the machine's speed drifts within seconds,
    so that only the difference of neighbours means something."""
    graded, own = [], []
    with replayer(students) as once, Grader(Course.open(ROOT), Settings(device="cpu")) as grader:
        grader.grade(path)
        grader.grade(path)
        for _ in range(runs):
            begun = time.perf_counter()
            grader.grade(path)
            graded.append(time.perf_counter() - begun)
            own.append(once())
    shares = [1000 * (one - other) for one, other in zip(graded, own, strict=True)]
    low, middle, high = statistics.quantiles(shares, n=4)
    print(
        f"each further submission: {spread(graded)} s; its own compute {spread(own)} s; "
        f"the grader's share {middle:.0f} ms (quartiles {low:.0f} to {high:.0f}, {runs} pairs)"
    )


def timed(command: list[str]) -> float:
    begun = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("submission", type=Path, nargs="?", default=SAMPLE)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    grade = [sys.executable, "-m", "autograder", "grade", "--course", str(ROOT)]
    students, references = record(options.submission)
    calls = sum(len(lines) for lines in students)
    print(f"submission {options.submission.name}: {calls} requests to its worker")

    cold, plain, ratios = [], [], []
    for _ in range(options.runs):
        cold.append(timed([*grade, str(options.submission)]))
        whole, _, _ = replay(students)
        plain.append(whole)
        ratios.append(cold[-1] / whole)
    print(f"cold: grade {spread(cold)}; plain process {spread(plain)}; ratio {spread(ratios)}")

    further(options.submission, students, 8 * options.runs)

    computes = [replay(references)[2] for _ in range(options.runs)]
    print(f"reference, all checks, processor time: {spread(computes)} s")

    helps = [timed([sys.executable, "-m", "autograder", "--help"]) for _ in range(options.runs)]
    print(f"autograder --help: {spread(helps)} s")


def spread(values: list[float]) -> str:
    """median (min to max)"""
    return f"{statistics.median(values):.3f} ({min(values):.3f} to {max(values):.3f})"


if __name__ == "__main__":
    main()
