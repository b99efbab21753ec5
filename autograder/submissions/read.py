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
import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from autograder.errors import SubmissionError
from autograder.submissions.archives import read_archive
from autograder.submissions.choose import (
    CandidateFile,
    Choice,
    Folder,
    folders_with_code,
    leans_on_folder,
    listed,
    promise,
    read_candidate,
)
from autograder.submissions.code import Parsed, read_code
from autograder.submissions.definitions import bindings, imported_modules
from autograder.submissions.files import Files, digest_of, read_file, read_folder
from autograder.submissions.forms import KINDS, code_name, instead, is_code, name_by_content
from autograder.submissions.habits import habits
from autograder.submissions.model import Cell, Code, KnownAssignments, Submission
from autograder.submissions.names import absolute, student_of
from autograder.submissions.notebooks import helper_notebook
from autograder.submissions.scripts import decode
from autograder.submissions.syntax import problem_of
from autograder.submissions.syntax import shown as as_text

_MOST_HELPER_CODE = 512 * 1024
_MOST_HELPERS = 32 * 1024 * 1024
_MOST_FOLDERS = 4
_MOST_ZIPS = 3
"""One inside another."""
_PASS = "pass a folder, a .py, a .ipynb or a zip of these"


def read_submission(path: Path, course: KnownAssignments) -> Submission:
    """Read what one student handed in.

    Raises SubmissionError with one line: which file, what is wrong, what to do. A file that defines
    no entry point is no error: it is a Submission with a note, and scores 0.
    """
    shown = str(path)
    if os.path.isdir(path) and not os.path.islink(path):
        return _from_files(path, _opened(read_folder(path), shown), course)
    data = read_file(path)
    if path.suffix.lower() == ".zip":
        return _from_files(path, _opened(read_archive(data, shown), shown), course)
    name = name_by_content(code_name(path.name), data)
    if is_code(name):
        candidate = read_candidate(name, data, shown, course, absolute(path).parent.name)
        return _submission(path, Choice(candidate), {name: data}, course, [])
    raise SubmissionError(
        shown, "it is not a kind of file that can be graded", instead(path.name) or _PASS
    )


def _opened(files: Files, shown: str, depth: int = _MOST_ZIPS) -> Files:
    """The files of a folder or zip that holds no code but one zip: those of that, beside the
    others."""
    packed = [name for name in files.content if name.lower().endswith(".zip")]
    if not depth or len(packed) != 1 or any(is_code(code_name(name)) for name in files.content):
        return files
    data = files.content.pop(packed[0])
    place = f"{shown}/{packed[0]}"
    inside = _opened(read_archive(data, place), place, depth - 1)
    notes = [*files.notes, f"{packed[0]} was unpacked", *inside.notes]
    return Files({**files.content, **inside.content}, {**files.times, **inside.times}, notes)


def _from_files(path: Path, files: Files, course: KnownAssignments) -> Submission:
    shown = str(path)
    if not files.content:
        problem = "there is no .py or .ipynb file in it" if files.skipped else "it is empty"
        if files.notes:
            problem = f"nothing in it can be read ({as_text(files.notes[0], 200)})"
        raise SubmissionError(shown, problem, "hand in the script or the notebook")
    files = _by_code_names(files)
    prefix, folder = _folder_of_the_work(path, files, course)
    below = _below(prefix, files).content
    above = {
        posixpath.relpath(name, prefix): data
        for name, data in files.content.items()
        if not name.startswith(prefix)
    }
    content = {**below, **above}
    return _submission(path, folder.choose(course), content, course, files.notes, prefix)


def _by_code_names(files: Files) -> Files:
    """Code under the name that it had before a download changed it, unless that is taken."""
    renamed = Files(notes=files.notes)
    for name, data in files.content.items():
        own = name_by_content(code_name(name), data)
        if own != name and own not in files.content:
            renamed.note(f"{name} is read as {PurePosixPath(own).name}")
        else:
            own = name
        renamed.content[own] = data
        if name in files.times:
            renamed.times[own] = files.times[name]
    return renamed


def _folder_of_the_work(path: Path, files: Files, course: KnownAssignments) -> tuple[str, Folder]:
    """The topmost folder that has work in it, as a prefix, with the code in it read; where none
    has, the topmost with code."""
    shown = str(path)
    levels = folders_with_code(files.content, shown, files.notes)
    topmost: tuple[str, Folder] | None = None
    looks: dict[str, int] = {}
    for name, data in files.content.items():
        if is_code(name):
            prefix = name[: name.rfind("/") + 1]
            looks[prefix] = max(looks.get(prefix, 0), promise(name, data, course))
    for level in levels[:_MOST_FOLDERS]:
        read = []
        for prefix in sorted(level, key=lambda one: -looks[one])[:_MOST_FOLDERS]:
            hint = PurePosixPath(prefix).name if prefix else absolute(path).stem
            place = f"{shown}/{prefix}".rstrip("/")
            read.append((prefix, Folder.read(_below(prefix, files), place, course, hint)))
        working = [one for one in read if one[1].has_work(course)]
        lent = [
            one
            for one in working
            if any(
                leans_on_folder(other[1], one[1]) and not leans_on_folder(one[1], other[1])
                for other in working
                if other is not one
            )
        ]
        working = [one for one in working if one not in lent]
        if len(working) > 1 or (len(read) > 1 and not working and topmost is None):
            problem = f"several folders in it hold code ({listed(level)})"
            is_zip = path.suffix.lower() == ".zip"
            remedy = "pass the folder of one submission"
            raise SubmissionError(shown, problem, f"unpack it and {remedy}" if is_zip else remedy)
        if working:
            return working[0]
        topmost = topmost or read[0]
    assert topmost is not None
    return topmost


def _below(prefix: str, files: Files) -> Files:
    names = [name for name in files.content if name.startswith(prefix)]
    return Files(
        {name.removeprefix(prefix): files.content[name] for name in names},
        {name.removeprefix(prefix): files.times[name] for name in names if name in files.times},
    )


def _submission(
    path: Path,
    choice: Choice,
    content: Mapping[str, bytes],
    course: KnownAssignments,
    notes: list[str],
    prefix: str = "",
) -> Submission:
    candidate = choice.candidate
    notes = [*choice.notes, *notes]
    code = [cell.source for cell in candidate.reading.cells]
    helpers = _helpers(content, {candidate.name, *choice.twins}, code, notes)
    files = dict(helpers)
    if _reads_itself(candidate):
        files[candidate.name] = content[candidate.name]
    notes += candidate.reading.notes
    if candidate.defined == 0:
        wanted = listed(sorted(course.names_of(candidate.assignment)))
        notes.append(f"{candidate.name} defines none of the names that are graded ({wanted})")
    elif not candidate.filled and not candidate.reading.dropped:
        notes.append("nothing is filled in yet")
    cells = tuple(
        replace(cell, binds=tuple(bindings(cell.source))) for cell in candidate.reading.cells
    )
    in_order = [candidate.name, *sorted(files)]
    return Submission(
        name=str(path),
        student=student_of(path, candidate.assignment),
        assignment=candidate.assignment,
        cells=cells,
        files=files,
        notes=tuple(notes),
        digest=digest_of(part for name in in_order for part in (name, content[name])),
        dropped=dict(candidate.reading.dropped),
        file=prefix + candidate.name,
        filled={name: digest_of([code]) for name, code in candidate.filled.items()},
        code=_code(cells, helpers, course, candidate.assignment),
        doubt=choice.doubt,
    )


def _reads_itself(candidate: CandidateFile) -> bool:
    """Whether a script may open or import its own file."""
    name = candidate.stem
    return candidate.name.endswith(".py") and any(
        "__file__" in cell.source or (name in cell.source and name in imported_modules(cell.source))
        for cell in candidate.reading.cells
    )


def _code(
    cells: Sequence[Cell],
    helpers: Mapping[str, bytes],
    course: KnownAssignments,
    assignment: str | None,
) -> Code:
    parsed = Parsed(cells, helpers)
    return read_code(parsed, habits(parsed, course.habits.get(assignment or "", ())))


def _helpers(
    content: Mapping[str, bytes], left_out: set[str], cells: list[str], notes: list[str]
) -> dict[str, bytes]:
    """The files that go along with the one to grade; code is bounded, since it is parsed.

    A notebook is one of them where the code speaks of it, by `%run` or as a module; and so is what
    lies beside or above the folder of the work.
    """
    helpers: dict[str, bytes] = {}
    code = total = 0
    for name, data in content.items():
        if name in left_out:
            continue
        is_notebook = name.lower().endswith(".ipynb")
        if (is_notebook or name.startswith("../")) and not _is_spoken_of(name, content, cells):
            continue
        if is_notebook:
            try:
                data = helper_notebook(data, name)
            except SubmissionError:
                continue  # `choose` has said what can't be read
        if total + len(data) > _MOST_HELPERS:
            notes.append(f"{name}: too many bytes beside the code: left aside")
            continue
        total += len(data)
        if is_code(name):
            if code + len(data) > _MOST_HELPER_CODE:
                notes.append(f"{name}: too much code in helper files: left aside")
                continue
            code += len(data)
            if name.lower().endswith(".py"):
                notes += _helper_problem(name, data)
        helpers[name] = data
    return helpers


def _is_spoken_of(name: str, content: Mapping[str, bytes], cells: list[str]) -> bool:
    """Whether a file's name, its name as a module, or that of its folder occurs in other code."""
    path = PurePosixPath(name)
    folders = [part for part in path.parts[:-1] if part != ".."]
    names = (path.stem, path.stem.replace(" ", "_"), *folders)
    others = [data for other, data in content.items() if other.endswith(KINDS) and other != name]
    return any(one in cell for one in names for cell in cells) or any(
        one.encode() in data for one in names for data in others
    )


def _helper_problem(name: str, data: bytes) -> list[str]:
    """A note if a helper module can't be imported as it is."""
    try:
        problem = problem_of(decode(data, name))
    except SubmissionError as error:
        return [f"{name}: {error.problem}"]
    return [f"{name}, line {problem.line}: {problem.message}"] if problem is not None else []
