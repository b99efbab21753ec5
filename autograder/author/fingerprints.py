"""What running an exercise's own code shows: does the reference pass, what do mistakes do?"""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from autograder.course.course import solution_source
from autograder.course.load import HIDDEN, SHOW, VISIBLE
from autograder.course.mistakes import Mistake, load_mistakes
from autograder.course.model import Check, Exercise
from autograder.course.texts import read_text
from autograder.errors import Problem
from autograder.grading.grader import Grader
from autograder.grading.references import ReferenceRun
from autograder.judge import words
from autograder.judge.diagnosis import Fingerprint
from autograder.judge.run import OUR_FAULT, Candidate, Finding, profile_of, run_exercise
from autograder.results import Status
from autograder.submissions.code import Parsed, read_code
from autograder.submissions.model import Cell, Submission

CHECK_SECONDS = 5.0
"""Of processor time for one check in the judge, whose work is to compare."""

Tell = Callable[[str], None]
"""Is called with what is being run."""


@dataclass(frozen=True, slots=True)
class MistakesRun:
    """Each known mistake, how the checks ended on it, and its fingerprint; in the file's order."""

    mistakes: tuple[Mistake, ...]
    findings: Mapping[str, Sequence[Finding]]
    known: tuple[Fingerprint, ...]


def mistakes_of(grader: Grader, exercise: Exercise, tell: Tell) -> MistakesRun:
    """Runs each known mistake of an exercise once."""
    source = solution_source(exercise) or ""
    mistakes = load_mistakes(exercise)
    findings = {}
    for mistake in mistakes:
        tell(f"{exercise.name}: {mistake.name}")
        findings[mistake.name] = run_source(grader, exercise, [source, *mistake.cells])
    known = tuple(
        Fingerprint(one.name, one.hint, profile_of(findings[one.name])) for one in mistakes
    )
    return MistakesRun(mistakes, findings, known)


def reference_problems(grader: Grader, exercise: Exercise, seeds: Sequence[int]) -> list[Problem]:
    """The first check that the reference does not pass, or that is not the same in two runs with
    one seed (one that comes twice in a row)."""
    before: list[ReferenceRun] = []
    for seed, last in zip(seeds, [None, *seeds], strict=False):
        runs = []
        for number, run in enumerate(_each_in_time(grader.reference_runs(exercise, seed))):
            passed = run.finding.status is Status.PASSED
            if seed == last and not (passed and run.asked == before[number].asked):
                fact = f"{run.finding.check.name} is not the same in two runs with one seed"
                remedy = "draw from `rng`, and use no clock and no other randomness"
                return [problem_at(exercise, run.finding.check, fact, remedy)]
            if not passed:
                return [_not_passed(exercise, run.finding, seed)]
            runs.append(run)
        before = runs
    return []


def show_problems(grader: Grader, exercise: Exercise) -> list[Problem]:
    """What goes wrong where the show cell runs below the reference."""
    path = exercise.folder / SHOW
    if not path.exists():
        return []
    cells = [Cell(solution_source(exercise) or "", "solution.py"), Cell(read_text(path), SHOW)]
    with contextlib.closing(grader.session(of_the_course(cells))) as session:
        session.begin(0, seconds=exercise.limits.seconds)
        faults = [found.fault for found in session.load_faults]
    remedy = "fix it: it may use the solution, and what pip installs with autograder"
    return [Problem(str(path), 0, words.of_fault(fault).rstrip("."), remedy) for fault in faults]


def _each_in_time(runs: Iterator[ReferenceRun]) -> Iterator[ReferenceRun]:
    """The same; a check that computes for too long, in the judge itself, gets a TimeoutError."""

    def end(*_: object) -> None:
        raise TimeoutError(f"the check itself computed for more than {CHECK_SECONDS:g} seconds")

    timer = getattr(signal, "setitimer", None)
    if timer is None or threading.current_thread() is not threading.main_thread():
        yield from runs
        return
    before = signal.signal(signal.SIGPROF, end)
    try:
        timer(signal.ITIMER_PROF, CHECK_SECONDS)
        for run in runs:
            timer(signal.ITIMER_PROF, 0)
            yield run
            timer(signal.ITIMER_PROF, CHECK_SECONDS)
    finally:
        timer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _not_passed(exercise: Exercise, finding: Finding, seed: int) -> Problem:
    check = finding.check
    if finding.status is Status.INTERNAL:
        fact = f"{check.name} breaks: {finding.rationale.removeprefix(OUR_FAULT)}"
        return problem_at(exercise, check, fact, "fix the check")
    if finding.evidence.kind == "credit":
        fact = f"the reference gets {finding.fraction:g} of {check.name}: {finding.rationale}"
        return problem_at(exercise, check, fact, "fix solution.py, or the share in credit(...)")
    with_seed = f" with --seed {seed}" if seed else ""
    fact = f"the reference does not pass {check.name}{with_seed}: {finding.rationale}"
    return problem_at(exercise, check, fact, "fix solution.py or the check")


def problem_at(exercise: Exercise, check: Check, fact: str, remedy: str) -> Problem:
    """A problem at the first line of a check, decorators included."""
    file = exercise.folder / (VISIBLE if check.visible else HIDDEN)
    return Problem(str(file), check.function.__code__.co_firstlineno, fact.rstrip("."), remedy)


def run_source(
    grader: Grader, exercise: Exercise, cells: Sequence[str], seed: int = 0
) -> list[Finding]:
    """The checks of one exercise against code of the course's own."""
    made = [Cell(source, f"cell {number}") for number, source in enumerate(cells, start=1)]
    submission = of_the_course(made)
    session = grader.session(submission)
    candidate = Candidate(session, read_code(Parsed(made)))
    try:
        return run_exercise(grader.setup(exercise, seed), candidate)
    finally:
        session.close()


def of_the_course(cells: Sequence[Cell]) -> Submission:
    """Code of the course's own as a submission."""
    return Submission("(course)", "", None, tuple(cells), {}, (), "")
