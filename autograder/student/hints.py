"""`autograder hint`: the next step of the hints for the first check that does not pass.

    the exercise's visible checks ──run──> the first that does not pass
                                             ├── a known mistake? its own hint comes first
                                             └── the steps of checks/NN_<exercise>/hints.md
                                                   └── one more of them at each call

What was shown is counted in `Progress.revealed`, under the check's name for the steps of hints.md,
and under `<check>/<mistake>` for the hint of a mistake: another mistake has a hint of its own to
show first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from autograder.course.course import Course
from autograder.course.hints import load_hints
from autograder.course.model import Assignment, Exercise
from autograder.errors import UsageError, did_you_mean
from autograder.grading.grader import Grader, Settings
from autograder.judge import diagnosis
from autograder.reports.hints import Hinted, Revealed
from autograder.results import ExerciseResult, Result, Status, Verdict
from autograder.student.progress import Progress
from autograder.student.saves import grade_work


@dataclass(frozen=True, slots=True)
class Step:
    """One hint, in Markdown; `key` is what it is counted under in `Progress.revealed`."""

    text: str
    key: str
    is_shown: bool = False


@dataclass(frozen=True, slots=True)
class Staircase:
    """The hints for one check, gentlest first."""

    exercise: str
    check: str
    steps: tuple[Step, ...]

    @property
    def next(self) -> int | None:
        """The position of the first step that was not shown; None where all were."""
        return next((i for i, step in enumerate(self.steps) if not step.is_shown), None)


def exercises_of(assignment: Assignment, name: str | None = None) -> tuple[Exercise, ...]:
    """The exercise of that name, or all for None. UsageError with the names that there are."""
    found = tuple(one for one in assignment.exercises if name in (None, one.name))
    if not found:
        known = [exercise.name for exercise in assignment.exercises]
        raise UsageError(
            f"{assignment.name} has no exercise {name}; it has {', '.join(known)}"
            f"{did_you_mean(name or '', known)}"
        )
    return found


def check_work(course: Course, path: Path, exercises: Iterable[Exercise], device: str) -> Result:
    """Runs the visible checks of some exercises on a student's work."""
    with Grader(course, Settings(device=device)) as grader:
        return grade_work(grader, path, [exercise.name for exercise in exercises])


def first_open(exercises: Iterable[ExerciseResult]) -> tuple[ExerciseResult, Verdict] | None:
    """The first check that does not pass and that was tried; else the first that was skipped."""
    verdicts = [
        (exercise, verdict)
        for exercise in exercises
        for verdict in exercise.checks
        if verdict.visible and verdict.status is not Status.PASSED
    ]
    tried = (pair for pair in verdicts if pair[1].status is not Status.SKIPPED)
    return next(tried, verdicts[0] if verdicts else None)


def staircase(exercise: Exercise, verdict: Verdict, progress: Progress) -> Staircase:
    """The hints for a check that did not pass: that of its mistake, then those of hints.md.

    Where hints.md has none, what the check itself hints at is the one step.
    """
    check = verdict.name
    steps = []
    if verdict.mistake and verdict.hint:
        key = f"{check}/{verdict.mistake}"
        steps.append(Step(verdict.hint, key, progress.steps(exercise.name, key) > 0))
    texts = load_hints(exercise.folder).get(check, ())
    if not texts and not steps and verdict.hint:
        texts = (verdict.hint,)
    count = progress.steps(exercise.name, check)
    steps += [Step(text, check, number < count) for number, text in enumerate(texts)]
    return Staircase(exercise.name, check, tuple(steps))


def reveal(stairs: Staircase, progress: Progress) -> Revealed | None:
    """The next step, counted as shown; the last one again where all were; None without steps.

    The caller saves `progress`.
    """
    total = len(stairs.steps)
    if not total:
        return None
    position = stairs.next
    if position is None:
        return Revealed(stairs.steps[-1].text, total, total, 0, is_again=True)
    step = stairs.steps[position]
    progress.reveal(stairs.exercise, step.key)
    left = sum(not step.is_shown for step in stairs.steps) - 1
    return Revealed(step.text, position + 1, total, left)


def next_hint(exercises: Iterable[Exercise], result: Result, progress: Progress) -> Hinted | None:
    """One step more for the first open check of a result; None where all visible checks pass.

    Also None where the work could not be read. Where the fault is ours, no step is used up. The
    caller saves `progress`, which has the result recorded as well.
    """
    progress.record(result)
    found = None if result.error else first_open(result.exercises)
    if found is None:
        return None
    fared, verdict = found
    exercise = next(one for one in exercises if one.name == fared.name)
    if verdict.status is Status.INTERNAL:
        return Hinted(fared, verdict, None)
    return Hinted(fared, verdict, reveal(staircase(exercise, verdict, progress), progress))


def shown_before(exercise: Exercise, progress: Progress) -> dict[str, list[str]]:
    """For each check whatever hints of it were shown, in their order; nothing is run for it."""
    hints = load_hints(exercise.folder)
    known = diagnosis.load(exercise.folder / diagnosis.FILE)
    own = {fingerprint.mistake: fingerprint.hint for fingerprint in known}
    counts = progress.revealed.get(exercise.name, {})
    found: dict[str, list[str]] = {}
    for check in exercise.checks:
        prefix = f"{check.name}/"
        named = [key.removeprefix(prefix) for key in counts if key.startswith(prefix)]
        texts = dict.fromkeys(own[mistake] for mistake in named if mistake in own)
        texts |= dict.fromkeys(hints.get(check.name, ())[: counts.get(check.name, 0)])
        if texts:
            found[check.name] = list(texts)
    return found


def forget(exercises: Iterable[Exercise], progress: Progress) -> None:
    """As if no hint of these exercises had been shown. The caller saves `progress`."""
    for exercise in exercises:
        progress.revealed.pop(exercise.name, None)
