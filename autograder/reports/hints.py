"""Hints for the terminal: one step, or all that were shown, links on lines of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from autograder.course.hints import LINK
from autograder.reports.student import notes_beside
from autograder.reports.text import print_error, print_notes, print_verdict, shown
from autograder.results import ExerciseResult, Result, Status, Verdict


@dataclass(frozen=True, slots=True)
class Revealed:
    """One hint for a check as it is shown: `number` of `total` (from 1), `left` still to come.

    `is_again` says that all were shown before, and that this is the last of them once more.
    """

    text: str
    number: int
    total: int
    left: int
    is_again: bool = False


@dataclass(frozen=True, slots=True)
class Hinted:
    """The check that is hinted at, how it fared, and the hint; None where there is none."""

    exercise: ExerciseResult
    verdict: Verdict
    hint: Revealed | None


def print_next(result: Result, hinted: Hinted | None, console: Console) -> None:
    """What there is to say after the checks ran: a hint, or why there is none.

    A hint stands below the check that does not pass, what happened there, and the notes.
    """
    if result.error:
        print_error(result.error, console)
        return
    if hinted is None:
        names = ", ".join(exercise.name for exercise in result.exercises)
        console.print(Text(f"Nothing to hint at: every visible check of {names} passes."))
        return
    exercise, verdict, hint = hinted.exercise, hinted.verdict, hinted.hint
    console.print(Text.assemble((exercise.name, "bold"), f"  {exercise.title}"))
    print_verdict(replace(verdict, hint=""), console, set())
    print_notes(notes_beside(result, exercise), console)
    if verdict.status is Status.INTERNAL:
        return
    console.print()
    if hint is None:
        console.print("  There is no hint for this check; the lines above say what it wants.")
        return
    print_hint(hint, console)
    console.print()
    next_step = Text(_next_step(exercise.name, hint), style="dim")
    console.print(Padding(next_step, (0, 0, 0, 2), expand=False))


def print_hint(hint: Revealed, console: Console, aside: str = "") -> None:
    """Which hint it is, an aside, and its text below."""
    which = f"  Hint {hint.number} of {hint.total}"
    console.print(Text.assemble((which, "cyan bold"), (f"  ({aside})" if aside else "", "dim")))
    print_markdown(hint.text, console)


def _next_step(exercise: str, hint: Revealed) -> str:
    again = f"`autograder hint {exercise}"
    if hint.left:
        return f"{hint.left} more: {again}` shows the next."
    if hint.is_again:
        return f"That is all there is; {again} --all` shows every hint again."
    return "That was the last one for this check."


def print_shown(hints: Mapping[str, Mapping[str, Sequence[str]]], console: Console) -> None:
    """Hints that were shown: those of each check of each exercise."""
    if not any(hints.values()):
        name = next(iter(hints)) if len(hints) == 1 else "EXERCISE"
        console.print(Text(f"No hint was shown yet; `autograder hint {name}` shows one."))
    for exercise, checks in hints.items():
        for check, texts in checks.items():
            console.print(Text.assemble(f"{exercise}  ", (check, "bold")))
            for number, text in enumerate(texts, start=1):
                console.print(Text(f"  Hint {number}", style="cyan bold"))
                print_markdown(text, console)
            console.print()


def print_markdown(text: str, console: Console) -> None:
    """A paragraph; where it has links, their addresses below it, whole and on one line each."""
    words = LINK.sub(lambda link: link[1], text)
    console.print(Padding(Text(shown(words)), (0, 0, 0, 4), expand=False))
    for _, address in LINK.findall(text):
        console.print(Text(f"    {shown(address)}", style="blue"), soft_wrap=True)
