"""`autograder release`: builds `assignments/<assignment>/` out of `solutions/<assignment>/`.

    solution.py, statement.md, show.py ──nbgrader──> <assignment>.ipynb
                                              stubs ──> <assignment>.py
    checks.py, hints.md ──byte for byte────> checks/NN_<exercise>/
    exercise.toml ─────────────────────────> README.md, checks/NN_<exercise>/exercise.toml
    fingerprints ──of visible checks───────> checks/NN_<exercise>/fingerprints.json

The same sources give the same bytes. hidden.py, solution.py and mistakes.py are never read into a
release, and `leaks` looks for what of them stands elsewhere. All is validated and computed before
anything is written; then everything is written, or nothing.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import tomli_w

from autograder.author.fingerprints import Tell, mistakes_of, reference_problems, show_problems
from autograder.author.leaks import leaks, leaks_in_files
from autograder.author.pages import hidden_points, pages, readme, welcome
from autograder.author.script import script
from autograder.author.validate import validate
from autograder.course.course import Course
from autograder.course.hints import HINTS
from autograder.course.load import VISIBLE
from autograder.course.mistakes import load_mistakes
from autograder.course.model import Assignment, Exercise
from autograder.course.tables import read_table
from autograder.errors import CourseError, Problem
from autograder.grading.grader import Grader, Settings
from autograder.judge import diagnosis
from autograder.judge.diagnosis import Fingerprint
from autograder.nbgrader.autograded import as_bytes
from autograder.nbgrader.page import release_notebook, source_notebook
from autograder.reports.files import write_whole
from autograder.results import as_number

ASSIGNMENT_KEYS = ("title", "habits")
EXERCISE_KEYS = ("title", "entry_points", "minutes", "limits", "thresholds")
AS_THEY_ARE = (VISIBLE, HINTS)


@dataclass(frozen=True, slots=True)
class Released:
    """The files that were written or removed; or problems, and nothing was written."""

    files: Sequence[Path] = ()
    problems: Sequence[Problem] = ()


def release_assignment(course: Course, name: str, tell: Tell) -> Released:
    """Brings `assignments/<name>/` in step with `solutions/<name>/`.

    `tell` is called with what is being run, for someone who waits.
    """
    if found := validate(course.folder(name)):
        return Released(problems=found)
    try:
        assignment = course.assignment(name)
    except CourseError as error:
        return Released(problems=[Problem.of(error)])
    if found := leaks(assignment):
        return Released(problems=found)
    known: dict[str, tuple[Fingerprint, ...]] = {}
    with Grader(course, Settings(device="cpu")) as grader:
        for exercise in assignment.exercises:
            tell(exercise.name)
            found = reference_problems(grader, exercise, seeds=(0,))
            if found := found or show_problems(grader, exercise):
                return Released(problems=found)
            known[exercise.name] = mistakes_of(grader, exercise, tell).known
    expected = expected_release(assignment, known)
    if found := leaks_in_files(assignment, expected) or load_problems(assignment, expected):
        return Released(problems=found)
    written = []
    for exercise in assignment.exercises:
        path = exercise.folder / diagnosis.FILE
        if not in_step(diagnosis.load(path), known[exercise.name]):
            write_whole(path, diagnosis.dump(known[exercise.name]), 0o644)
            written.append(path)
    target = release_folder(assignment)
    if stale := out_of_step(target, expected):
        write_release(target, expected)
    return Released([*written, *(target / path for path in stale)])


def in_step(kept: tuple[Fingerprint, ...], known: tuple[Fingerprint, ...]) -> bool:
    """Whether fingerprints on disk are what the mistakes do here: by content, numbers alike."""
    return [(one.mistake, one.hint) for one in kept] == [
        (one.mistake, one.hint) for one in known
    ] and all(map(diagnosis.alike, kept, known))


def load_problems(assignment: Assignment, files: Mapping[str, bytes]) -> list[Problem]:
    """What keeps a release from loading where students have it: no solution lies beside it."""
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch) / assignment.name
        lay_out(place, files)
        try:
            Course.handed_out(place)
        except CourseError as error:
            file = assignment.folder / Path(error.file).relative_to(place / "checks")
            told = error.problem.replace(f"{place}", assignment.name)
            fact = f"does not work where students have it: {told}"
            return [Problem(str(file), error.line, fact, error.remedy)]
    return []


def release_folder(assignment: Assignment) -> Path:
    """`assignments/<name>` of the course that an assignment belongs to."""
    return assignment.folder.parent.parent / "assignments" / assignment.name


# -- what it holds --------------------------------------------------------------------------


def expected_release(
    assignment: Assignment, known: Mapping[str, tuple[Fingerprint, ...]] | None = None
) -> dict[str, bytes]:
    """What `assignments/<name>/` should hold: POSIX path below it -> content.

    `known` are the fingerprints by exercise (None: those that lie in solutions/).
    """
    name = assignment.name
    if known is None:
        known = {e.name: diagnosis.load(e.folder / diagnosis.FILE) for e in assignment.exercises}
    notebook = release_notebook(name, welcome(assignment), pages(assignment))
    about = {"name": name, **_chosen(assignment.folder / "assignment.toml", ASSIGNMENT_KEYS)}
    files = {
        "README.md": readme(assignment).encode(),
        f"{name}.py": script(assignment, notebook).encode(),
        f"{name}.ipynb": notebook.content,
        "checks/assignment.toml": tomli_w.dumps(about).encode(),
    }
    for exercise in assignment.exercises:
        for file, content in _checks_of(exercise, known[exercise.name]).items():
            files[f"checks/{exercise.folder.name}/{file}"] = content
    return files


def teachers_notebook(assignment: Assignment) -> bytes:
    """The notebook that nbgrader makes the release of: solutions and all, for `source/`."""
    return as_bytes(source_notebook(welcome(assignment), pages(assignment)))


def _checks_of(exercise: Exercise, known: tuple[Fingerprint, ...]) -> dict[str, bytes]:
    """The files of `checks/NN_<exercise>/`."""
    about = _chosen(exercise.folder / "exercise.toml", EXERCISE_KEYS)
    about["hidden_points"] = as_number(hidden_points(exercise))
    files = {"exercise.toml": tomli_w.dumps(about).encode()}
    for name in AS_THEY_ARE:
        if (exercise.folder / name).exists():
            files[name] = (exercise.folder / name).read_bytes()
    if known:
        files[diagnosis.FILE] = diagnosis.dump(visible_fingerprints(exercise, known)).encode()
    return files


def visible_fingerprints(
    exercise: Exercise, known: tuple[Fingerprint, ...]
) -> tuple[Fingerprint, ...]:
    """Mistakes that a visible check catches first, with the evidence of visible checks only."""
    visible = {check.name for check in exercise.checks if check.visible}
    caught = {mistake.name for mistake in load_mistakes(exercise) if mistake.fails in visible}
    found = []
    for one in known:
        if one.mistake in caught:
            profile = {name: ended for name, ended in one.profile.items() if name in visible}
            found.append(Fingerprint(one.mistake, one.hint, profile))
    return tuple(found)


def _chosen(path: Path, keys: tuple[str, ...]) -> dict[str, object]:
    about = read_table(path)
    return {key: about[key] for key in keys if key in about}


# -- on disk --------------------------------------------------------------------------------


def out_of_step(folder: Path, expected: Mapping[str, bytes]) -> list[str]:
    """Files that differ from what is expected, are missing, or are left over in `checks/`.

    Paths below `folder`, those at its top first. Other files at the top are not ours.
    """
    there = (path for path in (folder / "checks").rglob("*") if path.is_file())
    ours = {
        path.relative_to(folder).as_posix() for path in there if path.parent.name != "__pycache__"
    }
    wrong = {path for path, content in expected.items() if not _holds(folder / path, content)}
    stale = (ours - set(expected)) | wrong
    return sorted(stale, key=lambda path: (path.count("/"), path))


def _holds(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content


def write_release(folder: Path, expected: Mapping[str, bytes]) -> None:
    """Puts a whole new folder in the place of the old one; files of others at its top stay."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as scratch:
        fresh = Path(scratch) / "fresh"
        if folder.exists():
            shutil.copytree(folder, fresh, symlinks=True, ignore=_checks_of_folder(folder))
        lay_out(fresh, expected)
        if folder.exists():
            os.rename(folder, Path(scratch) / "old")
        os.rename(fresh, folder)


def _checks_of_folder(folder: Path) -> Callable[[str, list[str]], list[str]]:
    return lambda at, _: ["checks"] if Path(at) == folder else []


def lay_out(folder: Path, files: Mapping[str, bytes]) -> None:
    """Writes files into a folder that nobody else uses."""
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
