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

import io
import shlex
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from autograder.course.model import Assignment, Exercise
from autograder.reports.text import MARKS, shown
from autograder.results import (
    ExerciseResult,
    Result,
    Status,
    Verdict,
    shown_points,
    shown_score,
    total,
)

MOST_NOTES = 4
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
    shown_first = first_open(result.exercises)
    if in_full:
        for index, exercise in enumerate(result.exercises):
            if index:
                console.print()
            print_exercise(exercise, assignment, console, in_full=True)
            print_printed(exercise.printed, console, most=None)
    else:
        print_overview(assignment, {e.name: e for e in result.exercises}, console)
        console.print()
        if shown_first is None:
            console.print(Text(ALL_SOLVED, style="green"))
        else:
            print_exercise(shown_first, assignment, console)
        print_printed(printed_with(result, shown_first), console)
    notes = [*slow_notes(result), *result.notes]
    told = result.exercises if in_full else [shown_first] if shown_first else []
    for told_exercise in told:
        notes = notes_beside(notes, told_exercise)
    print_notes(notes, console, most=None if in_full else MOST_NOTES)


def first_open(exercises: Iterable[ExerciseResult]) -> ExerciseResult | None:
    """The first exercise with a point left to earn."""
    return next((e for e in exercises if e.score < e.max_score), None)


def printed_with(result: Result, exercise: ExerciseResult | None) -> str:
    """What the code printed at top level, and while an exercise's checks ran."""
    if exercise is None:
        return result.printed
    first = exercise is result.exercises[0]
    return exercise.printed if first else result.printed + exercise.printed


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
    _print_line(
        console,
        Text(assignment.title, style="bold"),
        Text(shown_total(assignment, standing), style="bold"),
    )
    width = max(len(exercise.name) for exercise in assignment.exercises)
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
        solved = stands.score >= stands.max_score
        word, style = ("solved", "green") if solved else ("open", "yellow")
        score = shown_score(stands.score, stands.max_score)
    line = Text("  ")
    line.append(f"{word:<6}", style=style)
    line.append(f" {score:>8}  {number} {exercise.name:<{width}}  ")
    if minutes:
        line.append(f"{exercise.minutes:>3} min  ")
    return line.append(exercise.title, style="dim")


def _print_line(console: Console, left: Text, right: Text) -> None:
    """Two texts at the two ends of a line."""
    room = min(console.width, 80) - left.cell_len - right.cell_len
    console.print(left + Text(" " * max(2, room)) + right, no_wrap=True, overflow="ellipsis")


def print_list(
    assignment: Assignment,
    standing: Mapping[str, Stands],
    console: Console,
    folder: Path | None = None,
) -> None:
    """`autograder list`: points and minutes, and how far the work in `folder` is."""
    print_overview(assignment, standing, console, minutes=True)
    total = sum(exercise.minutes for exercise in assignment.exercises)
    line = f"  About {total} minutes together."
    if folder is None:
        line += f" Begin with: autograder start {assignment.name}"
    else:
        solved = sum(stands.score >= stands.max_score for stands in standing.values())
        line += f" In {_named(folder)}, {solved} of {len(assignment.exercises)} solved so far."
    console.print(Text(line, style="dim"))


def print_started(
    assignment: Assignment, folder: Path, made: Sequence[str], kept: Sequence[str], console: Console
) -> None:
    """`autograder start`: what was laid out, what was left as it was, and what to do next."""
    count = len(assignment.exercises)
    minutes = sum(exercise.minutes for exercise in assignment.exercises)
    head = Text(assignment.title, style="bold")
    head.append(f"  {count} exercises, about {minutes} minutes", style="not bold")
    console.print(head)
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


def print_exercise(
    exercise: ExerciseResult,
    assignment: Assignment,
    console: Console,
    *,
    in_full: bool = False,
    focus: str = "",
) -> None:
    """An exercise and its checks; one that does not pass in full, or all with `in_full`.

    That one is the check named by `focus`, or else the first.
    """
    names = [known.name for known in assignment.exercises]
    number = f"{names.index(exercise.name) + 1} " if exercise.name in names else ""
    head = Text(f"{number}{exercise.name}", style="bold")
    head.append(f"  {exercise.title}", style="not bold")
    _print_line(console, head, Text(shown_score(exercise.score, exercise.max_score), style="bold"))
    told: set[str] = set()
    tried = [verdict for verdict in exercise.checks if is_open(verdict)]
    one = next((verdict for verdict in tried if verdict.name == focus), next(iter(tried), None))
    for verdict in exercise.checks:
        _print_check_line(verdict, console)
        if is_open(verdict) and (in_full or verdict is one):
            print_explained(verdict, console, told)


def is_open(verdict: Verdict) -> bool:
    """Whether a check was tried and does not pass."""
    return verdict.status not in (Status.PASSED, Status.SKIPPED)


def _print_check_line(verdict: Verdict, console: Console) -> None:
    word, style = MARKS[verdict.status]
    line = Text("  ")
    line.append(f"{word:<8}", style=style)
    line.append(f" {shown_score(verdict.score, verdict.max_score):>6}  ")
    line.append(verdict.name, style="dim" if verdict.status is Status.SKIPPED else "")
    if verdict.status is Status.SKIPPED:
        reason = f"  {shown(verdict.rationale)}"
        if line.cell_len + len(reason) > min(console.width, 80):
            reason = "  (after one above)"
        line.append(reason, style="dim")
    console.print(line, no_wrap=True, overflow="ellipsis")


def print_explained(verdict: Verdict, console: Console, told: set[str]) -> None:
    """What was asked, what was called, what came back, what was expected, the hint.

    A hint in `told` is above already, and so is an error of the same words at the same line.
    """
    fact, compares = shown(verdict.rationale, lines=True), bool(verdict.expected)
    before, raised, error = fact.partition(" raised `")
    if error and error in told:
        fact = f"{before} raised the same error at the same line."
    elif raised:
        told.add(error)
    if compares:
        ending = f" {shown(verdict.actual)}; expected {shown(verdict.expected)}."
        compares = fact.endswith(ending)
        fact = fact.removesuffix(ending) + (":" if compares else "")
    body = [Text(shown(verdict.description), style="italic")]
    if fact:
        body.append(Text(fact))
    if compares:
        body.append(
            Text("  yours     ", style="red").append(shown(verdict.actual), style="default")
        )
        body.append(
            Text("  expected  ", style="green").append(shown(verdict.expected), style="default")
        )
    if verdict.hint and verdict.hint not in told:
        hint = Text("Hint: ", style="cyan bold").append(shown(verdict.hint), style="not bold cyan")
        body.append(hint)
        told.add(verdict.hint)
    console.print(Padding(Text("\n").join(body), (0, 0, 0, 4)))


def explained(verdict: Verdict, width: int) -> str:
    """The same as plain text, in lines of at most `width` where words allow it."""
    console = Console(file=io.StringIO(), width=width, color_system=None, highlight=False)
    with console.capture() as captured:
        print_explained(verdict, console, set())
    return textwrap.dedent("\n".join(line.rstrip() for line in captured.get().splitlines()))


# -- what stands below ----------------------------------------------------------------------


def print_printed(text: str, console: Console, most: int | None = MOST_PRINTED) -> None:
    """What the student's code printed, apart from what we say; the last `most` lines of it."""
    lines = shown_printed(text, most)
    if lines:
        console.print()
        console.print(Text("Your code printed:", style="dim"))
        console.print(Padding(Text("\n".join(lines)), (0, 0, 0, 2)))


def shown_printed(text: str, most: int | None = None) -> list[str]:
    """Printed text as lines that are safe to show, without what a progress bar has overwritten."""
    lines = [line.rpartition("\r")[2] for line in text.replace("\r\n", "\n").strip().split("\n")]
    lines = [shown(line) for line in lines] if any(lines) else []
    if most is None or len(lines) <= most:
        return lines
    return [f"[{len(lines) - most + 1} lines more]", *lines[-most + 1 :]]


def slow_notes(result: Result) -> list[str]:
    """What there is to say of code that runs long before any check can begin."""
    if result.slow_start is None:
        return []
    place, seconds = result.slow_start
    return [
        f"From {place} on: this ran for {seconds:.0f} s before any check could begin. Does it have "
        'to run each time? Below `if __name__ == "__main__":` it runs only when you run it.'
    ]


def notes_beside(notes: Sequence[str], exercise: ExerciseResult | None) -> list[str]:
    """The notes that an exercise's checks don't tell already."""
    told = [verdict.rationale for verdict in exercise.checks] if exercise else []
    return [note for note in notes if not any(note in rationale for rationale in told)]


def print_notes(notes: Sequence[str], console: Console, most: int | None = MOST_NOTES) -> None:
    """Remarks on the work as a whole: code that did not run, old spellings."""
    for note in notes[:most]:
        console.print(Text(f"Note: {shown(note)}", style="yellow"))
    if most is not None and len(notes) > most:
        console.print(Text(f"      and {len(notes) - most} more", style="yellow"))


def print_error(error: str, console: Console) -> None:
    """Why the work could not be read."""
    console.print(Text(shown(error), style="red"))
