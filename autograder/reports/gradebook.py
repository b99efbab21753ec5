"""`autograder grade --gradebook` for the terminal: a line a student, then what came of all.

Names are the names of folders, and may hold anything: they are escaped before they are shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from autograder.reports.text import remark, shown
from autograder.results import Result, shown_score

WORDS = {
    "written": ("in the gradebook", "green"),
    "unchanged": ("as it was", "dim"),
    "pending": ("kept, not in the gradebook yet", "yellow"),
}


def print_line(result: Result, state: str, graded: bool, console: Console) -> None:
    """One submission: whose, how many points, what became of it."""
    word, style = WORDS[state]
    line = Text(shown(result.student), style="bold", no_wrap=True, overflow="ignore")
    line.append(f"  {shown(result.assignment)}  ", style="default")
    line.append(shown_score(result.score, result.max_score))
    line.append(f"  {word}", style=style)
    if graded and not result.error:
        line.append(f"  {result.seconds:.1f} s", style="dim")
    console.print(line.append_text(remark(result)), soft_wrap=True)


def print_class_summary(
    states: Sequence[str],
    skipped: Sequence[tuple[str, str]],
    others: Sequence[tuple[str, int]],
    console: Console,
) -> None:
    """How many of what; each folder that was left out, and why."""
    for path, why in skipped:
        console.print(Text(f"left out: {shown(path)}: {shown(why)}", style="red"), soft_wrap=True)
    for name, count in others:
        found = f"not graded: {shown(name)} ({count}): no assignment of that name in the course"
        console.print(Text(found, style="yellow"), soft_wrap=True)
    counts = Counter(states)
    parts = [f"{counts[state]} {word}" for state, (word, _) in WORDS.items() if counts[state]]
    parts += [f"{len(skipped)} left out"] if skipped else []
    total = f"{len(states)} submission{'' if len(states) == 1 else 's'}"
    console.print(Text(f"{total}: {', '.join(parts) or 'nothing to do'}", style="bold"))
