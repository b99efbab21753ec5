"""`autograder hint`. Parses, calls, prints, as cli.py does."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from autograder.cli.console import AddCommand
from autograder.cli.student import path_and_exercises
from autograder.errors import InternalError, SubmissionError, UsageError

if TYPE_CHECKING:
    from autograder.results import Result

EXAMPLES = """\
examples:
  autograder hint bce_criterion            a hint for its first check that does not pass
  autograder hint bce_criterion            once more: the next one, which says more
  autograder hint bce_criterion --all      every hint that was shown
  autograder hint                          for the first exercise that is open
"""


def add_command(command: AddCommand) -> None:
    """Adds this command to the command line."""
    options = command("hint", hint, "the next hint for what does not pass yet", EXAMPLES)
    options.add_argument(
        "words",
        nargs="*",
        metavar="PATH or EXERCISE",
        help="your work (default: this folder), then the exercise (default: the first open one)",
    )
    options.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:N (default: auto)")
    how = options.add_mutually_exclusive_group()
    how.add_argument("--all", action="store_true", help="show again what was shown, and no more")
    how.add_argument("--reset", action="store_true", help="begin with the first hint again")


def hint(options: argparse.Namespace) -> int:
    from rich.console import Console

    from autograder.course.course import Course
    from autograder.reports import hints as report
    from autograder.reports.student import NO_ISOLATION, has_isolation
    from autograder.student import hints
    from autograder.student.progress import Progress

    path, names = path_and_exercises(options.words)
    if len(names) > 1:
        raise UsageError(f"hints come for one exercise at a time, not for {', '.join(names)}")
    folder = path if path.is_dir() else path.parent
    course = Course.handed_out(folder)
    (assignment,) = course.folders
    exercises = hints.exercises_of(course.assignment(assignment), *names)
    progress = Progress.open(folder)
    console, code = Console(highlight=False), 0
    if options.all:
        shown = {exercise.name: hints.shown_before(exercise, progress) for exercise in exercises}
        report.print_shown(shown, console)
    elif options.reset:
        hints.forget(exercises, progress)
        progress.save()
        report.print_forgotten([exercise.name for exercise in exercises], console)
    else:
        result = hints.check_work(course, path, exercises, options.device)
        hinted = hints.next_hint(exercises, result, progress)
        report.print_next(result, hinted, console)
        if not has_isolation(result) and progress.first_time("isolation"):
            console.print(NO_ISOLATION, style="yellow")
        progress.save()
        code = _exit_code(result)
    if progress.problem:
        print(f"Note: {progress.problem}", file=sys.stderr)
    return code


def _exit_code(result: Result) -> int:
    if result.has_internal_faults:
        return InternalError.exit_code
    return SubmissionError.exit_code if result.error else 0
