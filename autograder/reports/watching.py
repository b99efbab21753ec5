"""The page that `autograder watch` shows: how far the work is, one exercise, keys below.

Logistic regression  2 of 6 solved                              16 / 46 points

3 training_loop  The training loop                                       0 / 8
  failed    0 / 2  takes_one_step_downhill ...

14:03:12  logistic_regression.py saved, answered in 0.21 s
h hint   n next   r run again   a all   l list   q quit
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rich.console import Console
from rich.text import Text

from autograder.course.model import Assignment
from autograder.reports.hints import Revealed, print_hint
from autograder.reports.student import (
    NOTES_ON_A_PAGE,
    Stands,
    notes_beside,
    print_in_assignment,
    print_overview,
    printed_with,
    shown_solved,
    shown_total,
)
from autograder.reports.text import print_at_ends, print_error, print_notes, print_printed
from autograder.results import ExerciseResult, Result

KEYS = "h hint   n next   r run again   a all   l list   q quit"
ALL_SOLVED = "Every visible check passes. Hand in, or press a to check all of it once more."
LEAST_PRINTED = 3


@dataclass(slots=True)
class WatchPage:
    """What to show. `exercise` is the one at hand, "" when all are solved; `result` the answer
    that it is in, if there is one; `focus` the check to explain; `lines` stand above it;
    `status` the line above the keys."""

    assignment: Assignment
    standing: Mapping[str, Stands] = field(default_factory=dict)
    exercise: str = ""
    result: Result | None = None
    error: str = ""
    hint: Revealed | None = None
    focus: str = ""
    lines: Sequence[str] = ()
    status: str = ""
    is_list: bool = False
    has_keys: bool = True


def print_page(page: WatchPage, console: Console) -> None:
    """The page; what the code printed is cut to what the terminal has room for."""
    if not page.is_list:
        solved = shown_solved(page.assignment, page.standing)
        head = Text.assemble((page.assignment.title, "bold"), f"  {solved}")
        print_at_ends(head, Text(shown_total(page.assignment, page.standing)), console)
    for line in page.lines:
        console.print(Text(line, style="green"))
    console.print()
    if page.is_list:
        print_overview(page.assignment, page.standing, console, current=page.exercise, minutes=True)
    elif page.error:
        print_error(page.error, console)
    else:
        with console.capture() as captured:
            _print_answer(page, console)
        body = captured.get()
        console.out(body, end="", highlight=False)
        _print_rest(page, console, room=console.height - len(body.splitlines()) - 7)
    console.print()
    console.print(Text(page.status, style="dim"))
    if page.has_keys:
        console.print(Text(KEYS, style="bold"), no_wrap=True)


def _print_answer(page: WatchPage, console: Console) -> None:
    if not page.exercise:
        console.print(Text(ALL_SOLVED, style="green"))
    elif answered := _answered(page):
        print_in_assignment(answered[0], page.assignment, console, focus=page.focus)
    else:
        (known,) = page.assignment.named([page.exercise])
        console.print(Text.assemble((known.name, "bold"), f"  {known.title}"))
    if page.hint is not None:
        print_hint(page.hint, console, "h shows one more" if page.hint.left else "the last one")


def _print_rest(page: WatchPage, console: Console, room: int) -> None:
    if page.result is not None:
        answered = _answered(page)
        notes = notes_beside(page.result, *answered)
        print_notes(notes, console, NOTES_ON_A_PAGE)
        printed = printed_with(page.result, *answered)
        print_printed(printed, console, max(LEAST_PRINTED, room - len(notes)))


def _answered(page: WatchPage) -> list[ExerciseResult]:
    """What came of the exercise at hand: one, or none."""
    found = page.result.exercises if page.result else ()
    return [exercise for exercise in found if exercise.name == page.exercise]
