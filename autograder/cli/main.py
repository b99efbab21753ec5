"""The command line: parses, calls, prints. What it does is done elsewhere.

What loads torch, numpy or nbgrader is imported inside the commands: `--help` is quick.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
import traceback
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich_argparse import RawDescriptionRichHelpFormatter

from autograder import __version__
from autograder.cli import author, student
from autograder.cli.console import (
    Run,
    course_option,
    exit_code,
    make_console,
    print_json,
    running_options,
)
from autograder.course.course import Course
from autograder.errors import AutograderError, GradebookError, InternalError, UsageError
from autograder.reports.escape import printable
from autograder.reports.files import ResultFolder
from autograder.reports.gradebook import print_class_summary, print_line
from autograder.reports.text import print_result, print_summary
from autograder.results import Report, Result
from autograder.submissions.names import told_apart

if TYPE_CHECKING:
    from autograder.grading.grader import Grader, Settings
    from autograder.nbgrader.class_grading import Written

DESCRIPTION = (
    "Grades PyTorch exercises: runs them isolated, judges them from outside, and says why."
)
EXIT_CODES = """\
exit codes:
  0    done (whatever the marks); `check`: every visible check passed
  1    `check`: not all visible checks pass yet; `prove`: something is not as it should be
  2    the command line asks for something that can't be
  3    a submission could not be read (the others were graded)
  4    the course is not laid out as it should be
  5    a protection that was required is missing
  6    the device that was asked for is not there
  7    the gradebook can't be opened or written (what was graded is kept)
  70   a fault of the autograder itself
  130  interrupted
"""
EXAMPLES = """\
examples:
  autograder grade submission/                  one student's folder, script, notebook or zip
  autograder grade class/* --output results/    many, one after another; a JSON file each
  autograder start logistic_regression          a working copy to fill in
  autograder watch                              an answer each time you save
  autograder check                              a student's own work, in the folder handed out
  autograder hint bce_criterion                 the next hint for its first check that is open
  autograder new softmax_regression             a new assignment: a folder with every file
  autograder release logistic_regression        build assignments/ from solutions/
  autograder prove                              references full, stubs zero, mistakes caught
  autograder doctor                             what protects this machine, tested
"""
GRADE_EXAMPLES = """\
examples:
  autograder grade submission/
  autograder grade ada.ipynb grace.py alan.zip --json > results.json
  autograder grade class/* --output results/ --require network,filesystem,kill
  autograder grade submitted/ --gradebook sqlite:///gradebook.db
"""
DOCTOR_EXAMPLES = "examples:\n  autograder doctor\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that lacks a letter stops nothing
            stream.reconfigure(errors="backslashreplace")
    try:
        options = parser().parse_args(arguments)
        command: Run = options.command
        code = command(options)
        sys.stdout.flush()
        return code
    except AutograderError as error:
        _say(printable(str(error), newlines=True))
        return error.exit_code
    except KeyboardInterrupt:
        _say("interrupted")
        return 130
    except BrokenPipeError:  # whoever read has read enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception:
        traceback.print_exc()
        return InternalError.exit_code


def parser() -> argparse.ArgumentParser:
    """The whole command line, with help."""
    top = argparse.ArgumentParser(
        prog="autograder",
        description=DESCRIPTION,
        epilog=EXAMPLES + "\n" + EXIT_CODES,
        formatter_class=RawDescriptionRichHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"autograder {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def command(name: str, run: Run, summary: str, epilog: str) -> argparse.ArgumentParser:
        added = commands.add_parser(
            name,
            help=summary,
            description=summary,
            epilog=epilog + "\n" + EXIT_CODES,
            formatter_class=RawDescriptionRichHelpFormatter,
        )
        added.set_defaults(command=run)
        return added

    summary = "grade submissions against the reference"
    _grade_options(command("grade", grade, summary, GRADE_EXAMPLES))
    student.add_commands(command)
    author.add_commands(command)
    summary = "show which protections and devices work here"
    options = command("doctor", doctor, summary, DOCTOR_EXAMPLES)
    options.add_argument("--json", action="store_true", help="as JSON on stdout")
    return top


def _grade_options(options: argparse.ArgumentParser) -> None:
    what = "a folder, .py, .ipynb, or a zip of these"
    options.add_argument("paths", nargs="+", type=Path, metavar="PATH", help=what)
    running_options(options)
    what = "which one it is (default: found out)"
    options.add_argument("--assignment", metavar="NAME", help=what)
    what = "refuse to grade where one of these protections is off"
    options.add_argument("--require", default="", metavar="LAYER,...", help=what)
    what = "write one JSON file a submission there"
    options.add_argument("--output", type=Path, metavar="DIR", help=what)
    what = "PATH is nbgrader's submitted/: write the scores to this database, and autograded/"
    options.add_argument("--gradebook", metavar="URL", help=what)
    options.add_argument("--printed", action="store_true", help="show what the code printed")
    course_option(options)


# -- commands -------------------------------------------------------------------------------


def grade(options: argparse.Namespace) -> int:
    from autograder.grading.grader import Grader, Settings

    settings = Settings(
        device=options.device,
        seed=options.seed,
        seconds=options.timeout,
        require=_layers(options.require),
        assignment=options.assignment,
    )
    course = Course.open(options.course)
    if options.assignment:
        course.assignment(options.assignment)
    folder = ResultFolder(options.output) if options.output else None
    if options.gradebook:
        if options.exercise:
            raise UsageError("--gradebook takes whole assignments: leave out --exercise")
        return _grade_class(options, course, settings, folder)
    results: list[Result] = []
    names = told_apart(options.paths, course.folders)
    many = len(options.paths) > 1
    console = make_console()
    stopped: AutograderError | None = None
    with Grader(course, settings) as grader:
        try:
            for path in options.paths:
                result = grader.grade(path, options.exercise)
                if path in names:
                    result = replace(result, student=names[path])
                results.append(result)
                if folder:
                    folder.write(result)
                if not options.json:
                    if many:
                        console.rule(style="dim")
                    print_result(result, console, printed=options.printed)
        except KeyboardInterrupt:
            _say(f"interrupted after {len(results)} of {len(options.paths)} submissions")
        except AutograderError as error:
            if not results:
                raise
            stopped = error
            _say(f"stopped after {len(results)} of {len(options.paths)} submissions")
        _say_deaths(grader)
    report = Report(tuple(results))
    if options.json:
        print_json(report)
    elif many:
        print_summary(results, console)
    if stopped:
        raise stopped
    return 130 if len(results) < len(options.paths) else exit_code(report)


def _grade_class(
    options: argparse.Namespace, course: Course, settings: Settings, folder: ResultFolder | None
) -> int:
    """`grade --gradebook`: a line a student as they are done, then what came of all."""
    from autograder.grading.grader import Grader

    console = make_console()

    def tell(written: Written) -> None:
        if folder:
            folder.write(written.result)
        if not options.json:
            print_line(written.result, written.state, written.graded, console)

    with Grader(course, settings) as grader:
        from autograder.nbgrader.class_grading import grade_class  # while the forkserver starts

        done = grade_class(options.paths, grader, options.gradebook, tell)
        _say_deaths(grader)
    report = Report(tuple(done.results))
    if options.json:
        print_json(report)
    else:
        print_class_summary(done.states, done.tree.skipped, done.tree.others, console)
    if done.stopped:
        raise done.stopped
    if done.problem:
        raise GradebookError(f"{done.pending} of {len(done.results)} pending: {done.problem}")
    return exit_code(report) or (3 if done.tree.skipped else 0)


def _say_deaths(grader: Grader) -> None:
    if grader.deaths:
        times = "once" if grader.deaths == 1 else f"{grader.deaths} times"
        _say(f"the forkserver died {times} and was started again; is memory short on this machine?")


def doctor(options: argparse.Namespace) -> int:
    from autograder.grading.doctor import examine, print_examination

    examination = examine()
    if options.json:
        print(json.dumps(examination, indent=2))
    else:
        print_examination(examination, make_console())
    return 0


def _layers(text: str) -> frozenset[str]:
    from autograder.sandbox.layers import LAYERS

    names = frozenset(name.strip() for name in text.split(",") if name.strip())
    if unknown := sorted(names - set(LAYERS)):
        raise UsageError(
            f"--require: no protection is called {', '.join(unknown)}; there is {', '.join(LAYERS)}"
        )
    return names


def _say(text: str) -> None:
    print(f"autograder: {text}", file=sys.stderr)
