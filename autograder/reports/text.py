"""A Result for the terminal: exercises, checks, what is wrong and what to think about.

Strings that came from a submission are escaped before they are shown, and never read as
markup.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from autograder.reports.escape import printable
from autograder.results import ExerciseResult, Result, Status, Verdict, shown_score

MARKS = {
    Status.PASSED: ("passed", "green"),
    Status.PARTIAL: ("partial", "yellow"),
    Status.FAILED: ("failed", "red"),
    Status.ERROR: ("error", "red"),
    Status.SKIPPED: ("skipped", "dim"),
    Status.INTERNAL: ("internal", "magenta"),
}
SHOWN = 1_500


def print_result(result: Result, console: Console, *, printed: bool = False) -> None:
    """Prints one result; `printed` adds what the student's code printed."""
    head = Text()
    head.append(shown(result.student or "?"), style="bold")
    head.append(f"  {shown(result.assignment or 'unknown assignment')}  ")
    head.append(shown_score(result.score, result.max_score), style="bold")
    console.print(head)
    console.print(Text(shown(result.submission), style="dim"))
    if result.error:
        console.print(Text(shown(result.error), style="red"))
        return
    for exercise in result.exercises:
        console.print()
        print_exercise(exercise, console, printed=printed)
    console.print()
    for note in result.notes:
        console.print(Padding(Text(f"Note: {shown(note)}", style="yellow"), (0, 0, 0, 2)))
    print_footer(result, console)


def print_summary(results: Sequence[Result], console: Console) -> None:
    """A line a submission, after many: who got what, and what could not be read."""
    console.rule(style="dim")
    width = max((len(shown(result.student)) for result in results), default=0)
    for result in results:
        line = Text(f"{shown(result.student):<{min(width, 40)}}  ", style="bold")
        line.append(f"{shown_score(result.score, result.max_score):>11}", style="not bold")
        if result.error:
            line.append(f"  {shown(result.error)}", style="red")
        console.print(line, no_wrap=True, overflow="ellipsis")
    unread = sum(bool(result.error) for result in results)
    told = f"{len(results) - unread} graded" + (f", {unread} could not be read" if unread else "")
    console.print(Text(told, style="dim"))


def print_exercise(exercise: ExerciseResult, console: Console, *, printed: bool = False) -> None:
    """One exercise: its checks, with rationale and hint under those that did not pass."""
    head = Text(exercise.name, style="bold")
    head.append(f"  {exercise.title}  ", style="not bold")
    head.append(shown_score(exercise.score, exercise.max_score))
    console.print(head)
    hints: set[str] = set()
    for verdict in exercise.checks:
        print_verdict(verdict, console, repeated=verdict.hint in hints)
        hints.add(verdict.hint)
    if printed and exercise.printed.strip():
        console.print(Padding(Text("What your code printed:", style="dim"), (0, 0, 0, 2)))
        console.print(Padding(Text(shown(exercise.printed, lines=True), style="dim"), (0, 0, 0, 4)))


def print_verdict(verdict: Verdict, console: Console, *, repeated: bool = False) -> None:
    """One check; `repeated` says that its hint was shown above already."""
    word, style = MARKS[verdict.status]
    line = Text()
    line.append(f"{word:>8}  ", style=style)
    line.append(f"{shown_score(verdict.score, verdict.max_score):>9}  ")
    line.append(verdict.name, style="bold")
    if not verdict.visible:
        line.append(" (hidden)", style="dim")
    if verdict.status is Status.SKIPPED:
        line.append(f"  {shown(verdict.rationale)}", style="dim")
    console.print(line)
    if verdict.status in (Status.PASSED, Status.SKIPPED):
        return
    body = Text()
    body.append(shown(verdict.description), style="italic")
    if verdict.rationale:
        body.append("\n" + shown(verdict.rationale, lines=True))
    if verdict.hint:
        body.append("\nHint: ", style="cyan bold")
        body.append("as above" if repeated else shown(verdict.hint))
    if verdict.mistake:
        body.append(f"  [{verdict.mistake}]", style="dim")
    console.print(Padding(body, (0, 0, 0, 10)))


def print_footer(result: Result, console: Console) -> None:
    """The total, where it ran, and which protections were off."""
    off = [name for name, layer in result.protections.items() if not layer["on"]]
    total = Text("  Total ", style="bold")
    total.append(shown_score(result.score, result.max_score), style="bold")
    total.append(f"  on {result.device}, {result.seconds:.1f} s", style="dim")
    console.print(total)
    if off and len(off) == len(result.protections):
        warning = (
            "NO ISOLATION: this system gives none. Run what you do not trust in a container or VM."
        )
        console.print(Text(f"  {warning}", style="red bold"))
    elif off:
        console.print(
            Text(
                f"  Protections that were off: {', '.join(off)} (`autograder doctor` says why)",
                style="yellow",
            )
        )
    elif result.protections:
        console.print(
            Text(f"  All {len(result.protections)} protections were on and tested.", style="dim")
        )


def shown(text: str, lines: bool = False) -> str:
    """Hostile text made safe for a terminal, and not too long."""
    return printable(text, SHOWN, newlines=lines)
