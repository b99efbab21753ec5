"""The author's commands: new, release, prove."""

from __future__ import annotations

import argparse
import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.cli.console import AddCommand, course_option, make_console

if TYPE_CHECKING:
    from rich.console import Console

    from autograder.errors import Problem

MOST_PROBLEMS = 4
NEW_EXAMPLES = """\
examples:
  autograder new softmax_regression                    a new assignment, with a first exercise
  autograder new softmax_regression cross_entropy      one more exercise
"""
RELEASE_EXAMPLES = "examples:\n  autograder release\n  autograder release logistic_regression\n"
PROVE_EXAMPLES = """\
examples:
  autograder prove
  autograder prove logistic_regression --exercise bce_criterion
"""
AUTHORS_WAY = """\
the author's way:
  1. autograder new ASSIGNMENT EXERCISE    a folder with every file; release and prove are green
  2. replace what is in it, file by file   CONTRIBUTING.md describes each file
  3. autograder prove ASSIGNMENT --exercise EXERCISE     after each change; takes seconds
  4. autograder release ASSIGNMENT         builds assignments/, which students get
  5. autograder prove                      the whole course, and the release
"""


def add_commands(command: AddCommand) -> None:
    """Adds these commands to the command line."""
    options = command(
        "new", new, "lay out a new exercise, with every file", f"{NEW_EXAMPLES}\n{AUTHORS_WAY}"
    )
    options.add_argument("assignment", metavar="ASSIGNMENT", help="a new one, or one there is")
    options.add_argument("exercise", nargs="?", metavar="EXERCISE", help="its name in code")
    course_option(options)
    options = command("release", release, "build assignments/ from solutions/", RELEASE_EXAMPLES)
    options.add_argument("assignment", nargs="*", help="which (default: all)")
    course_option(options)
    options = command(
        "prove", prove, "show that the course and its release are sound", PROVE_EXAMPLES
    )
    options.add_argument("assignment", nargs="*", help="which (default: all)")
    options.add_argument(
        "--exercise", action="append", default=[], help="only this one (may be repeated)"
    )
    course_option(options)


def new(options: argparse.Namespace) -> int:
    from autograder.author.new import lay_out_exercise

    folder = lay_out_exercise(options.assignment, options.exercise, options.course)
    print(f"made {_shown(folder)}/ with:")
    for path in sorted(folder.iterdir()):
        print(f"  {path.name}")
    print(f"\n{AUTHORS_WAY}", end="")
    return 0


def release(options: argparse.Namespace) -> int:
    from autograder.author.release import release_assignment
    from autograder.course.course import Course
    from autograder.errors import CourseError

    course, console, code = Course.open(options.course), make_console(), 0
    for name in options.assignment or course.folders:
        with _progress(console) as tell:
            done = release_assignment(course, name, tell)
        if done.problems:
            code = CourseError.exit_code
            _print_problems(done.problems, console)
            print(f"{name}: not released")
        else:
            count = f"{len(done.files)} file{'' if len(done.files) == 1 else 's'} written"
            print(f"{name}: {count if done.files else 'in step'}")
    return code


def prove(options: argparse.Namespace) -> int:
    from rich.text import Text

    from autograder.author.prove import prove_assignment
    from autograder.course.course import Course

    course, console, code = Course.open(options.course), make_console(), 0
    wanted = frozenset(options.exercise)
    for name in options.assignment or course.holding(wanted):
        with _progress(console) as tell:
            for what, summary, found in prove_assignment(course, name, wanted, tell):
                if found:
                    code = 1
                    _print_problems(found, console)
                else:
                    line = Text("ok    ", style="green")
                    line.append(f"{what}: {summary}", style="default")
                    console.print(line, soft_wrap=True)
    return code


# -- printing ---------------------------------------------------------------------------------


@contextlib.contextmanager
def _progress(console: Console) -> Iterator[Callable[[str], None]]:
    """What is being run, in one line of a terminal; nothing anywhere else."""
    if not console.is_terminal:
        yield lambda what: None
        return
    with console.status("") as status:
        yield lambda what: status.update(what)


def _print_problems(problems: Sequence[Problem], console: Console) -> None:
    """A line for each of the first problems, and how many more there are."""
    from rich.text import Text

    from autograder.reports.escape import printable

    for problem in problems[:MOST_PROBLEMS]:
        place = _shown(Path(problem.file)) + (f":{problem.line}" if problem.line else "")
        line = Text("error ", style="red bold")
        line.append(f"{place}: ", style="bold not red")
        line.append(printable(" ".join(problem.fact.split()), 500), style="not bold default")
        line.append(f": {problem.remedy}", style="not bold cyan")
        console.print(line, soft_wrap=True)
    if len(problems) > MOST_PROBLEMS:
        console.print(Text(f"      and {len(problems) - MOST_PROBLEMS} more", style="dim"))


def _shown(path: Path) -> str:
    """A path from here, where it lies below."""
    here = Path.cwd()
    return os.path.relpath(path, here) if path.is_absolute() and here in path.parents else str(path)
