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

from autograder.course.hints import load_hints
from autograder.course.model import Exercise
from autograder.judge import diagnosis
from autograder.reports.hints import Hinted, Revealed
from autograder.results import Result, Status, Verdict
from autograder.student.progress import Progress


@dataclass(frozen=True, slots=True)
class Step:
    """One hint, in Markdown; `key` is what it is counted under in `Progress.revealed`."""

    text: str
    key: str
    is_shown: bool


def first_open(verdicts: Iterable[Verdict]) -> Verdict | None:
    """The first check that does not pass and that was tried; else the first that was skipped."""
    found = [one for one in verdicts if one.visible and one.status is not Status.PASSED]
    tried = (one for one in found if one.status is not Status.SKIPPED)
    return next(tried, found[0] if found else None)


def _steps(exercise: Exercise, verdict: Verdict, progress: Progress) -> list[Step]:
    """The hints for a check that did not pass: that of its mistake, then those of hints.md.

    Where hints.md has none, what the check itself hints at is the one step.
    """
    steps = []
    if verdict.mistake and verdict.hint:
        key = f"{verdict.name}/{verdict.mistake}"
        steps.append(Step(verdict.hint, key, progress.steps(exercise.name, key) > 0))
    texts = load_hints(exercise.folder).get(verdict.name, ())
    if not texts and not steps and verdict.hint:
        texts = (verdict.hint,)
    count = progress.steps(exercise.name, verdict.name)
    return steps + [Step(text, verdict.name, number < count) for number, text in enumerate(texts)]


def reveal(exercise: Exercise, verdict: Verdict, progress: Progress) -> Revealed | None:
    """The next step, counted as shown; the last one again where all were; None without steps.

    The caller saves `progress`.
    """
    steps = _steps(exercise, verdict, progress)
    if not steps:
        return None
    left = [number for number, step in enumerate(steps, start=1) if not step.is_shown]
    if not left:
        return Revealed(steps[-1].text, len(steps), len(steps), 0, is_again=True)
    step = steps[left[0] - 1]
    progress.reveal(exercise.name, step.key)
    return Revealed(step.text, left[0], len(steps), len(left) - 1)


def next_hint(exercises: Iterable[Exercise], result: Result, progress: Progress) -> Hinted | None:
    """One step more for the first open check of a result; None where all visible checks pass.

    Also None where the work could not be read. Where the fault is ours, no step is used up. The
    caller saves `progress`.
    """
    verdict = None if result.error else first_open(c for e in result.exercises for c in e.checks)
    if verdict is None:
        return None
    fared = next(e for e in result.exercises if any(verdict is check for check in e.checks))
    exercise = next(one for one in exercises if one.name == fared.name)
    is_ours = verdict.status is Status.INTERNAL
    return Hinted(fared, verdict, None if is_ours else reveal(exercise, verdict, progress))


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
