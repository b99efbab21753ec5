"""What a student sees in the terminal: an overview in one screen, the next thing to do in full.

    Logistic regression                                              13 / 46 points
      solved    7 / 7  1 sigmoid_model   The logistic function and model
      open      3 / 7  2 bce_criterion   The manual BCE criterion
    ...
    2 bce_criterion  The manual BCE criterion
      passed  ...                            a line for what passes or waits
      failed  ...                            the first that does not: call, values, hint

A page fits 24 lines of 80 columns where the student's own values and prints let it. Strings
that came from a submission are escaped before they are shown, and never read as markup.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from autograder.course.model import Assignment, Exercise
from autograder.reports.text import (
    is_open,
    print_at_ends,
    print_error,
    print_exercise,
    print_notes,
    print_printed,
    shown,
)
from autograder.results import ExerciseResult, Result, shown_points, shown_score, total

NOTES_ON_A_PAGE = 5
MOST_PRINTED = 6
"""Lines of what the code printed, in an overview."""

NO_ISOLATION = (
    "Your code runs here without isolation from your other files, as when you run it yourself. "
    "(Said once; `autograder doctor` tells what this machine offers.)"
)
ALL_SOLVED = "Every visible check passes. Hidden ones, with other numbers, run when it is graded."


class Stands(Protocol):
    """How an exercise stands: a result of now, or what is remembered."""

    @property
    def score(self) -> Decimal: ...
    @property
    def max_score(self) -> Decimal: ...


def print_check(
    result: Result, assignment: Assignment, console: Console, *, in_full: bool = False
) -> None:
    """The overview of a result, then the first exercise that has something left to do.

    `in_full` leaves the overview out and shows every exercise of the result with all its checks:
    for exercises that were asked for by name.
    """
    if result.error:
        print_error(result.error, console)
        return
    if in_full:
        for index, exercise in enumerate(result.exercises):
            if index:
                console.print()
            print_in_assignment(exercise, assignment, console, in_full=True)
            print_printed(exercise.printed, console)
        print_notes(notes_beside(result, *result.exercises), console)
        return
    print_overview(assignment, {e.name: e for e in result.exercises}, console)
    console.print()
    first = [exercise for exercise in result.exercises if not is_solved(exercise)][:1]
    for exercise in first:
        print_in_assignment(exercise, assignment, console)
    if not first:
        console.print(Text(ALL_SOLVED, style="green"))
    print_printed(printed_with(result, *first), console, MOST_PRINTED)
    print_notes(notes_beside(result, *first), console, NOTES_ON_A_PAGE)


def is_solved(stands: Stands) -> bool:
    """Whether there is no point left to earn."""
    return stands.score >= stands.max_score


def shown_solved(assignment: Assignment, standing: Mapping[str, Stands]) -> str:
    """How many exercises are solved: "2 of 6 solved"."""
    return f"{sum(map(is_solved, standing.values()))} of {len(assignment.exercises)} solved"


def printed_with(result: Result, *exercises: ExerciseResult) -> str:
    """What the code printed at top level, and while the checks of `exercises` ran."""
    is_in_first = any(first in exercises for first in result.exercises[:1])
    return "".join(["" if is_in_first else result.printed, *(one.printed for one in exercises)])


def has_isolation(result: Result) -> bool:
    """Whether anything kept the code apart; also True where nothing was run."""
    apart = ("filesystem", "landlock")
    on = [layer["on"] for name, layer in result.protections.items() if name in apart]
    return not result.protections or any(on)


# -- the overview ---------------------------------------------------------------------------


def print_overview(
    assignment: Assignment,
    standing: Mapping[str, Stands],
    console: Console,
    *,
    current: str = "",
    minutes: bool = False,
) -> None:
    """A line for the assignment and one for each exercise; `standing` by the exercise's name."""
    points = Text(shown_total(assignment, standing), style="bold")
    print_at_ends(Text(assignment.title, style="bold"), points, console)
    width = max(map(len, assignment.names))
    for number, exercise in enumerate(assignment.exercises, start=1):
        line = _overview_line(exercise, standing.get(exercise.name), number, width, minutes)
        if exercise.name == current:
            line.stylize("bold")
            line = Text(">") + line[1:]
        console.print(line, no_wrap=True, overflow="ellipsis")


def shown_total(assignment: Assignment, standing: Mapping[str, Stands]) -> str:
    """The points of all exercises together."""
    score = total(stands.score for stands in standing.values())
    possible = total(exercise.points for exercise in assignment.exercises)
    return f"{shown_score(score, possible)} points"


def _overview_line(
    exercise: Exercise, stands: Stands | None, number: int, width: int, minutes: bool
) -> Text:
    if stands is None:
        word, style, score = "new", "dim", shown_points(exercise.points)
    else:
        word, style = ("solved", "green") if is_solved(stands) else ("open", "yellow")
        score = shown_score(stands.score, stands.max_score)
    line = Text("  ")
    line.append(f"{word:<6}", style=style)
    line.append(f" {score:>8}  {number} {exercise.name:<{width}}  ")
    if minutes:
        line.append(f"{exercise.minutes:>3} min  ")
    return line.append(exercise.title, style="dim")


def print_list(
    assignment: Assignment,
    standing: Mapping[str, Stands],
    console: Console,
    folder: Path | None = None,
) -> None:
    """`autograder list`: points and minutes, and how far the work in `folder` is."""
    print_overview(assignment, standing, console, minutes=True)
    line = f"  About {assignment.minutes} minutes together."
    if folder is None:
        line += f" Begin with: autograder start {assignment.name}"
    else:
        line += f" In {_named(folder)}, {shown_solved(assignment, standing)} so far."
    console.print(Text(line, style="dim"))


def print_started(
    assignment: Assignment, folder: Path, made: Sequence[str], kept: Sequence[str], console: Console
) -> None:
    """`autograder start`: what was laid out, what was left as it was, and what to do next."""
    about = f"{len(assignment.exercises)} exercises, about {assignment.minutes} minutes"
    console.print(Text.assemble((assignment.title, "bold"), f"  {about}"))
    if made:
        laid_out = Text(f"made in {_named(folder)}: {', '.join(made)}")
        console.print(Padding(laid_out, (0, 0, 0, 2), expand=False))
    if kept:
        console.print(Text(f"  kept as they were: {', '.join(kept)}", style="yellow"))
    console.print()
    console.print("Next:")
    steps = [
        (f"cd {shlex.quote(str(folder))}", ""),
        ("autograder watch", "answers each time you save; q ends it"),
    ]
    for command, what in steps[folder.resolve() == Path.cwd() :]:
        console.print(Text("  ").append(f"{command:<24}", style="bold").append(what, style="dim"))
    name = assignment.name
    then = Text(
        f"Then open {name}.py in an editor, or {name}.ipynb in Jupyter, and replace the "
        "first raise NotImplementedError()."
    )
    console.print(Padding(then, (0, 0, 0, 2), expand=False))


def _named(folder: Path) -> str:
    return "this folder" if folder.resolve() == Path.cwd() else shown(str(folder))


# -- one exercise ---------------------------------------------------------------------------


def print_in_assignment(
    exercise: ExerciseResult,
    assignment: Assignment,
    console: Console,
    *,
    in_full: bool = False,
    focus: str = "",
) -> None:
    """An exercise with its number; one check that does not pass explained, or all with `in_full`.

    That one is the check named by `focus`, or else the first.
    """
    names = assignment.names
    number = f"{names.index(exercise.name) + 1} " if exercise.name in names else ""
    tried = [verdict for verdict in exercise.checks if is_open(verdict)]
    tried.sort(key=lambda verdict: verdict.name != focus)
    only = None if in_full else next(iter(tried), None)
    print_exercise(exercise, console, number=number, only=only)


def notes_beside(result: Result, *exercises: ExerciseResult) -> list[str]:
    """What there is to say of the work as a whole that the checks of `exercises` don't tell."""
    notes = list(result.notes)
    if result.slow_start is not None:
        place, seconds = result.slow_start
        notes.insert(
            0,
            f"From {place} on: this ran for {seconds:.0f} s before any check could begin. Does it "
            'have to run each time? Below `if __name__ == "__main__":` it runs only when you run '
            "it.",
        )
    told = [verdict.rationale for exercise in exercises for verdict in exercise.checks]
    return [note for note in notes if not any(note in rationale for rationale in told)]
