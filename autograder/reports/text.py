"""Results for the terminal and as plain text: exercises, checks, what is wrong, a hint.

Strings that came from a submission are escaped before they are shown, and never read as markup.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from autograder.reports.escape import printable
from autograder.results import (
    AND_MORE,
    MOST_NOTES,
    NOTE_LENGTH,
    ExerciseResult,
    Result,
    Status,
    Verdict,
    few,
    shown_score,
)

STYLES = {
    Status.PASSED: "green",
    Status.PARTIAL: "yellow",
    Status.FAILED: "red",
    Status.ERROR: "red",
    Status.SKIPPED: "dim",
    Status.INTERNAL: "magenta",
}
PARTS = {
    "fact": ("", "", ""),
    "yours": ("  yours     ", "red", ""),
    "expected": ("  expected  ", "green", ""),
    "hint": ("Hint: ", "cyan bold", "cyan"),
    "mistake": ("Known mistake: ", "dim", "dim"),
}
"""The parts of an explanation: what stands before each, the style of that, and of the text."""

OUR_FAULT = "a check failed through our fault: look at it by hand"
UNCLEAR = "it is not clear which file counts: look at it by hand"
SHOWN = 1_500
"""Characters of one text, at most."""


def shown(text: str, lines: bool = False) -> str:
    """Hostile text made safe for a terminal, and not too long."""
    return printable(text, SHOWN, newlines=lines)


# -- one check --------------------------------------------------------------------------------


def is_open(verdict: Verdict) -> bool:
    """Whether a check was tried and does not pass."""
    return verdict.status not in (Status.PASSED, Status.SKIPPED)


def explanation(
    verdict: Verdict, told: set[str], *, mistakes: bool = False
) -> Iterator[tuple[str, str]]:
    """What a check that does not pass tells: pairs of a key of PARTS and a text, not escaped.

    `told` holds the hints and errors that stand above, which are not told again. `mistakes` adds
    the name of a known mistake: not for students.
    """
    fact = verdict.rationale
    before, _, error = fact.partition(" raised `")
    if error and error in told:
        fact = f"{before} raised the same error at the same line."
    ending = f" {verdict.actual}; expected {verdict.expected}."
    if verdict.expected and fact.endswith(ending):
        fact = fact.removesuffix(ending) + ":"
    if fact:
        yield "fact", fact
    if verdict.expected:
        yield "yours", verdict.actual
        yield "expected", verdict.expected
    if verdict.hint:
        yield "hint", "as above." if verdict.hint in told else verdict.hint
    if mistakes and verdict.mistake:
        yield "mistake", verdict.mistake
    told |= {error, verdict.hint}


def explained(verdict: Verdict, width: int) -> str:
    """What a check asks and its explanation, in lines of at most `width` where words allow it."""
    lines = [shown(verdict.description), *_explanation_lines(verdict, set())]
    return "\n".join(
        textwrap.fill(line, width, replace_whitespace=False, break_on_hyphens=False)
        for line in lines
    )


def _explanation_lines(verdict: Verdict, told: set[str]) -> Iterator[str]:
    for part, text in explanation(verdict, told):
        yield from (PARTS[part][0] + shown(text, lines=True)).split("\n")


def print_verdict(
    verdict: Verdict,
    console: Console,
    told: set[str],
    *,
    in_full: bool = True,
    mistakes: bool = False,
) -> None:
    """A line for a check; below it, `in_full`, the explanation of one that does not pass."""
    line = Text("  ").append(f"{verdict.status:<8}", style=STYLES[verdict.status])
    line.append(f" {shown_score(verdict.score, verdict.max_score):>6}  ")
    is_skipped = verdict.status is Status.SKIPPED
    line.append(verdict.name, style="dim" if is_skipped else "")
    line.append("" if verdict.visible else " (hidden)", style="dim")
    if is_skipped:
        reason = f"  {shown(verdict.rationale)}"
        has_room = line.cell_len + len(reason) <= console.width
        line.append(reason if has_room else "  (after one above)", style="dim")
    console.print(line, no_wrap=True, overflow="ellipsis")
    if in_full and is_open(verdict):
        body = [Text(shown(verdict.description), style="italic")]
        for part, text in explanation(verdict, told, mistakes=mistakes):
            label, label_style, style = PARTS[part]
            body.append(Text.assemble((label, label_style), (shown(text, lines=True), style)))
        console.print(Padding(Text("\n").join(body), (0, 0, 0, 4)))


# -- one exercise -----------------------------------------------------------------------------


def print_exercise(
    exercise: ExerciseResult,
    console: Console,
    *,
    number: str = "",
    only: Verdict | None = None,
    mistakes: bool = False,
) -> None:
    """An exercise and its checks; those that do not pass are explained, or `only` this one."""
    head = Text.assemble((number + exercise.name, "bold"), f"  {exercise.title}")
    score = Text(shown_score(exercise.score, exercise.max_score), style="bold")
    print_at_ends(head, score, console)
    told: set[str] = set()
    for verdict in exercise.checks:
        in_full = only is None or verdict is only
        print_verdict(verdict, console, told, in_full=in_full, mistakes=mistakes)


def print_at_ends(left: Text, right: Text, console: Console) -> None:
    """Two texts at the two ends of a line."""
    room = min(console.width, 80) - left.cell_len - right.cell_len
    console.print(left + Text(" " * max(2, room)) + right, no_wrap=True, overflow="ellipsis")


def exercise_text(
    exercise: ExerciseResult, notes: Sequence[str] = (), *, printed: bool = False
) -> str:
    """An exercise for students where no HTML is shown; `notes` are lines below it.

    Of a hidden check it tells what it asks and its points. `printed` adds what the code printed:
    not where hidden checks ran, since it may have printed their inputs.
    """
    score = shown_score(exercise.score, exercise.max_score)
    lines = [f"{shown(exercise.title)}: {score} points"]
    told: set[str] = set()
    for verdict in exercise.checks:
        points = shown_score(verdict.score, verdict.max_score)
        mark = "" if verdict.visible else " (hidden)"
        lines.append(f"{verdict.status:>8}  {points:>9}  {shown(verdict.description)}{mark}")
        if verdict.visible and verdict.status is not Status.PASSED:
            lines += [" " * 21 + line for line in _explanation_lines(verdict, told)]
    if printed and (output := shown_printed(exercise.printed)):
        lines += ["Your code printed:", *(f"  {line}" for line in output)]
    return "\n".join([*lines, *(shown(note, lines=True) for note in notes)])


# -- what stands below ------------------------------------------------------------------------


def print_printed(text: str, console: Console, most: int | None = None) -> None:
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


def print_notes(notes: Sequence[str], console: Console, most: int = MOST_NOTES) -> None:
    """Remarks on the work as a whole: code that did not run, old spellings."""
    for note in few(notes, most):
        head = "      " if AND_MORE.fullmatch(note) else "Note: "
        console.print(Text(head + printable(note, NOTE_LENGTH), style="yellow"))


def print_error(error: str, console: Console) -> None:
    """Why the work could not be read."""
    console.print(Text(shown(error), style="red"))


# -- one submission, and many -----------------------------------------------------------------


def print_result(result: Result, console: Console, *, printed: bool = False) -> None:
    """Prints one result; `printed` adds what the student's code printed."""
    score = shown_score(result.score, result.max_score)
    assignment = shown(result.assignment or "unknown assignment")
    console.print(
        Text.assemble((shown(result.student or "?"), "bold"), f"  {assignment}  ", (score, "bold"))
    )
    console.print(Text(shown(result.submission), style="dim"))
    if result.error:
        print_error(result.error, console)
        return
    for exercise in result.exercises:
        console.print()
        print_exercise(exercise, console, mistakes=True)
        if printed:
            print_printed(exercise.printed, console)
    console.print()
    print_notes(result.notes, console)
    where = f"  on {result.device}, {result.seconds:.1f} s"
    console.print(Text.assemble((f"Total {score}", "bold"), (where, "dim")))
    _print_protections(result, console)


def _print_protections(result: Result, console: Console) -> None:
    off = [name for name, layer in result.protections.items() if not layer["on"]]
    every = len(result.protections)
    if off and len(off) == every:
        line = (
            "NO ISOLATION: this system gives none. Run what you do not trust in a container or VM."
        )
        console.print(Text(line, style="red bold"))
    elif off:
        line = f"Protections that were off: {', '.join(off)} (`autograder doctor` says why)"
        console.print(Text(line, style="yellow"))
    elif every:
        console.print(Text(f"All {every} protections were on and tested.", style="dim"))


def print_summary(results: Sequence[Result], console: Console) -> None:
    """A line a submission, after many: who got what, and what could not be read."""
    console.rule(style="dim")
    width = max((len(shown(result.student)) for result in results), default=0)
    for result in results:
        line = Text(f"{shown(result.student):<{min(width, 40)}}  ", style="bold")
        line.append(f"{shown_score(result.score, result.max_score):>11}", style="not bold")
        console.print(line.append_text(remark(result)), no_wrap=True, overflow="ellipsis")
    graded = sum(not result.error for result in results)
    unread = sum(bool(result.error) and not result.is_our_fault for result in results)
    to_look_at = sum(bool(result.doubt) or result.has_internal_faults for result in results)
    told = f"{graded} graded"
    told += f", {unread} could not be read" if unread else ""
    told += f", {to_look_at} for a person to look at" if to_look_at else ""
    console.print(Text(told, style="dim"))


def remark(result: Result) -> Text:
    """What stands behind a submission's line: why it has no grade, or needs a person."""
    if result.error:
        why = result.error.removeprefix(result.submission).lstrip("/: ")
        return Text(f"  {shown(why)}", style="red")
    if result.has_internal_faults:
        return Text(f"  {OUR_FAULT}", style="magenta")
    return Text(f"  {UNCLEAR}", style="yellow") if result.doubt else Text()
