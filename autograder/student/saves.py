"""What was saved, and whether it is worth an answer.

An editor writes a file in place (for a moment it is empty or cut off), or writes another one and
renames it; JupyterLab saves every two minutes, changed or not. So a save is read as a whole
(`read_work`), compared by its code alone (`digest`), and taken for half-written while something
that was filled in before is missing (`is_unfinished`): if that lasts, it is what the student wants.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from itertools import accumulate
from pathlib import Path

from autograder.errors import SubmissionError
from autograder.grading.grader import Grader
from autograder.grading.reader import Reader
from autograder.results import Result
from autograder.submissions.files import is_skipped
from autograder.submissions.forms import KINDS
from autograder.submissions.model import KnownAssignments, Submission
from autograder.submissions.names import normalised

MOST_FOLDERS = 200
"""So many folders inside the one of the work are watched; each takes a watch of the system."""

QUIET_MS = 10
"""A save counts when for so long nothing more was written: most editors need less than 1 ms."""


@dataclass(frozen=True, slots=True)
class Work:
    """A student's work as it is on disk.

    `codes` maps each entry point that is filled in to its code; `error` says why the work can't
    be read ("" when it can); `digest` is the SHA-256 (hex) of the code and the files beside it,
    without what a notebook holds besides: outputs, counts, widths of windows.
    """

    submission: Submission | None = None
    error: str = ""
    digest: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)


def last_saved(folder: Path, known: KnownAssignments) -> Path | None:
    """The script or notebook of an assignment's name that was saved last; None for no folder."""
    found: dict[int, Path] = {}
    for entry in folder.iterdir() if folder.is_dir() else ():
        if entry.suffix.lower() in KINDS and normalised(entry.stem) in known.entry_points:
            with contextlib.suppress(OSError):  # an editor is just replacing it
                found[entry.stat().st_mtime_ns] = entry
    return found[max(found)] if found else None


def grade_work(grader: Grader, path: Path, only: Collection[str] = ()) -> Result:
    """Grades a student's own work: of a folder that can't be read as a whole, as `read_work`."""
    result = grader.grade(path, only)
    saved = last_saved(path, grader.course.known()) if result.error else None
    if saved is None:
        return result
    instead = grader.grade(saved, only)
    note = f"{saved.name} was saved last, so it is what is checked"
    return replace(instead, notes=(note, *instead.notes))


def read_work(path: Path, known: KnownAssignments, reader: Reader) -> Work:
    """The work at a path, read anew.

    Where a folder can't be read as a whole (its script and its notebook are both filled in,
    differently), it is the file that was saved last.
    """
    try:
        submission = reader.read(path, known)
    except SubmissionError as error:
        if (saved := last_saved(path, known)) is not None:
            return read_work(saved, known, reader)
        return Work(error=str(error), digest=str(error))
    return Work(submission, digest=_digest(submission), codes=submission.filled)


def _digest(submission: Submission) -> str:
    digest = hashlib.sha256(repr(sorted(submission.dropped.items())).encode())
    for cell in submission.cells:
        digest.update(repr((cell.origin, cell.first_line, cell.source)).encode())
    for name, content in sorted(submission.files.items()):
        digest.update(repr((name, content)).encode())
    return digest.hexdigest()


def is_unfinished(work: Work, before: Work) -> bool:
    """Whether a work looks like the middle of a save: unreadable, or less than there was before."""
    if work.submission is None:
        return True
    broken = set(work.submission.dropped)
    if before.submission is not None:
        broken -= set(before.submission.dropped)
    return bool(broken or set(before.codes) - set(work.codes))


def follow(folder: Path, tell: Callable[[Path], None], ended: threading.Event) -> None:
    """Calls `tell` with a file of a folder each time that one was saved, until `ended` is set.

    Folders inside of it are followed, too, unless there are more than the system may watch.
    """

    from watchfiles import Change, watch  # here: `check` needs none of it

    def matters(_: Change, path: str) -> bool:
        name = Path(path).relative_to(folder).as_posix()
        return not is_skipped(name) and not name.endswith(("~", ".swp", ".tmp", ".part"))

    changes = watch(
        folder,
        watch_filter=matters,
        step=QUIET_MS,
        rust_timeout=500,
        stop_event=ended,
        raise_interrupt=False,
        recursive=has_few_folders(folder),
    )
    for changed in changes:
        paths = sorted({Path(path) for _, path in changed})
        code = [path for path in paths if path.suffix.lower() in KINDS and path.exists()]
        tell((code or paths)[-1])


def has_few_folders(folder: Path) -> bool:
    """Whether a folder is one of work, and not a home with everything in it."""
    counts = accumulate(len(inside) for _, inside, _ in os.walk(folder))
    return all(count <= MOST_FOLDERS for count in counts)
