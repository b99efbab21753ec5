"""From a path to a Submission: a folder, a script, a notebook or a zip of these.

    path ── folder ── files.read_folder ──┐
         ├─ .zip ──── archives.read_archive ─ choose: which file, which assignment
         └─ .py, .ipynb ────────────────────┴─ scripts, notebooks: text -> cells that compile

Nothing of a submission is imported, evaluated or executed here: it is read as bytes, decoded, and
parsed. Anything that can't be read ends in one SubmissionError, which says what to do. All this
has no limit on time: what others handed in is read by grading/reader.py, which calls it elsewhere.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from autograder.errors import SubmissionError
from autograder.submissions.archives import read_archive
from autograder.submissions.choose import (
    KINDS,
    CandidateFile,
    Choice,
    choose,
    listed,
    normalised,
    read_candidate,
    topmost,
)
from autograder.submissions.definitions import definitions
from autograder.submissions.files import Files, digest_of, read_file, read_folder
from autograder.submissions.model import Cell, KnownAssignments, Submission
from autograder.submissions.scripts import decode
from autograder.submissions.syntax import problem_of

_NOT_STUDENTS = frozenset({"", "assignments", "submitted", "release", "source", "solutions"})
_MOST_HELPER_CODE = 512 * 1024
_MOST_HELPERS = 32 * 1024 * 1024
_PASS = "pass a folder, a .py, a .ipynb or a zip of these"


def read_submission(path: Path, course: KnownAssignments) -> Submission:
    """Read what one student handed in.

    Raises SubmissionError with one line: which file, what is wrong, what to do. A file that defines
    no entry point is no error: it is a Submission with a note, and scores 0.
    """
    shown = str(path)
    if os.path.isdir(path) and not os.path.islink(path):
        return _from_files(path, read_folder(path), course)
    data = read_file(path)
    suffix = path.suffix.lower()
    if suffix == ".zip":
        return _from_files(path, read_archive(data, shown), course)
    if suffix in KINDS:
        candidate = read_candidate(path.name, data, shown, course, _absolute(path).parent.name)
        return _submission(path, Choice(candidate), {path.name: data}, course, [])
    raise SubmissionError(shown, "it is not a kind of file that can be graded", _PASS)


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
    return _submission(path, choice, content, course, files.notes, prefix)


def _submission(
    path: Path,
    choice: Choice,
    content: Mapping[str, bytes],
    course: KnownAssignments,
    notes: list[str],
    prefix: str = "",
) -> Submission:
    candidate = choice.candidate
    notes = [*notes, *choice.notes]
    helpers = _helpers(content, {candidate.name, *choice.twins}, notes)
    notes += candidate.reading.notes
    if candidate.defined == 0:
        wanted = listed(sorted(course.names_of(candidate.assignment)))
        notes.append(f"{candidate.name} defines none of the names that are graded ({wanted})")
    elif not candidate.filled and not candidate.reading.dropped:
        notes.append("nothing is filled in yet")
    cells = tuple(_cells(candidate, course.names_of(candidate.assignment)))
    in_order = [candidate.name, *sorted(helpers)]
    return Submission(
        name=str(path),
        student=_student(path, candidate.assignment),
        assignment=candidate.assignment,
        cells=cells,
        files=helpers,
        notes=tuple(notes),
        digest=digest_of(part for name in in_order for part in (name, content[name])),
        dropped=dict(candidate.reading.dropped),
        file=prefix + candidate.name,
        filled={name: digest_of([code]) for name, code in candidate.filled.items()},
    )


def _cells(candidate: CandidateFile, names: frozenset[str]) -> Iterator[Cell]:
    """The cells, each with the entry points that it defines."""
    for cell in candidate.reading.cells:
        bound = dict.fromkeys(found.name for found in definitions(cell.source, names))
        yield replace(cell, binds=tuple(bound))


def _helpers(
    content: Mapping[str, bytes], left_out: set[str], notes: list[str]
) -> dict[str, bytes]:
    """The files that go along with the one to grade; code is bounded, since it is parsed."""
    helpers: dict[str, bytes] = {}
    code = total = 0
    for name, data in content.items():
        if name in left_out or name.lower().endswith(".ipynb"):
            continue
        if total + len(data) > _MOST_HELPERS:
            notes.append(f"{name}: too many bytes beside the code: left aside")
            continue
        total += len(data)
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
