"""How far free memory falls while submissions are graded: `python tests/benchmarks/memory.py A B`.

It prints, for each, what the checks ended with, and by how many MiB MemAvailable fell at most
below what it was when the forkserver stood ready. Run it where nothing else is at work.
"""

from __future__ import annotations

import sys
import threading
from collections import Counter
from pathlib import Path

from autograder.course.course import Course
from autograder.grading.grader import Grader, Settings
from autograder.sandbox.linux import hunt

ROOT = Path(__file__).parents[2]
EVERY = 0.005


def available() -> int:
    """MiB that processes could still take."""
    return int(hunt.fields("", "meminfo")["MemAvailable"].split()[0]) >> 10


class Watch(threading.Thread):
    """Reads how much memory is available, over and over."""

    def __init__(self) -> None:
        super().__init__()
        self.before = self.least = available()
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.wait(EVERY):
            self.least = min(self.least, available())


def main(paths: list[str]) -> None:
    settings = Settings(device="cpu", assignment="logistic_regression", load_seconds=60.0)
    with Grader(Course.open(ROOT), settings) as grader:
        grader.grade(ROOT / "tests/golden/logistic_regression/honest_neighbour/submission")
        for path in paths:
            watch = Watch()
            watch.start()
            result = grader.grade(Path(path), ["bce_criterion"])
            watch.ended.set()
            watch.join()
            ends = Counter(str(c.status) for e in result.exercises for c in e.checks)
            fell = watch.before - watch.least
            print(f"{path}\n  fell by {fell} MiB; {dict(ends)} {result.score}/{result.max_score}")
            for line in result.notes:
                print(f"  {line}")


if __name__ == "__main__":
    main(sys.argv[1:])
