"""The student's commands: start, list, check, watch. Parses, calls, prints, as cli.py does."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.cli.console import AddCommand, make_console
from autograder.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from autograder.results import Result
    from autograder.student.progress import Progress

START_EXAMPLES = """\
examples:
  autograder start logistic_regression             into ./logistic_regression
  autograder start logistic_regression ~/ml/lab1   into a folder of your choice
"""
LIST_EXAMPLES = "examples:\n  autograder list\n  autograder list ~/ml/lab1\n"
CHECK_EXAMPLES = """\
examples:
  autograder check                       the folder you are in
  autograder check my_copy.ipynb
  autograder check bce_criterion         one exercise, every check of it in full
"""
WATCH_EXAMPLES = """\
examples:
  autograder watch                       the folder you are in
  autograder watch logistic_regression.ipynb
"""
SUFFIXES = frozenset({".py", ".ipynb", ".zip"})


def add_commands(
    command: AddCommand, running_options: Callable[[argparse.ArgumentParser], None]
) -> None:
    """Adds these commands to the command line."""
    this: dict[str, Any] = {
        "type": Path,
        "nargs": "?",
        "default": Path(),
        "help": "default: this folder",
    }
    options = command("start", start, "lay out a working copy of an assignment", START_EXAMPLES)
    options.add_argument("assignment", metavar="ASSIGNMENT", help="see `autograder list`")
    options.add_argument(
        "folder", nargs="?", type=Path, metavar="DIR", help="where to (default: ./ASSIGNMENT)"
    )
    options = command(
        "list", list_all, "assignments, exercises, and how far you are", LIST_EXAMPLES
    )
    options.add_argument("path", metavar="DIR", **this)
    options = command("watch", watch, "answer each time that you save", WATCH_EXAMPLES)
    options.add_argument("path", metavar="PATH", **this)
    options.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:N (default: auto)")
    options = command("check", check, "run the visible checks on your own work", CHECK_EXAMPLES)
    options.add_argument(
        "words",
        nargs="*",
        metavar="PATH or EXERCISE",
        help="your work (default: this folder), then the exercises to check (default: all)",
    )
    running_options(options)


def path_and_exercises(words: Sequence[str]) -> tuple[Path, list[str]]:
    """The path that the first word may be, and the exercises that the others name."""
    if words:
        first = Path(words[0])
        if first.exists() or first.suffix.lower() in SUFFIXES or len(first.parts) > 1:
            return first, list(words[1:])
    return Path(), list(words)


# -- commands -------------------------------------------------------------------------------


def start(options: argparse.Namespace) -> int:
    from autograder.course.course import Course
    from autograder.reports.student import print_started
    from autograder.student.start import start as lay_out

    started = lay_out(options.assignment, options.folder, Path())
    assignment = Course.handed_out(started.folder).assignment(options.assignment)
    print_started(assignment, started.folder, started.made, started.kept, make_console())
    return 0


def list_all(options: argparse.Namespace) -> int:
    from autograder.reports.student import print_list
    from autograder.student.progress import Progress
    from autograder.student.start import works

    console = make_console()
    found = works(options.path)
    if not found:
        raise UsageError(f"{options.path}: no assignment is here, and none came with the package")
    for number, (assignment, folder) in enumerate(found):
        if number:
            console.print()
        progress = Progress.open(folder) if folder else None
        print_list(assignment, progress.exercises if progress else {}, console, folder)
        if progress:
            _say_problem(progress, console)
    return 0


def check(options: argparse.Namespace) -> int:
    from autograder.course.course import Course
    from autograder.grading.grader import Grader, Settings
    from autograder.reports.student import print_check
    from autograder.results import Report, as_json
    from autograder.student.saves import grade_work

    path, names = path_and_exercises(options.words)
    names += options.exercise
    folder = path if path.is_dir() else path.parent
    settings = Settings(device=options.device, seed=options.seed, seconds=options.timeout)
    course = Course.handed_out(folder)
    (name,) = course.folders
    with Grader(course, settings) as grader:
        grader.exercises(course.assignment(name), names)  # a wrong one is told before torch is in
        result = grade_work(grader, path, names)
    console = make_console()
    if options.json:
        print(json.dumps(as_json(Report((result,))), indent=2))
    else:
        print_check(result, course.assignment(name), console, in_full=bool(names))
    _remember(result, folder, console, quiet=options.json)
    if result.has_internal_faults:
        return 70
    if result.error:
        return 3
    return int(result.score < result.max_score)


def watch(options: argparse.Namespace) -> int:
    from autograder.student.watch import watch as run

    return run(options.path, options.device, make_console())


def _remember(result: Result, folder: Path, console: Console, *, quiet: bool) -> None:
    """Keeps how the exercises stand, and says what is said only once."""
    from autograder.reports.student import NO_ISOLATION, has_isolation
    from autograder.student.progress import Progress

    progress = Progress.open(folder)
    progress.record(result)
    if not quiet and not has_isolation(result) and progress.first_time("isolation"):
        console.print(NO_ISOLATION, style="yellow")
    problem = progress.problem
    progress.save()
    progress.problem = problem or progress.problem
    if not quiet:
        _say_problem(progress, console)


def _say_problem(progress: Progress, console: Console) -> None:
    from rich.text import Text

    if progress.problem:
        console.print(Text(f"Note: {progress.problem}", style="yellow"))
