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
    mistakes_of,
    problem_at,
    reference_problems,
    show_problems,
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
from autograder.course.mistakes import Mistake, load_mistakes
from autograder.course.model import Assignment, Check, Exercise
from autograder.errors import CourseError, Problem
from autograder.grading.grader import Grader, Settings
from autograder.judge import diagnosis
from autograder.judge.run import OUR_FAULT, profile_of
from autograder.results import Result, Status, Verdict

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
    if found := leaks(assignment):
        yield name, "gives nothing away", found
        return
    sound = True
    with Grader(course, Settings(device="cpu")) as grader:
        for exercise in assignment.named(only):
            tell(exercise.name)
            found = prove_exercise(grader, exercise, tell, released=not only)
            sound = sound and not found
            yield f"{name}/{exercise.name}", _summary(exercise), found
        if not only and sound:
            tell("the release")
            summary = "the release is in step, gives nothing away, and works where students have it"
            yield name, summary, prove_release(grader, assignment)


def _summary(exercise: Exercise) -> str:
    hinted = sum(check.visible for check in exercise.checks)
    caught = len(load_mistakes(exercise))
    return (
        f"reference full, {_counted(caught, 'mistake')} caught and named, "
        f"hints for {_counted(hinted, 'check')}"
    )


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


# -- one exercise -----------------------------------------------------------------------------


def prove_exercise(
    grader: Grader, exercise: Exercise, tell: Tell, *, released: bool
) -> list[Problem]:
    """Problems of one exercise: of its reference, or else of its mistakes, or else (where it is
    said to be `released`) of the fingerprints that lie beside them."""
    if found := reference_problems(grader, exercise, SEEDS) or show_problems(grader, exercise):
        return found
    run = mistakes_of(grader, exercise, tell)
    mistaken = [_mistake_problem(exercise, mistake, run) for mistake in run.mistakes]
    if found := [problem for problem in mistaken if problem is not None]:
        return found
    kept = exercise.folder / diagnosis.FILE
    if not released or in_step(diagnosis.load(kept), run.known):
        return []
    fact = "is not what the mistakes do now" if kept.exists() else "is missing"
    return [Problem(str(kept), 0, fact, f"run `autograder release {exercise.folder.parent.name}`")]


def _mistake_problem(exercise: Exercise, mistake: Mistake, run: MistakesRun) -> Problem | None:
    """A mistake fails first at the check that it names, and is recognised there."""
    path = str(exercise.folder / MISTAKES)
    findings = run.findings[mistake.name]
    if broken := next((f for f in findings if f.status is Status.INTERNAL), None):
        fact = f"{broken.check.name} breaks on the mistake {mistake.name}: "
        fact += broken.rationale.removeprefix(OUR_FAULT)
        return problem_at(exercise, broken.check, fact, "fix the check")
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


def prove_release(grader: Grader, assignment: Assignment) -> list[Problem]:
    """Problems of what is handed out; what is proven is what students get."""
    name, folder = assignment.name, release_folder(assignment)
    expected = expected_release(assignment)
    if found := (
        leaks_in_files(assignment, expected)
        or load_problems(assignment, expected)
        or list(dict.fromkeys(_student_problems(grader, assignment, expected)))
    ):
        return found
    if stale := out_of_step(folder, expected):
        fact = f"is not in step with solutions/ ({', '.join(stale[:3])})"
        return [Problem(f"assignments/{name}", 0, fact, f"run `autograder release {name}`")]
    return []


def _student_problems(
    course: Grader, assignment: Assignment, files: Mapping[str, bytes]
) -> Iterator[Problem]:
    """In a hand-out without a course: the reference gets all visible points, the stub none (nor
    any of the course's)."""
    name, settings = assignment.name, Settings(device="cpu", assignment=assignment.name)
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / name
        lay_out(copy, files)
        with Grader(Course.handed_out(copy), settings) as grader:
            for file in (copy / f"{name}.py", copy / f"{name}.ipynb"):
                for result in (grader.grade(file), course.grade(file)):
                    if result.error:
                        place, remedy = f"assignments/{name}/{file.name}", "fix what it is made of"
                        yield Problem(place, 0, f"untouched: {result.error}", remedy)
                    for exercise, check, verdict in _each(assignment, result):
                        if verdict.score:
                            fact = f"{check.name} gives points to an untouched copy"
                            yield problem_at(exercise, check, fact, "let it ask the student")
            cells = [f"# %% {e.name}\n{solution_source(e)}\n" for e in assignment.exercises]
            (copy / f"{name}.py").write_text("\n".join(cells), encoding="utf-8")
            graded = grader.grade(copy / f"{name}.py")
    for exercise, check, verdict in _each(assignment, graded):
        if verdict.status is not Status.PASSED:
            fact = f"where students have it, the reference fails: {verdict.rationale}"
            yield problem_at(exercise, check, fact, "fix the check")


def _each(assignment: Assignment, graded: Result) -> Iterator[tuple[Exercise, Check, Verdict]]:
    """Each check that was run, with its verdict."""
    for exercise, fared in zip(assignment.exercises, graded.exercises, strict=True):
        for check, verdict in zip(exercise.checks, fared.checks, strict=False):
            yield exercise, check, verdict
