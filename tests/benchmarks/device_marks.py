"""Are marks the same on another device? References, right answers in other forms, known mistakes.

    python -m tests.benchmarks.device_marks                 on the pretended accelerator
    python -m tests.benchmarks.device_marks --device cuda   where there is one

Each is graded on the CPU and on the device, by a Grader with its forkserver and its workers. It
prints how many verdicts differ, and which.
"""

from __future__ import annotations

import argparse
import contextlib
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from autograder.author.fingerprints import mistakes_of
from autograder.course.course import Course, solution_source
from autograder.grading.grader import Grader, Settings
from tests.pretend_device import pretend_device
from tests.test_fairness import FORMS, WHOLE

ROOT = Path(__file__).parents[2]
LAB = "logistic_regression"
SECONDS = 120.0
"""For a check: the pretended device is tens of times slower than the CPU. Mistakes have what the
exercise says."""

Verdicts = dict[tuple[str, str, str], tuple[str, str]]


def submissions(course: Course, folder: Path) -> Iterator[tuple[str, Path, list[str]]]:
    """Kind, file and exercises of each reference and form."""
    for exercise in course.assignment(LAB).exercises:
        path = folder / f"{exercise.name}.py"
        path.write_text(solution_source(exercise) or "", encoding="utf-8")
        yield "reference", path, [exercise.name]
    for path in (*FORMS, *WHOLE):
        if LAB in path.parts:
            yield "form", path, [path.parent.name] if path in FORMS else []


def marks(course: Course, device: str) -> Verdicts:
    """(kind, submission, check): (status, score)."""
    found: Verdicts = {}
    settings = Settings(device=device, assignment=LAB, seconds=SECONDS)
    with tempfile.TemporaryDirectory() as scratch, Grader(course, settings) as grader:
        for kind, path, only in submissions(course, Path(scratch)):
            for exercise in grader.grade(path, only).exercises:
                for check in exercise.checks:
                    name = f"{path.parent.name if kind == 'form' else LAB}/{path.name}"
                    verdict = (check.status.value, str(check.score))
                    found[kind, name, f"{exercise.name}/{check.name}"] = verdict
        for exercise in course.assignment(LAB).exercises:
            for mistake, findings in mistakes_of(grader, exercise, lambda _: None).findings.items():
                for finding in findings:
                    verdict = (finding.status.value, f"{finding.fraction:g}")
                    found["mistake", f"{exercise.name}/{mistake}", finding.check.name] = verdict
    return found


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--device", default="pretend")
    device = options.parse_args().device
    course = Course.open(ROOT)
    with pretend_device() if device == "pretend" else contextlib.nullcontext():
        here, there = marks(course, "cpu"), marks(course, device)
    assert here.keys() == there.keys()
    different = [key for key in here if here[key] != there[key]]
    print(f"{'':12}{'submissions':>14}{'verdicts':>12}{'different':>12}")
    verdicts, apart = (Counter(key[0] for key in keys) for keys in (here, different))
    for kind in verdicts:
        count = len({key[1] for key in here if key[0] == kind})
        print(f"{kind:12}{count:>14}{verdicts[kind]:>12}{apart[kind]:>12}")
    for key in different:
        print(f"{' '.join(key)}: {' '.join(here[key])} on the CPU, {' '.join(there[key])} there")


if __name__ == "__main__":
    main()
