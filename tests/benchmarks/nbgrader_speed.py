"""What nbgrader costs with its own Execute, with our judge, and what `--gradebook` costs.

    python tests/benchmarks/nbgrader_speed.py [--submissions N] [--runs N] [--way NAME]

All grade the same submissions, each way in a fresh copy of the course. The students' own compute
is measured as in speed.py: the requests of the judge, replayed in a plain process; for stock
nbgrader those of the visible checks, which are all that its check cells run, and the other cells
of the notebook, which its kernel runs as well: they draw what was made. The grader's share
is what is left of the wall time; "each further" leaves out what a run costs once (programs that
start, torch imported, references), from runs over few and over all submissions. Only a quiet
machine gives figures that mean something. Asserts nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
from speed import ROOT, record, replayer

from autograder.course.course import Course

NAME = "logistic_regression"
FILE = f"{NAME}.ipynb"
FEW = 4
STOCK = "--Autograde.exporter_class=nbconvert.exporters.NotebookExporter"
WAYS = {
    "stock": ["nbgrader", "autograde", NAME, STOCK],
    "judge": ["nbgrader", "autograde", NAME],
    "gradebook": [*("autograder", "grade", "submitted", "--gradebook", "sqlite:///gradebook.db")],
}
CELLS = """
import json, sys, time, warnings
import matplotlib, torch, torch._dynamo
matplotlib.use("agg")
import matplotlib.pyplot
warnings.simplefilter("ignore")
names = {"__name__": "__main__"}
begun = time.perf_counter()
for cell in json.load(open(sys.argv[1]))["cells"]:
    source = "".join(cell["source"])
    if cell["cell_type"] == "code" and "check_cell(" not in source:
        try:
            exec(source, names)
        except Exception:
            pass
print(time.perf_counter() - begun, file=sys.__stdout__)
"""
KINDS = ("right", "mistaken", "untouched", "half")


def program(words: list[str], folder: Path) -> float:
    """Seconds that a program takes."""
    home = folder.parent / "home"
    home.mkdir(exist_ok=True)
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        **{key: str(home) for key in ("HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")},
    }
    begun = time.perf_counter()
    done = subprocess.run(
        words, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - begun
    if done.returncode:
        sys.exit(f"{' '.join(words)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return seconds


def new_course(folder: Path) -> Path:
    """A course with its release and a gradebook that knows the assignment."""
    course = folder / "course"
    shutil.copytree(ROOT / "solutions", course / "solutions")
    shutil.copy(ROOT / "nbgrader_config.py", course)
    program(["nbgrader", "generate_assignment", NAME, "--force"], course)
    return course


def hand_in(course: Path, kind: str, folder: Path) -> None:
    """Lays a submission of a kind into a folder."""
    shutil.copytree(course / "assignments" / NAME, folder)
    if kind == "mistaken":
        shutil.copy(ROOT / "tests" / "samples" / "grace" / FILE, folder)
    solved = nbformat.read(course / "source" / NAME / FILE, as_version=4)
    answers = [cell for cell in solved.cells if cell.metadata.nbgrader.solution]
    answers = {"right": answers, "half": answers[:3]}.get(kind, [])
    notebook = nbformat.read(folder / FILE, as_version=4)
    for cell in notebook.cells:
        cell.source = next((a.source for a in answers if a.id == cell.id), cell.source)
    nbformat.write(notebook, folder / FILE)


def run(words: list[str], course: Path, kinds: list[str], root: Path) -> float:
    """Seconds of one way over a class."""
    with tempfile.TemporaryDirectory(dir=root) as folder:
        copy = Path(folder) / "course"
        shutil.copytree(course, copy)
        for number, kind in enumerate(kinds):
            hand_in(course, kind, copy / "submitted" / f"s{number:03}" / NAME)
        return program(words, copy)


class Computes:
    """The students' own code, by kind of submission, replayed again and again between the runs: the
    machine's speed drifts."""

    def __init__(self, course: Course, root: Path, opened: Callable[[Path], Course]):
        self.found: dict[str, list[float]] = {kind: [] for kind in KINDS}
        self.once: dict[str, Callable[[], float]] = {}
        self.notebooks: dict[str, Path] = {}
        self.ending = contextlib.ExitStack()
        for kind in KINDS:
            folder = root / kind
            hand_in(course, kind, folder)
            requests, _ = record(folder, opened(folder))
            self.once[kind] = self.ending.enter_context(replayer(requests))
            if opened is visible_checks:
                self.notebooks[kind] = folder / FILE

    def sample(self, times: int = 5) -> None:
        for kind, once in self.once.items():
            other = cells(self.notebooks[kind]) if kind in self.notebooks else 0.0
            self.found[kind] += [once() + other for _ in range(times)]

    def medians(self) -> dict[str, float]:
        return {kind: statistics.median(seconds) for kind, seconds in self.found.items()}


def cells(notebook: Path) -> float:
    """Seconds of the cells that are no checks, in a plain process."""
    words = [sys.executable, "-c", CELLS, str(notebook)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return float(done.stdout.splitlines()[-1])


def all_checks(folder: Path) -> Course:
    return Course.open(ROOT)


def visible_checks(folder: Path) -> Course:
    return Course.handed_out(folder)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--submissions", type=int, default=20)
    parser.add_argument("--runs", type=int, default=3, help="of each way but stock")
    parser.add_argument("--way", choices=WAYS, action="append", help="default: all")
    options = parser.parse_args()
    kinds = [KINDS[number % len(KINDS)] for number in range(options.submissions)]
    with tempfile.TemporaryDirectory(prefix="nbgrader-speed-") as folder:
        root = Path(folder)
        course = new_course(root)
        for way in options.way or WAYS:
            opened = visible_checks if way == "stock" else all_checks
            computes = Computes(course, root / way, opened)
            runs: list[tuple[float, float]] = []
            with computes.ending:
                for _ in range(1 if way == "stock" else options.runs):
                    computes.sample()
                    few = run(WAYS[way], course, kinds[:FEW], root)
                    computes.sample()
                    runs.append((few, run(WAYS[way], course, kinds, root)))
                computes.sample()
            own = computes.medians()
            print(f"{way}: {' '.join(WAYS[way])}")
            tell("the whole run", statistics.median(whole for _, whole in runs), kinds, own)
            if rest := kinds[FEW:]:
                further = statistics.median(whole - few for few, whole in runs)
                tell("each further", further, rest, own)


def tell(what: str, taken: float, kinds: list[str], own: dict[str, float]) -> None:
    """One line: seconds a submission, and how they are shared."""
    each = taken / len(kinds)
    students = sum((own[kind] for kind in kinds), 0.0) / len(kinds)
    print(
        f"  {what:>13}, {len(kinds)}: {each:.2f} s a submission; students' code {students:.2f}, "
        f"the grader's own {each - students:.2f}"
    )


if __name__ == "__main__":
    main()
