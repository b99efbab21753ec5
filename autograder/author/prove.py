"""Shows that a course is sound: what an author runs before anybody else does.

For each exercise: the reference gets everything, on several seeds; every known mistake fails
first at the check that it names and is answered with its own hint; every visible check has
hints that rise. For the assignment: what is released scores nothing, is in step with its source
and holds nothing hidden. Each problem says what to do about it.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from autograder.author.release import expected_release, out_of_step, release_folder
from autograder.course.course import Course, solution_source
from autograder.course.hints import hint_problems
from autograder.course.mistakes import Mistake, load_mistakes
from autograder.course.model import Assignment, Exercise
from autograder.errors import CourseError
from autograder.grading.grader import Grader, Settings
from autograder.judge import diagnosis, expect, run
from autograder.judge.diagnosis import Fingerprint
from autograder.judge.reading import Code
from autograder.judge.run import Candidate, Finding, profile_of, run_exercise
from autograder.results import Status
from autograder.submissions.model import Cell, Submission

SEEDS = (0, 1, 2)
SOURCES = ("checks.py", "exercise.toml", "mistakes.py", "solution.py")
NOT_FULL = (Status.FAILED, Status.PARTIAL, Status.ERROR)


def prove_assignment(course: Course, name: str, only: frozenset[str], console: Console) -> bool:
    """Prints what was shown and what was not; True where nothing is wrong."""
    assignment = course.assignment(name)
    count = 0
    with Grader(course, Settings(device="cpu")) as grader:
        for exercise in grader.exercises(assignment, only):
            found = list(prove_exercise(grader, exercise))
            count += len(found)
            _report(console, f"{name}/{exercise.name}", _summary(exercise), found)
        if not only:
            found = list(prove_release(course, grader, name))
            count += len(found)
            _report(
                console, name, "released work scores 0, is in step, holds nothing hidden", found
            )
    return count == 0


def _summary(exercise: Exercise) -> str:
    hinted = sum(check.visible for check in exercise.checks)
    caught = f"{len(load_mistakes(exercise))} mistakes caught and named"
    return f"reference full, {caught}, hints for {hinted} checks"


def _report(console: Console, what: str, summary: str, problems: Sequence[str]) -> None:
    if not problems:
        console.print(
            Text("ok    ", style="green").append(f"{what}: {summary}", style="default"),
            soft_wrap=True,
        )
    for problem in problems:
        console.print(
            Text("WRONG ", style="red bold").append(f"{what}: {problem}", style="default"),
            soft_wrap=True,
        )


# -- one exercise -----------------------------------------------------------------------------


def prove_exercise(grader: Grader, exercise: Exercise) -> Iterator[str]:
    """Problems of one exercise, each with its remedy."""
    source = solution_source(exercise)
    if source is None:
        raise CourseError(
            exercise.folder / "solution.py", "is missing", "write the reference there"
        )
    for missing in (name for name in ("statement.md",) if not (exercise.folder / name).exists()):
        yield f"{missing} is missing; write what the student reads"
    yield from hint_problems(exercise)
    for seed in SEEDS:
        for finding in run_source(grader, exercise, [source], seed):
            if finding.status is not Status.PASSED:
                yield (
                    f"the reference does not pass {finding.check.name} with --seed {seed} "
                    f"({finding.rationale}); mend solution.py or the check"
                )
    yield from prove_mistakes(grader, exercise, source)


def prove_mistakes(grader: Grader, exercise: Exercise, source: str) -> Iterator[str]:
    """Problems with the known mistakes, and with the fingerprints that are kept of them."""
    mistakes = load_mistakes(exercise)
    runs = {m.name: run_source(grader, exercise, [source, *m.cells]) for m in mistakes}
    known = [Fingerprint(m.name, m.hint, profile_of(runs[m.name])) for m in mistakes]
    for mistake in mistakes:
        yield from _prove_mistake(mistake, runs[mistake.name], known)
    for number, one in enumerate(known):
        for other in known[:number]:
            if one.hint != other.hint and _alike(one, other):
                yield f"{one.mistake} and {other.mistake} look the same: give them the same hint"
    path = exercise.folder / "fingerprints.json"
    if not fresh(exercise):
        yield f"{path.name} is out of date; run `autograder release`"
    elif any(not _alike(one, old) for one, old in zip(known, diagnosis.load(path)[1], strict=True)):
        yield f"{path.name} is not what the mistakes do here; run `autograder release`, compare"


def _alike(one: Fingerprint, other: Fingerprint) -> bool:
    return one.profile.keys() == other.profile.keys() and all(
        diagnosis.same(evidence, other.profile[name]) for name, evidence in one.profile.items()
    )


def _prove_mistake(
    mistake: Mistake, findings: Sequence[Finding], known: Sequence[Fingerprint]
) -> Iterator[str]:
    first = next((f.check.name for f in findings if f.status in NOT_FULL), None)
    if first is None:
        yield f"mistake {mistake.name} gets full marks; add a check that catches it"
        return
    if first != mistake.fails:
        yield f"mistake {mistake.name} fails first at {first}; write fails={first}, or mend it"
        return
    found = diagnosis.diagnose(first, profile_of(findings), known)
    if found is None or found.hint != mistake.hint:
        named = "nothing" if found is None else found.mistake
        yield f"mistake {mistake.name} is taken for {named}; let evidence tell them apart"
    if any(f.status is Status.INTERNAL for f in findings):
        yield f"mistake {mistake.name} makes a check fail by our fault; run it and mend the check"


def run_source(
    grader: Grader, exercise: Exercise, cells: Sequence[str], seed: int = 0
) -> list[Finding]:
    """The checks of one exercise against code of the course's own."""
    submission = of_the_course(cells)
    session = grader.session(submission)
    candidate = Candidate(session, Code.of(submission), {})
    foresight = grader.foresight(exercise, seed)
    try:
        return run_exercise(
            exercise, candidate, grader.reference(exercise), seed=seed, foresight=foresight
        )
    finally:
        session.close()


def of_the_course(cells: Sequence[str]) -> Submission:
    """Code of the course's own as a submission."""
    made = tuple(Cell(source, f"cell {number}") for number, source in enumerate(cells, start=1))
    return Submission("(course)", "", None, made, {}, (), "")


# -- fingerprints -----------------------------------------------------------------------------


def digest_of(exercise: Exercise) -> str:
    """SHA-256 over what fingerprints depend on: the exercise, and how evidence is taken."""
    whole = hashlib.sha256()
    for module in (expect, run):
        whole.update(Path(module.__file__ or "").read_bytes())
    for name in SOURCES:
        path = exercise.folder / name
        whole.update(f"{name}\0".encode() + (path.read_bytes() if path.exists() else b"") + b"\0")
    return whole.hexdigest()


def fresh(exercise: Exercise) -> bool:
    """Whether what is kept of runs of the exercise belongs to it as it is now."""
    return diagnosis.load(exercise.folder / "fingerprints.json")[0] == digest_of(exercise)


def refresh_records(course: Course, assignment: Assignment) -> list[Exercise]:
    """Computes and writes fingerprints that are out of date; for which exercises."""
    stale = [exercise for exercise in assignment.exercises if not fresh(exercise)]
    if not stale:
        return []
    with Grader(course, Settings(device="cpu")) as grader:
        for exercise in stale:
            _refresh(grader, exercise)
    return stale


def _refresh(grader: Grader, exercise: Exercise) -> None:
    source = solution_source(exercise) or ""
    mistakes = load_mistakes(exercise)
    known = [
        Fingerprint(m.name, m.hint, profile_of(run_source(grader, exercise, [source, *m.cells])))
        for m in mistakes
    ]
    text = diagnosis.dump(known, digest_of(exercise))
    (exercise.folder / "fingerprints.json").write_text(text, encoding="utf-8")


# -- the release ------------------------------------------------------------------------------


def prove_release(course: Course, grader: Grader, name: str) -> Iterator[str]:
    """Problems of what is handed out."""
    try:
        expected = expected_release(course, name)
    except CourseError as error:
        yield str(error)
        return
    if stale := out_of_step(release_folder(course, name), expected):
        shown = ", ".join(stale[:3])
        yield f"assignments/{name} is not in step ({shown}); run `autograder release {name}`"
    with tempfile.TemporaryDirectory() as scratch:
        for suffix in (".py", ".ipynb"):
            path = Path(scratch) / f"{name}{suffix}"
            path.write_bytes(expected[path.name])
            result = grader.grade(path)
            if result.score or result.error:
                yield f"the untouched {path.name} scores {result.score:g}, not 0 {result.error}"
