"""nbgrader's source folder, made from solutions/: what `nbgrader generate_assignment` starts from.

    solutions/<name>/ ──> source/<name>/<name>.ipynb      the teacher's notebook, solutions and all
                          source/<name>/...               other files, as they are handed out
                          source/.<name>.stamp            the digest of what it was made from

nbgrader makes of it, byte for byte, what `autograder release` writes to assignments/. It is made
when nbgrader's configuration is read, if solutions/ or the engine has changed since; nothing is
to be edited there. Several nbgrader commands may do so at the same time: one of them writes.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from filelock import FileLock

from autograder import author, course, judge, nbgrader
from autograder.course.load import assignment_names
from autograder.errors import CourseError, Problem
from autograder.submissions.files import digest_of, digest_of_folder

FOLDER = "source"
RELEASE = "assignments"


def configure(c: Any, root: Path) -> None:
    """Names the folders of a course in nbgrader's configuration `c`, and brings source/ in step.

    What is wrong in solutions/ is printed, since nbgrader would go on without any configuration
    if this raised.
    """
    c.CourseDirectory.root = str(root)
    c.CourseDirectory.source_directory = FOLDER
    c.CourseDirectory.release_directory = RELEASE
    c.Autograde.exclude_overwriting = {name: [f"{name}.py"] for name in assignment_names(root)}
    c.ClearOutput.enabled = False
    try:
        refresh_sources(root)
    except (CourseError, OSError) as error:
        print(f"autograder: {error}", file=sys.stderr)


def refresh_sources(root: Path) -> list[str]:
    """Brings source/ in step with solutions/; the names of the assignments that were made anew.

    Raises CourseError where solutions/ is not as it should be; what was made of it before is
    removed, so that nobody hands out an old version by mistake.
    """
    made = []
    for name in assignment_names(root):
        digest = digest_of_sources(root / "solutions" / name)
        if _stamp(root, name) != digest:
            (root / FOLDER).mkdir(exist_ok=True)
            with FileLock(root / FOLDER / ".lock"):
                if _stamp(root, name) != digest:
                    _make(root, name, digest)
                    made.append(name)
    return made


def digest_of_sources(folder: Path) -> str:
    """SHA-256 (hex) of an assignment's files and of the code that makes its release."""
    code = [Path(package.__path__[0]) for package in (author, course, judge, nbgrader)]
    return digest_of(map(digest_of_folder, [folder, *code]))


def _stamp(root: Path, name: str) -> str:
    if not (root / FOLDER / name / f"{name}.ipynb").is_file():
        return ""
    try:
        return (root / FOLDER / f".{name}.stamp").read_text(encoding="ascii")
    except OSError:
        return ""


def _make(root: Path, name: str, digest: str) -> None:
    """Makes `source/<name>` beside its place, then moves it there whole."""
    # what makes a release is imported here: every program of nbgrader reads this module
    from autograder.author.leaks import leaks
    from autograder.author.release import expected_release, teachers_notebook
    from autograder.author.validate import validate
    from autograder.course.course import Course

    place, stamp = root / FOLDER / name, root / FOLDER / f".{name}.stamp"
    if place.exists() and not stamp.exists():
        raise CourseError(place, "is there and was not made from solutions/", "move it away")
    with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=root / FOLDER) as folder:
        fresh = Path(folder) / "fresh"
        try:
            _require_none(validate(root / "solutions" / name))
            assignment = Course.open(root).assignment(name)
            _require_none(leaks(assignment))
            files = expected_release(assignment)
            files[f"{name}.ipynb"] = teachers_notebook(assignment)
        except CourseError:
            shutil.rmtree(place, ignore_errors=True)
            raise
        for path, content in files.items():
            (fresh / path).parent.mkdir(parents=True, exist_ok=True)
            (fresh / path).write_bytes(content)
        stamp.write_text("", encoding="ascii")
        if place.exists():
            os.rename(place, Path(folder) / "old")
        os.rename(fresh, place)
        stamp.write_text(digest, encoding="ascii")


def _require_none(problems: list[Problem]) -> None:
    for problem in problems:
        raise CourseError(problem.file, problem.fact, problem.remedy, problem.line)
