"""The student's commands: start, list, check, hint, watch. Parses, calls, prints."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from autograder.cli.console import (
    AddCommand,
    device_option,
    exit_code,
    make_console,
    print_json,
    running_options,
)
from autograder.course.course import Course
from autograder.errors import UsageError
from autograder.reports.hints import print_next, print_shown
from autograder.reports.student import print_check, print_list, print_started
from autograder.results import Report, Result
from autograder.student.progress import Progress
from autograder.student.start import start as lay_out
from autograder.student.start import works

if TYPE_CHECKING:
    from autograder.grading.grader import Settings

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
HINT_EXAMPLES = """\
examples:
  autograder hint bce_criterion            a hint for its first check that does not pass
  autograder hint bce_criterion            once more: the next one, which says more
  autograder hint bce_criterion --all      every hint that was shown
  autograder hint                          for the first exercise that is open
"""
WATCH_EXAMPLES = """\
examples:
  autograder watch                       the folder you are in
  autograder watch logistic_regression.ipynb
"""
SUFFIXES = frozenset({".py", ".ipynb", ".zip"})


def add_commands(command: AddCommand) -> None:
    """Adds these commands to the command line."""
    options = command("start", start, "lay out a working copy of an assignment", START_EXAMPLES)
    options.add_argument("assignment", metavar="ASSIGNMENT", help="see `autograder list`")
    options.add_argument(
        "folder", nargs="?", type=Path, metavar="DIR", help="where to (default: ./ASSIGNMENT)"
    )
    summary = "assignments, exercises, and how far you are"
    options = command("list", list_all, summary, LIST_EXAMPLES)
    _path_argument(options, "DIR")
    options = command("watch", watch, "answer each time that you save", WATCH_EXAMPLES)
    _path_argument(options, "PATH")
    device_option(options)
    options = command("check", check, "run the visible checks on your own work", CHECK_EXAMPLES)
    _words_argument(options, "the exercises to check (default: all)")
    running_options(options)
    options = command("hint", hint, "the next hint for what does not pass yet", HINT_EXAMPLES)
    _words_argument(options, "the exercise (default: the first open one)")
    device_option(options)
    how = options.add_mutually_exclusive_group()
    how.add_argument("--all", action="store_true", help="show again what was shown, and no more")
    how.add_argument("--reset", action="store_true", help="begin with the first hint again")


def _path_argument(options: argparse.ArgumentParser, name: str) -> None:
    options.add_argument(
        "path", metavar=name, type=Path, nargs="?", default=Path(), help="default: this folder"
    )


def _words_argument(options: argparse.ArgumentParser, then: str) -> None:
    what = f"your work (default: this folder), then {then}"
    options.add_argument("words", nargs="*", metavar="PATH or EXERCISE", help=what)


def path_and_exercises(words: Sequence[str]) -> tuple[Path, list[str]]:
    """The path that the first word may be, and the exercises that the others name."""
    if words:
        first = Path(words[0])
        if first.exists() or first.suffix.lower() in SUFFIXES or len(first.parts) > 1:
            return first, list(words[1:])
    return Path(), list(words)


# -- commands -------------------------------------------------------------------------------


def start(options: argparse.Namespace) -> int:
    started = lay_out(options.assignment, options.folder, Path())
    assignment = Course.handed_out(started.folder).handout
    print_started(assignment, started.folder, started.made, started.kept, make_console())
    return 0


def list_all(options: argparse.Namespace) -> int:
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
            _print_notes(progress.notes)
    return 0


def check(options: argparse.Namespace) -> int:
    from autograder.grading.grader import Settings

    path, names = path_and_exercises(options.words)
    names += options.exercise
    folder = path if path.is_dir() else path.parent
    course = Course.handed_out(folder)
    settings = Settings(device=options.device, seed=options.seed, seconds=options.timeout)
    result = _checked(course, path, names, settings)
    report = Report((result,))
    if options.json:
        print_json(report)
    else:
        print_check(result, course.handout, make_console(), in_full=bool(names))
    _print_notes(Progress.open(folder).remember(result))
    return exit_code(report) or int(result.score < result.max_score)


def hint(options: argparse.Namespace) -> int:
    from autograder.grading.grader import Settings
    from autograder.student import hints

    path, names = path_and_exercises(options.words)
    if len(names) > 1:
        raise UsageError(f"hints come for one exercise at a time, not for {', '.join(names)}")
    folder = path if path.is_dir() else path.parent
    course = Course.handed_out(folder)
    exercises = course.handout.named(names)
    progress, console = Progress.open(folder), make_console()
    if options.all:
        print_shown({one.name: hints.shown_before(one, progress) for one in exercises}, console)
    elif options.reset:
        known = [exercise.name for exercise in exercises]
        progress.forget(known)
        progress.save()
        console.print(f"The hints of {', '.join(known)} begin with the first again.")
    else:
        result = _checked(course, path, names, Settings(device=options.device))
        print_next(result, hints.next_hint(exercises, result, progress), console)
        _print_notes(progress.remember(result))
        return exit_code(Report((result,)))
    _print_notes(progress.notes)
    return 0


def watch(options: argparse.Namespace) -> int:
    from autograder.student.watch import watch as run

    return run(options.path, options.device, make_console())


def _checked(course: Course, path: Path, names: Sequence[str], settings: Settings) -> Result:
    from autograder.grading.grader import Grader
    from autograder.student.saves import grade_work

    course.handout.named(names)  # a wrong one is told before torch is in
    with Grader(course, settings) as grader:
        return grade_work(grader, path, names)


def _print_notes(notes: Sequence[str]) -> None:
    """On stderr: a report on stdout stays whole."""
    for note in notes:
        make_console(stderr=True).print(Text(note, style="yellow"))
