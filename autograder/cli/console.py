"""What the commands share: how one is added, common options, the console, how a run ends."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from autograder.errors import InternalError, SubmissionError
from autograder.results import Report, as_json

Run = Callable[[argparse.Namespace], int]
"""Runs a command; returns its exit code."""

AddCommand = Callable[[str, Run, str, str], argparse.ArgumentParser]
"""Adds a command's parser: name, what runs it, a line of help, examples."""


def course_option(options: argparse.ArgumentParser) -> None:
    """Adds `--course`."""
    what = "the course (default: found from here upward)"
    options.add_argument("--course", type=Path, default=Path(), metavar="DIR", help=what)


def device_option(options: argparse.ArgumentParser) -> None:
    """Adds `--device`."""
    what = "auto, cpu, cuda or cuda:N (default: auto)"
    options.add_argument("--device", default="auto", help=what)


def running_options(options: argparse.ArgumentParser) -> None:
    """Adds the options of `grade` and `check`."""
    what = "only this one (may be repeated)"
    options.add_argument("--exercise", action="append", default=[], metavar="NAME", help=what)
    device_option(options)
    options.add_argument("--seed", type=_seed, default=0, help="of the unseen inputs (default: 0)")
    what = "processor time for one check (default: as the exercise says)"
    options.add_argument("--timeout", type=_seconds, metavar="SECONDS", help=what)
    options.add_argument("--json", action="store_true", help="the report as JSON on stdout")


def _seed(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or int(text[:11]) >= 2**32:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 to {2**32 - 1}")
    return int(text)


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1e6:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return value


class PlainConsole(Console):
    """Colours nothing by itself; a closed pipe is `main`'s to handle."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError  # rich itself would exit with 1


def make_console(*, stderr: bool = False) -> Console:
    return PlainConsole(highlight=False, stderr=stderr)


def print_json(report: Report) -> None:
    """A report as JSON on stdout."""
    print(json.dumps(as_json(report), indent=2))


def exit_code(report: Report) -> int:
    """Of a report, whatever the marks in it."""
    if any(result.has_internal_faults for result in report.results):
        return InternalError.exit_code
    return SubmissionError.exit_code if any(result.error for result in report.results) else 0
