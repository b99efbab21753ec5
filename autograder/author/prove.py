"""Shows that a course is sound: what an author runs before anybody else does.

    validate ─> the reference gets everything ─> mistakes fail where they say, with their own hint
             └─> the release is in step, holds nothing hidden, and works where students have it

A step is taken only where the one before it found nothing: what follows from a problem is noise.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from autograder.author.fingerprints import (
    MistakesRun,
    Tell,
    file_of,
    line_of,
    mistakes_of,
    problem_at,
    reference_problems,
)
from autograder.author.leaks import leaks, leaks_in_files
from autograder.author.release import (
    expected_release,
    in_step,
    lay_out,
    load_problems,
    out_of_step,
    release_folder,
)
from autograder.author.validate import validate
from autograder.course.course import Course, solution_source
from autograder.course.mistakes import FILE as MISTAKES
from autograder.course.mistakes import Mistake
from autograder.course.model import Assignment, Exercise
from autograder.errors import CourseError, Problem
from autograder.grading.grader import Grader, Settings
from autograder.judge import diagnosis
from autograder.judge.run import OUR_FAULT, profile_of
from autograder.results import Status, shown_points

SEEDS = (0, 0, 1, 2, 3)
"""Of the reference's runs: twice the same, then others."""

NOT_FULL = (Status.FAILED, Status.PARTIAL, Status.ERROR)


def prove_assignment(
    course: Course, name: str, only: frozenset[str], tell: Tell
) -> Iterator[tuple[str, str, list[Problem]]]:
    """What is shown, in a few words, and the problems with it; part by part.

    `tell` is called with what is being run, for someone who waits.
    """
    if found := validate(course.folder(name), only):
        yield name, "valid", found
        return
    try:
        assignment = course.assignment(name)
    except CourseError as error:
        yield name, "loads", [Problem.of(error)]
        return
    sound = True
    with Grader(course, Settings(device="cpu")) as grader:
        for exercise in assignment.named(only):
            tell(exercise.name)
            found = prove_exercise(grader, exercise, tell)
            sound = sound and not found
            yield f"{name}/{exercise.name}", _summary(exercise), found
    if not only and sound:
        tell("the release")
        summary = "the release is in step, gives nothing away, and works where students have it"
        yield name, summary, prove_release(assignment)


def _summary(exercise: Exercise) -> str:
    hinted = sum(check.visible for check in exercise.checks)
    caught = len(diagnosis.load(exercise.folder / diagnosis.FILE))
    return (
        f"reference full, {_counted(caught, 'mistake')} caught and named, "
        f"hints for {_counted(hinted, 'check')}"
    )


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


# -- one exercise -----------------------------------------------------------------------------


def prove_exercise(grader: Grader, exercise: Exercise, tell: Tell) -> list[Problem]:
    """Problems of one exercise: of its reference, or else of its mistakes."""
    if found := reference_problems(grader, exercise, SEEDS):
        return found
    run = mistakes_of(grader, exercise, tell)
    return list(_mistake_problems(exercise, run))


def _mistake_problems(exercise: Exercise, run: MistakesRun) -> Iterator[Problem]:
    found = [_mistake_problem(exercise, mistake, run) for mistake in run.mistakes]
    yield from filter(None, found)
    kept = exercise.folder / diagnosis.FILE
    if not any(found) and not in_step(diagnosis.load(kept), run.known):
        fact = "is not what the mistakes do now"
        yield Problem(str(kept), 0, fact, f"run `autograder release {exercise.folder.parent.name}`")


def _mistake_problem(exercise: Exercise, mistake: Mistake, run: MistakesRun) -> Problem | None:
    """A mistake fails first at the check that it names, and is recognised there."""
    path = str(exercise.folder / MISTAKES)
    findings = run.findings[mistake.name]
    if broken := next((f for f in findings if f.status is Status.INTERNAL), None):
        fact = f"{broken.check.name} breaks on the mistake {mistake.name}: "
        fact += broken.rationale.removeprefix(OUR_FAULT)
        file, line = str(file_of(exercise, broken.check)), line_of(broken.check)
        return Problem(file, line, fact.rstrip("."), "fix the check")
    first = next((f.check.name for f in findings if f.status in NOT_FULL), None)
    if first is None:
        fact = f"the mistake {mistake.name} gets full marks"
        return Problem(path, mistake.line, fact, "add a check that sees it")
    if first != mistake.fails:
        fact = f"the mistake {mistake.name} fails first at {first}"
        return Problem(path, mistake.line, fact, f"write fails={first}, or change the mistake")
    found = diagnosis.diagnose(first, profile_of(findings), run.known)
    own = next(one for one in run.known if one.mistake == mistake.name)
    if found is not None and found.hint != mistake.hint and diagnosis.alike(found, own):
        fact = f"the mistakes {found.mistake} and {mistake.name} fail in the same way"
        return Problem(path, mistake.line, fact, "give them the same hint, or remove one")
    if found is None or found.hint != mistake.hint:
        taken = "is not recognised" if found is None else f"is taken for {found.mistake}"
        remedy = "let the check compare what tells them apart, or give them the same hint"
        return Problem(path, mistake.line, f"the mistake {mistake.name} {taken}", remedy)
    return None


# -- the release ------------------------------------------------------------------------------


def prove_release(assignment: Assignment) -> list[Problem]:
    """Problems of what is handed out; what is proven is what students get."""
    name, folder = assignment.name, release_folder(assignment)
    expected = expected_release(assignment)
    if found := (
        leaks(assignment)
        or leaks_in_files(assignment, expected)
        or load_problems(assignment, expected)
        or list(_student_problems(assignment, expected))
    ):
        return found
    if stale := out_of_step(folder, expected):
        fact = f"is not in step with solutions/ ({', '.join(stale[:3])})"
        return [Problem(f"assignments/{name}", 0, fact, f"run `autograder release {name}`")]
    return []


def _student_problems(assignment: Assignment, files: Mapping[str, bytes]) -> Iterator[Problem]:
    """In a hand-out without a course: the reference gets all visible points, the stub none."""
    name, settings = assignment.name, Settings(device="cpu", assignment=assignment.name)
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch) / name
        lay_out(place, files)
        with Grader(Course.handed_out(place), settings) as grader:
            for file in (f"{name}.py", f"{name}.ipynb"):
                result = grader.grade(place / file)
                if result.score or result.error:
                    told = result.error or f"scores {shown_points(result.score)}, not 0"
                    fact, remedy = f"untouched: {told}", "let the checks see a stub"
                    yield Problem(f"assignments/{name}/{file}", 0, fact, remedy)
            cells = [f"# %% {e.name}\n{solution_source(e)}\n" for e in assignment.exercises]
            (place / f"{name}.py").write_text("\n".join(cells), encoding="utf-8")
            graded = grader.grade(place / f"{name}.py").exercises
    for exercise, fared in zip(assignment.exercises, graded, strict=True):
        for check, verdict in zip(exercise.checks, fared.checks, strict=False):
            if verdict.status is not Status.PASSED:
                fact = f"where students have it, the reference fails: {verdict.rationale}"
                yield problem_at(exercise, check, fact, "fix the check")
