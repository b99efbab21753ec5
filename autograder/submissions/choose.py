"""Which file of a submission is the one to grade, and for which assignment.

    the files of a folder or a zip
    └── candidates: the .py and .ipynb in the topmost folder that has any
        ├── named like the assignment and filled in: that one
        ├── a script and a notebook of that name: the one that is filled in; both, if they say the
        │   same; else an error that names both
        ├── otherwise the one with the most entry points filled in, if it is alone in that
        └── nothing filled in: the one named like the assignment, or the only one; it scores 0;
            of a script and a notebook, the one with a definition that does not compile

An entry point counts as filled in if it is defined and not as it was released.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from autograder.errors import SubmissionError
from autograder.submissions.cells import Reading, prefer_filled
from autograder.submissions.definitions import imported_modules
from autograder.submissions.model import KnownAssignments
from autograder.submissions.notebooks import read_notebook
from autograder.submissions.scripts import decode, read_script

KINDS = (".py", ".ipynb")
_MOST_CANDIDATES = 8
_ONE = "hand in one of them, or pass the path of the file to grade"


@dataclass(frozen=True, slots=True)
class CandidateFile:
    """A file that may be the one to grade, read and measured against one assignment.

    `filled` gives the code of each entry point that is filled in, `defined` counts all there are.
    """

    name: str
    assignment: str | None
    reading: Reading
    filled: Mapping[str, str]
    defined: int

    @property
    def stem(self) -> str:
        return PurePosixPath(self.name).stem


@dataclass(frozen=True, slots=True)
class Choice:
    """The file to grade, and the names of files that it stands for as well."""

    candidate: CandidateFile
    twins: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def read_candidate(
    name: str, data: bytes, shown: str, course: KnownAssignments, hint: str | None
) -> CandidateFile:
    """Read one file and find out which assignment it answers; `hint` is a folder's name.

    Raises SubmissionError if the file can't be read.
    """
    if name.lower().endswith(".ipynb"):
        reading = read_notebook(data, shown)
    else:
        reading = read_script(decode(data, shown), PurePosixPath(name).name)
    assignment = _assignment_of(name, reading, course, hint)
    released = course.stubs.get(assignment) if assignment is not None else None
    names = course.names_of(assignment)
    prefer_filled(reading, names, released, course.homes.get(assignment or ""))
    found = [definition for _, definition in reading.definitions(names, released)]
    filled = {one.name: one.code for one in found if one.filled}
    return CandidateFile(name, assignment, reading, filled, len({one.name for one in found}))


def normalised(name: str) -> str:
    """A name as it is compared: "Logistic Regression (2)" is "logistic_regression"."""
    name = re.sub(r"[\s_-]*(?:\(\d+\)|[Cc]opy\d*)$", "", name)
    return re.sub(r"[\W_]+", "_", name.lower()).strip("_")


def topmost(names: list[str], shown: str) -> str:
    """The folder (as a prefix, "" or "a/b/") in which the candidates are."""
    folders = {name.rpartition("/")[0] for name in names if name.lower().endswith(KINDS)}
    if not folders:
        problem = "there is no .py or .ipynb file in it"
        raise SubmissionError(shown, problem, "hand in the script or the notebook")
    if "" in folders:
        return ""
    least = min(folder.count("/") for folder in folders)
    top = sorted(folder for folder in folders if folder.count("/") == least)
    if len(top) > 1:
        problem = f"several folders in it hold code ({listed(top)})"
        raise SubmissionError(shown, problem, "pass the folder of one submission")
    return top[0] + "/"


def choose(
    contents: Mapping[str, bytes], shown: str, course: KnownAssignments, hint: str | None
) -> Choice:
    """Choose among the files of one folder (names without "/" are candidates).

    Raises SubmissionError if there is more than one way to understand it, or none.
    """
    names = [name for name in contents if "/" not in name and name.lower().endswith(KINDS)]
    names.sort(key=lambda name: (normalised(PurePosixPath(name).stem) not in _known(course), name))
    candidates: list[CandidateFile] = []
    failures: list[SubmissionError] = []
    for name in names[:_MOST_CANDIDATES]:
        try:
            path = f"{shown}/{name}"
            candidates.append(read_candidate(name, contents[name], path, course, hint))
        except SubmissionError as error:
            failures.append(error)
    if not candidates:
        raise failures[0]
    choice = _pick(candidates, shown, course)
    if not choice.candidate.filled and failures:
        raise failures[0]
    notes = [f"{PurePosixPath(error.file).name}: {error.problem}" for error in failures]
    if len(names) > _MOST_CANDIDATES:
        notes.append(f"of {len(names)} files that could be graded, {_MOST_CANDIDATES} were read")
    return replace(choice, notes=(*choice.notes, *notes))


def _pick(candidates: list[CandidateFile], shown: str, course: KnownAssignments) -> Choice:
    named = [c for c in candidates if normalised(c.stem) in _known(course)]
    filled = [c for c in named if c.filled]
    assignments = sorted({c.assignment or "" for c in filled})
    if len(assignments) > 1:
        problem = f"it answers several assignments ({listed(assignments)})"
        raise SubmissionError(shown, problem, "pass --assignment")
    if filled:
        return _among_twins(filled, named, shown)
    if filled := [c for c in candidates if c.filled]:
        return _fullest(filled, named, shown)
    if named:
        # What doesn't compile was begun: its syntax error is what there is to say, not "a stub".
        best = next((c for c in named if c.reading.dropped), named[0])
        return Choice(best, tuple(c.name for c in named if c is not best))
    return _fullest(candidates, [], shown)


def _among_twins(filled: list[CandidateFile], named: list[CandidateFile], shown: str) -> Choice:
    """One of the files that are named like the assignment: all say the same, or it is an error."""
    best = max(filled, key=lambda c: len(c.filled))
    for other in filled:
        if any(best.filled.get(name) != code for name, code in other.filled.items()):
            problem = f"{best.name} and {other.name} are both filled in, differently"
            raise SubmissionError(shown, problem, _ONE)
    return _instead_of(best, [c for c in named if c is not best])


def _fullest(candidates: list[CandidateFile], named: list[CandidateFile], shown: str) -> Choice:
    """The file with the most entry points; of equals, the one that imports the others."""

    def weight(candidate: CandidateFile) -> tuple[int, int]:
        return len(candidate.filled), candidate.defined

    most = max(map(weight, candidates))
    best = [c for c in candidates if weight(c) == most]
    if len(best) > 1:
        best = [c for c in best if _imports(c, [other for other in best if other is not c])]
    if len(best) != 1:
        equal = listed([c.name for c in candidates if weight(c) == most])
        raise SubmissionError(shown, f"several files could be the one to grade ({equal})", _ONE)
    return _instead_of(best[0], named)


def _instead_of(best: CandidateFile, twins: list[CandidateFile]) -> Choice:
    """The choice of one file, with a note on each that it stands for."""
    notes = []
    for twin in twins:
        why = "says the same" if twin.filled else "is not filled in"
        notes.append(f"{best.name} is used; {twin.name} {why}")
    return Choice(best, tuple(twin.name for twin in twins), tuple(notes))


def _imports(candidate: CandidateFile, others: list[CandidateFile]) -> bool:
    modules = {m for cell in candidate.reading.cells for m in imported_modules(cell.source)}
    return all(other.stem in modules for other in others)


def _known(course: KnownAssignments) -> dict[str, str]:
    """Normalised names of the assignments in question -> their names."""
    names = [course.preferred] if course.preferred is not None else list(course.entry_points)
    return {normalised(name): name for name in names}


def _assignment_of(
    name: str, reading: Reading, course: KnownAssignments, hint: str | None
) -> str | None:
    """By the choice of the user, the file's name, the folder's name, then by what is defined."""
    if course.preferred is not None:
        return course.preferred
    known = _known(course)
    for text in (PurePosixPath(name).stem, hint or ""):
        if normalised(text) in known:
            return known[normalised(text)]
    counts = {
        one: len({found.name for _, found in reading.definitions(names, course.stubs.get(one))})
        for one, names in course.entry_points.items()
    }
    most = max(counts.values(), default=0)
    best = [assignment for assignment, count in counts.items() if count == most]
    return best[0] if len(best) == 1 else None


def listed(names: list[str]) -> str:
    """The first names, for a message."""
    return ", ".join(names[:4]) + (", ..." if len(names) > 4 else "")
