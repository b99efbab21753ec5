"""`autograder check` for a student: solved exercises in a line, the first open one in full."""

from __future__ import annotations

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from autograder.course.model import Assignment
from autograder.reports.text import points, print_exercise, print_footer, shown
from autograder.results import ExerciseResult, Result


def print_check(result: Result, assignment: Assignment, console: Console) -> None:
    """Prints the overview, then the first exercise that has something left to do."""
    if result.error:
        console.print(Text(shown(result.error), style="red"))
        return
    hidden = {exercise.name: exercise.hidden_points for exercise in assignment.exercises}
    for exercise in result.exercises:
        _overview(exercise, hidden.get(exercise.name, 0.0), console)
    console.print()
    unsolved = next((e for e in result.exercises if e.score < e.max_score), None)
    if unsolved is None:
        console.print(Text("Every visible check passes. The hidden ones run when it is graded.", style="green"))
    else:
        print_exercise(unsolved, console, printed=True)
    for note in result.notes:
        console.print(Padding(Text(f"Note: {shown(note)}", style="yellow"), (0, 0, 0, 2)))
    print_footer(result, console)


def _overview(exercise: ExerciseResult, hidden: float, console: Console) -> None:
    solved = exercise.score >= exercise.max_score
    line = Text(f"{'done' if solved else 'open':>6}  ", style="green" if solved else "yellow")
    line.append(f"{points(exercise.score, exercise.max_score):>8}  ", style="default")
    line.append(exercise.name, style="bold")
    line.append(f"  {exercise.title}", style="default")
    if hidden:
        line.append(f"  (and {hidden:g} points of hidden checks)", style="dim")
    console.print(line)
