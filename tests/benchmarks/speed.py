"""What grading costs beyond the student's own compute. Prints figures; asserts nothing.

    python tests/benchmarks/speed.py [SUBMISSION] [--runs N]

The student's own compute is measured by replaying, in a plain Python process, the very
requests that the judge sent: the cells, then every call with its arguments. "Cold" compares
whole processes, started in turn, so that the ratio holds where times drift. The reference's
own compute is processor time of the same replay.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from autograder.course.course import Course
from autograder.runs.grading import Grader, Settings
from autograder.sandbox.session import Transport

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "tests" / "samples" / "ada"
REPLAY = """
import base64, json, os, sys, tempfile, time
import torch, torch._dynamo
from autograder.sandbox.runtime import Runtime
from autograder.sandbox.session import split
os.chdir(tempfile.mkdtemp())
begun, cpu = time.perf_counter(), time.process_time()
for lines in json.load(open(sys.argv[1])):
    runtime = Runtime(torch)
    for line in lines:
        runtime.handle(*split(base64.b64decode(line)))
print(json.dumps([time.perf_counter() - begun, time.process_time() - cpu]), file=sys.__stdout__)
"""


class Recorder:
    """A transport that keeps the requests which it carries."""

    def __init__(self, transport: Transport, requests: list[bytes]):
        self.transport = transport
        self.requests = requests

    def exchange(self, request: bytes, seconds: float) -> tuple[bytes, bytes]:
        self.requests.append(request)
        return self.transport.exchange(request, seconds)

    def output(self) -> str:
        return self.transport.output()

    def close(self) -> None:
        self.transport.close()


def record(path: Path, course: Course | None = None) -> tuple[list[list[bytes]], list[list[bytes]]]:
    """The requests that grading `path` sends: to the student's workers, to the references'."""
    students: list[list[bytes]] = []
    references: list[list[bytes]] = []
    with Grader(course or Course.open(ROOT), Settings(device="cpu")) as grader:
        launcher = grader._launcher
        assert launcher is not None
        start = launcher.start

        def recording(into: list[list[bytes]]) -> Transport:
            into.append([])
            return Recorder(start(), into[-1])

        made = grader.session
        recorded = grader._recorded

        def session(submission):  # type: ignore[no-untyped-def]
            found = made(submission)
            found.start = lambda: recording(students)
            return found

        def reference(exercise, source):  # type: ignore[no-untyped-def]
            found = recorded(exercise, source)
            found.session.start = lambda: recording(references)
            return found

        kept = Grader.session, Grader._recorded
        Grader.session = lambda self, submission: session(submission)  # type: ignore[method-assign]
        Grader._recorded = lambda self, e, s: reference(e, s)  # type: ignore[method-assign]
        try:
            grader.grade(path)
        finally:
            Grader.session, Grader._recorded = kept  # type: ignore[method-assign]
    return students, references


def replay(sessions: list[list[bytes]]) -> tuple[float, float, float]:
    """Whole-process seconds, and wall and processor seconds of the requests alone."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(
            [[base64.b64encode(frame).decode() for frame in lines] for lines in sessions], file
        )
        file.flush()
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        begun = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", REPLAY, file.name],
            capture_output=True,
            check=True,
            env=environment,
        )
        whole = time.perf_counter() - begun
    wall, cpu = json.loads(done.stdout.splitlines()[-1])
    return whole, wall, cpu


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

    cold, plain, ratios, own = [], [], [], []
    for _ in range(options.runs):
        cold.append(timed([*grade, str(options.submission)]))
        whole, wall, _ = replay(students)
        plain.append(whole)
        own.append(wall)
        ratios.append(cold[-1] / whole)
    print(f"cold: grade {spread(cold)}; plain process {spread(plain)}; ratio {spread(ratios)}")

    few, many = 2, 22
    extra = []
    for _ in range(options.runs):
        paths = [str(options.submission)]
        short, long = timed([*grade, *paths * few]), timed([*grade, *paths * many])
        extra.append((long - short) / (many - few))
    own_median = statistics.median(own)
    print(
        f"each further submission: {spread(extra)} s, of which its own compute {own_median:.3f} s; "
        f"the grader's share {1000 * (statistics.median(extra) - own_median):.0f} ms"
    )

    computes = [replay(references)[2] for _ in range(options.runs)]
    print(f"reference, all checks, processor time: {spread(computes)} s")

    helps = [timed([sys.executable, "-m", "autograder", "--help"]) for _ in range(options.runs)]
    print(f"autograder --help: {spread(helps)} s")


def spread(values: list[float]) -> str:
    """median (min to max)"""
    return f"{statistics.median(values):.3f} ({min(values):.3f} to {max(values):.3f})"


if __name__ == "__main__":
    main()
