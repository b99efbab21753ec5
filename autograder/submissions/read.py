"""From a path to a Submission: a folder, a script, a notebook or a zip of these.

    path ── folder ── files.read_folder ──┐
         ├─ .zip ──── archives.read_archive ─ choose: which file, which assignment
         └─ .py, .ipynb ────────────────────┴─ scripts, notebooks: text -> cells that compile

Nothing of a submission is imported, evaluated or executed here: it is read as bytes, decoded, and
parsed. Anything that can't be read ends in one SubmissionError, which says what to do.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from autograder.errors import SubmissionError
from autograder.submissions.archives import read_archive
from autograder.submissions.choose import (
    KINDS,
    CandidateFile,
    choose,
    normalised,
    read_candidate,
    topmost,
)
from autograder.submissions.files import Files, digest_of, read_file, read_folder
from autograder.submissions.model import KnownAssignments, Submission
from autograder.submissions.scripts import decode
from autograder.submissions.syntax import problem_of

_NOT_STUDENTS = frozenset({"", "assignments", "submitted", "release", "source", "solutions"})
_MOST_HELPER_CODE = 512 * 1024
_PASS = "pass a folder, a .py, a .ipynb or a zip of these"


def read_submission(path: Path, course: KnownAssignments) -> Submission:
    """Read what one student handed in.

    Raises SubmissionError with one line: which file, what is wrong, what to do. A file that defines
    no entry point is no error: it is a Submission with a note, and scores 0.
    """
    shown = str(path)
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        raise SubmissionError(shown, "there is no such file or folder", "check the path") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "invalid path"
        raise SubmissionError(shown, f"it can't be read ({reason})", "check the path") from None
    if stat.S_ISLNK(mode):
        raise SubmissionError(shown, "it is a link", "pass what it points to")
    suffix = path.suffix.lower()
    if stat.S_ISDIR(mode):
        return _from_files(path, read_folder(path), course)
    if suffix == ".zip":
        return _from_files(path, read_archive(read_file(path), shown), course)
    if suffix in KINDS:
        data = read_file(path)
        candidate = read_candidate(path.name, data, shown, course, _folder_name(path))
        return _submission(path, candidate, {}, {path.name: data}, [], course)
    raise SubmissionError(shown, "it is no kind of file that can be graded", _PASS)


def _from_files(path: Path, files: Files, course: KnownAssignments) -> Submission:
    shown = str(path)
    if not files.content:
        problem = "nothing in it can be read" if files.notes else "it is empty"
        raise SubmissionError(shown, problem, "hand in the script or the notebook")
    prefix = topmost(list(files.content), shown)
    content = {
        name.removeprefix(prefix): data
        for name, data in files.content.items()
        if name.startswith(prefix)
    }
    hint = PurePosixPath(prefix).name if prefix else _absolute(path).stem
    choice = choose(content, f"{shown}/{prefix}".rstrip("/"), course, hint)
    notes = [*files.notes, *choice.notes]
    helpers = _helpers(content, {choice.candidate.name, *choice.twins}, notes)
    read = {choice.candidate.name: content[choice.candidate.name], **helpers}
    read_from = prefix + choice.candidate.name
    return _submission(path, choice.candidate, helpers, read, notes, course, read_from)


def _submission(
    path: Path,
    candidate: CandidateFile,
    helpers: Mapping[str, bytes],
    read: Mapping[str, bytes],
    notes: list[str],
    course: KnownAssignments,
    file: str = "",
) -> Submission:
    notes += candidate.reading.notes
    if candidate.defined == 0:
        names = sorted(course.names_of(candidate.assignment))
        wanted = ", ".join(names[:4]) + (", ..." if len(names) > 4 else "")
        notes.append(f"{candidate.name} defines none of the names that are graded ({wanted})")
    elif not candidate.filled and not candidate.reading.dropped:
        notes.append("nothing is filled in yet")
    in_order = sorted(read, key=lambda name: (name != candidate.name, name))
    return Submission(
        name=str(path),
        student=_student(path, candidate.assignment),
        assignment=candidate.assignment,
        cells=tuple(candidate.reading.cells),
        files=dict(helpers),
        notes=tuple(notes),
        digest=digest_of(part for name in in_order for part in (name, read[name])),
        dropped=dict(candidate.reading.dropped),
        file=file or candidate.name,
    )


def _helpers(
    content: Mapping[str, bytes], left_out: set[str], notes: list[str]
) -> dict[str, bytes]:
    """The files that go along with the one to grade; code is bounded, since the judge parses it."""
    helpers: dict[str, bytes] = {}
    code = 0
    for name, data in content.items():
        if name in left_out or name.lower().endswith(".ipynb"):
            continue
        if name.lower().endswith(".py"):
            if code + len(data) > _MOST_HELPER_CODE:
                notes.append(f"{name}: too much code in helper files: left aside")
                continue
            code += len(data)
            notes += _helper_problem(name, data)
        helpers[name] = data
    return helpers


def _helper_problem(name: str, data: bytes) -> list[str]:
    """A note if a helper module can't be imported as it is."""
    try:
        problem = problem_of(decode(data, name))
    except SubmissionError as error:
        return [f"{name}: {error.problem}"]
    return [f"{name}, line {problem.line}: {problem.message}"] if problem is not None else []


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))


def _folder_name(path: Path) -> str:
    return _absolute(path).parent.name


def _student(path: Path, assignment: str | None) -> str:
    """Whose it is, by the path: the folder or file, or what stands above one named like the work.

    nbgrader's submitted/<student>/<assignment>/ gives <student>.
    """
    absolute = _absolute(path)
    own = absolute.name if absolute.suffix.lower() not in (*KINDS, ".zip") else absolute.stem
    names = [own, *(parent.name for parent in absolute.parents)]
    for name in names[:3]:
        if assignment is not None and normalised(name) == normalised(assignment):
            continue
        return own if name in _NOT_STUDENTS else name
    return own
