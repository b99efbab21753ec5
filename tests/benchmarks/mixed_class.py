"""A class of honest submissions with every golden one among them. Prints a table.

    python -m tests.benchmarks.mixed_class [ASSIGNMENT] [--honest N] [--seed N] [--timeout SECONDS]

The honest ones are the reference, the samples, the fair submissions, and fair forms put together,
one an exercise. They are graded alone first, then shuffled among the golden ones, all by one
`autograder grade`. Exit status 1 where a figure is not 0 that should be.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import platform
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from autograder.course.course import Course, solution_source
from autograder.course.model import Assignment
from autograder.sandbox.linux import hunt
from tests.test_fairness import FORMS, ROOT, WHOLE
from tests.test_golden import CASES, NEIGHBOUR, Case, marked_files, something_to_steal

GRADE = (sys.executable, "-m", "autograder", "grade")
SAMPLES = ROOT / "tests" / "samples"


@dataclass
class Run:
    """What one `autograder grade` came to, a result a path."""

    code: int
    said: str
    results: dict[Path, dict[str, Any]]
    seconds: float
    left: list[str]


@dataclass
class Row:
    """A line of the table; `about` says what is not as it should be."""

    name: str
    attempts: int
    undeserved: float = 0
    deaths: int = 0
    left: int = 0
    differ: int = 0
    seconds: float = 0
    about: list[str] = field(default_factory=list)


# -- who hands in ---------------------------------------------------------------------------


def honest_ones(assignment: Assignment, folder: Path, number: int) -> list[Path]:
    """So many honest submissions, as files and folders below `folder`."""
    name = assignment.name
    solutions = [(one.name, solution_source(one) or "") for one in assignment.exercises]
    made = [_script(folder / "reference" / f"{name}.py", solutions)]
    for source in (*sorted(SAMPLES.iterdir()), *(p for p in WHOLE if p.parts[-3] == name)):
        if any(source.glob(f"{name}.*")):
            made.append(Path(shutil.copytree(source, folder / source.name)))
    for place, cells in zip(range(number - len(made)), _put_together(assignment), strict=False):
        made.append(_script(folder / f"forms_{place}" / f"{name}.py", cells))
    return made[:number]


def _script(path: Path, cells: Sequence[tuple[str, str]]) -> Path:
    path.parent.mkdir(parents=True)
    text = "\n".join(f"# %% {title}\n{source}\n" for title, source in cells)
    path.write_text(text, encoding="utf-8")
    return path.parent


def _put_together(assignment: Assignment) -> Iterator[list[tuple[str, str]]]:
    """One fair form an exercise, every time others, none with a name that another one uses."""
    scripts = [path for path in FORMS if path.suffix == ".py"]
    forms = {
        one.name: [p for p in scripts if p.parts[-3:-1] == (assignment.name, one.name)]
        for one in assignment.exercises
    }
    for turn in count():
        taken: set[str] = set()
        cells = []
        for exercise, paths in forms.items():
            for step in range(len(paths)):
                source = paths[(turn + step) % len(paths)].read_text(encoding="utf-8")
                if taken.isdisjoint(names := _defined(source)):
                    taken |= names
                    cells.append((exercise, source))
                    break
        if len(cells) == len(forms):
            yield cells


def _defined(source: str) -> set[str]:
    """What a source defines at its top, imports aside."""
    found: set[str] = set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        else:
            names = (each for each in ast.walk(node) if isinstance(each, ast.Name))
            found |= {each.id for each in names if isinstance(each.ctx, ast.Store)}
    return found


def golden_ones(assignment: str, folder: Path) -> dict[Path, Case]:
    """Every golden submission, copied or built below `folder`."""
    found = {}
    for case in CASES:
        if case.assignment != assignment or case.name == NEIGHBOUR:
            continue
        if case.machine in ("", platform.machine()):
            path = case.path(folder)
            if path.parent == case.folder:
                path = Path(shutil.copytree(path, folder / case.name, symlinks=True))
            found[path] = case
    return found


# -- grading --------------------------------------------------------------------------------


def grade(assignment: str, paths: Sequence[Path], options: Sequence[str]) -> Run:
    """Grades all of them at once; and what is left of it."""
    shared, marked, begun = set(os.listdir("/dev/shm")), marked_files(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mixed-") as scratch:
        command = [*GRADE, "--json", "--assignment", assignment, *options, *map(str, paths)]
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, "TMPDIR": scratch},
            capture_output=True,
            check=False,
        )
        seconds, said = time.monotonic() - begun, done.stderr.decode("utf-8", "replace")
        hunt.reap()
        left = [f"process {pid}" for pid in hunt.descendants(os.getpid()) if hunt.is_alive(pid)]
        left += [f"file {name}" for name in os.listdir(scratch)]
    left += [f"/dev/shm/{name}" for name in sorted(set(os.listdir("/dev/shm")) - shared)]
    left += sorted(set(marked_files()) - set(marked))
    try:
        told = json.loads(done.stdout)["results"]
    except ValueError:
        told = []
    return Run(done.returncode, said, dict(zip(paths, told, strict=False)), seconds, left)


def deaths(run: Run) -> int:
    """How often the grader or its forkserver died."""
    lost = re.search(r"forkserver died (?:(once)|(\d+) times)", run.said)
    return (1 if lost and lost[1] else int(lost[2]) if lost else 0) + (run.code not in (0, 3))


def marks(result: dict[str, Any] | None) -> dict[str, float] | None:
    return result and {one["name"]: one["score"] for one in result["exercises"]}


def undeserved(case: Case, result: dict[str, Any]) -> float:
    """The points above those that a case grants, of the exercises that it speaks of."""
    above = 0.0
    for one in result["exercises"]:
        granted = case.expected.score.get(
            one["name"], 0 if case.expected.error_contains else "full"
        )
        above += max(0.0, one["score"] - (one["max_score"] if granted == "full" else granted))
    return above


def compare(name: str, run: Run, golden: dict[Path, Case], alone: Run) -> Row:
    """What a run came to, held against the marks that the honest have alone."""
    row = Row(name, len(golden), deaths=deaths(run), left=len(run.left), seconds=run.seconds)
    row.about += [f"left: {one}" for one in run.left]
    row.about += [f"said: {line}" for line in run.said.splitlines()[-5:]]
    for path, case in golden.items():
        result = run.results.get(path)
        if result is None:
            row.about.append(f"{case.name}: has no result")
        elif points := undeserved(case, result):
            row.undeserved += points
            row.about.append(f"{case.name}: {points:g} points too many")
    for path, before in alone.results.items():
        if marks(before) != marks(run.results.get(path)):
            row.differ += 1
            row.about.append(f"{path.name}: {marks(before)} alone, {marks(run.results.get(path))}")
    return row


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("assignment", nargs="?", default="logistic_regression")
    parser.add_argument("--honest", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--timeout", default="5", help="seconds for one check (default: 5)")
    given = parser.parse_args()
    assignment = Course.open(ROOT).assignment(given.assignment)
    limits = ("--device", "cpu", "--timeout", given.timeout)
    with tempfile.TemporaryDirectory(prefix="class-") as scratch, something_to_steal():
        own, others = Path(scratch, "honest"), Path(scratch, "golden")
        others.mkdir()
        honest = honest_ones(assignment, own, given.honest)
        golden = golden_ones(assignment.name, others)
        everyone = [*honest, *golden]
        random.Random(given.seed).shuffle(everyone)

        alone = grade(assignment.name, honest, limits)
        rows = [compare("honest alone", alone, {}, alone)]
        for path, result in alone.results.items():
            if result["score"] < result["max_score"] and path.parent.name not in ("ada", "alan"):
                rows[0].about.append(f"{path.name}: {result['score']} of {result['max_score']}")
        mixed = grade(assignment.name, everyone, limits)
        rows.append(compare("mixed", mixed, golden, alone))

    print(f"{len(honest)} honest submissions, {len(golden)} golden ones, seed {given.seed}")
    print(
        "run                attempts  undeserved  deaths  leftovers  honest that differ   seconds"
    )
    for row in rows:
        print(
            f"{row.name:<18}{row.attempts:>9}{row.undeserved:>12g}{row.deaths:>8}{row.left:>11}"
            f"{row.differ:>20}{row.seconds:>10.0f}"
        )
    for row in rows:
        for line in row.about:
            print(f"{row.name}: {line}")
    return int(any(row.undeserved or row.deaths or row.left or row.differ for row in rows))


if __name__ == "__main__":
    sys.exit(main())
