"""Which file of a submission is the one to grade, and for which assignment.

    the files of a folder or a zip
    └── candidates: the .py and .ipynb in the topmost folder that has work in it
        ├── named like the assignment and filled in: that one
        ├── several of that name: the one that is filled in; both, if they say the same; the newer
        │   or fuller one; else an error that names both
        ├── otherwise the one with the most entry points filled in, if it is alone in that
        ├── beside it another version, under another name: one that is older or emptier is told of;
        │   of others a person is asked, and the fuller one is graded
        └── nothing filled in: the one named like the assignment, or the only one; it scores 0;
            of a script and a notebook, the one with a definition that does not compile

An entry point counts as filled in if it is defined and not as it was released.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from autograder.errors import SubmissionError
from autograder.submissions.cells import Reading, prefer_filled
from autograder.submissions.definitions import imported_modules
from autograder.submissions.files import Files
from autograder.submissions.forms import instead, is_code, rank
from autograder.submissions.model import KnownAssignments
from autograder.submissions.names import normalised
from autograder.submissions.notebooks import read_notebook
from autograder.submissions.scripts import decode, read_script
from autograder.submissions.syntax import shown as as_text

_MOST_CANDIDATES = 8
_MOST_SEARCHED = 1 << 20
_OLDER_SECONDS = 60.0
"""Two files that were saved in so short a time (by a download, a copy) tell nothing by it."""
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
    saved: float | None = None

    @property
    def stem(self) -> str:
        return PurePosixPath(self.name).stem


@dataclass(frozen=True, slots=True)
class Choice:
    """The file to grade, and the names of files that it stands for as well."""

    candidate: CandidateFile
    twins: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    doubt: str = ""


def read_candidate(
    name: str, data: bytes, shown: str, course: KnownAssignments, folder: str
) -> CandidateFile:
    """Read one file and find out which assignment it answers; `folder` is the name of its folder.

    Raises SubmissionError if the file can't be read.
    """
    if name.lower().endswith(".ipynb"):
        reading = read_notebook(data, shown)
    else:
        reading = read_script(decode(data, shown), PurePosixPath(name).name)
    assignment = _assignment_of(name, reading, course, folder)
    names = course.names_of(assignment)
    prefer_filled(reading, names, course.homes.get(assignment or "", {}))
    found = [definition for _, definition in reading.definitions(names)]
    filled = {one.name: one.code for one in found if one.filled}
    defined = len({one.name for one in found})
    return CandidateFile(name, assignment, reading, filled, defined)


def folders_with_code(
    names: Iterable[str], shown: str, left_aside: Sequence[str] = ()
) -> list[list[str]]:
    """The folders (as prefixes, "" or "a/b/") that hold code: for each depth those at it.
    `left_aside` are notes on what may have been meant."""
    folders: dict[int, set[str]] = {}
    others = []
    for name in names:
        if is_code(name):
            folder = name[: name.rfind("/") + 1]
            folders.setdefault(folder.count("/"), set()).add(folder)
        elif instead(name):
            others.append(name)
    if not folders and others:
        others = [name for name in others if instead(name) == instead(min(others, key=rank))]
        problem = f"there is no .py or .ipynb file in it; found {listed(others)}"
        raise SubmissionError(shown, problem, instead(others[0]) or "")
    if not folders:
        problem = "there is no .py or .ipynb file in it"
        problem += f" ({as_text(left_aside[0], 200)})" if left_aside else ""
        raise SubmissionError(shown, problem, "hand in the script or the notebook")
    return [sorted(folders[depth]) for depth in sorted(folders)]


@dataclass(frozen=True, slots=True)
class Folder:
    """The code in one folder of a submission, read: candidates, and what can't be read."""

    shown: str
    count: int
    candidates: tuple[CandidateFile, ...]
    failures: tuple[SubmissionError, ...]

    @classmethod
    def read(cls, contents: Files, shown: str, course: KnownAssignments, folder: str) -> Folder:
        """Reads the files whose names have no "/"."""
        names = [name for name in contents.content if "/" not in name and is_code(name)]
        names.sort(key=lambda name: (-promise(name, contents.content[name], course), name))
        candidates, failures = [], []
        for name in names[:_MOST_CANDIDATES]:
            data, path = contents.content[name], f"{shown}/{name}"
            try:
                found = read_candidate(name, data, path, course, folder)
                candidates.append(replace(found, saved=contents.times.get(name)))
            except SubmissionError as error:
                failures.append(error)
        return cls(shown, len(names), tuple(candidates), tuple(failures))

    def has_work(self, course: KnownAssignments) -> bool:
        """Whether anything in it defines, or means to define, what is asked for."""
        return any(
            one.defined or set(one.reading.dropped) & course.names_of(one.assignment)
            for one in self.candidates
        ) or any(_is_named(PurePosixPath(error.file).stem, course) for error in self.failures)

    def choose(self, course: KnownAssignments) -> Choice:
        """Chooses among the files.

        Raises SubmissionError if there is more than one way to understand it, or none.
        """
        if not self.candidates:
            raise self.failures[0]
        choice = _pick(list(self.candidates), self.shown, course)
        if not choice.candidate.filled and self.failures:
            raise self.failures[0]
        notes = [f"{PurePosixPath(error.file).name}: {error.problem}" for error in self.failures]
        if self.count > _MOST_CANDIDATES:
            notes.append(
                f"of {self.count} files that could be graded, {_MOST_CANDIDATES} were read"
            )
        return replace(choice, notes=(*choice.notes, *notes))


def promise(name: str, data: bytes, course: KnownAssignments) -> int:
    """How much a file looks like the work before it is parsed: by its name, then by the names that
    occur in it."""
    if _is_named(PurePosixPath(name).stem, course):
        return 1000
    start = data[:_MOST_SEARCHED]
    return sum(wanted.encode() in start for wanted in course.names_of(course.preferred))


def _is_named(stem: str, course: KnownAssignments) -> bool:
    return normalised(stem) in _known(course)


def _pick(candidates: list[CandidateFile], shown: str, course: KnownAssignments) -> Choice:
    named = [c for c in candidates if _is_named(c.stem, course)]
    filled = [c for c in named if c.filled]
    assignments = sorted({c.assignment or "" for c in filled})
    if len(assignments) > 1:
        problem = f"it answers several assignments ({listed(assignments)})"
        raise SubmissionError(shown, problem, "pass --assignment")
    if filled:
        choice = _among_twins(filled, named, shown)
        return _beside_others(choice, [c for c in candidates if c.filled and c not in named])
    if filled := [c for c in candidates if c.filled]:
        choice = _fullest(filled, named, shown)
        return _beside_others(choice, [c for c in filled if c is not choice.candidate])
    if named:
        # What doesn't compile was begun: its syntax error is what there is to say, not "a stub".
        best = next((c for c in named if c.reading.dropped), named[0])
        return Choice(best, tuple(c.name for c in named if c is not best))
    return _fullest(candidates, [], shown)


def _among_twins(filled: list[CandidateFile], named: list[CandidateFile], shown: str) -> Choice:
    """One of the files that are named like the assignment: the others say the same, or are older
    or emptier, or it is an error. Not versions of it: what it imports, and what only uses it."""
    lent = [c for c in filled if any(_only_lends(c, o) for o in filled)]
    users = [c for c in filled if any(_only_uses(c, o) for o in filled) and c not in lent]
    filled = [c for c in filled if c not in lent + users] or filled
    named = [c for c in named if c not in lent]
    best = max(filled, key=lambda c: (len(c.filled), c.saved or 0.0))
    for other in filled:
        if _differs(other, best) and not _behind(other, best):
            problem = f"{best.name} and {other.name} are both filled in, differently"
            raise SubmissionError(shown, problem, _ONE, doubt=True)
    return _instead_of(best, [c for c in named if c is not best])


def _beside_others(choice: Choice, others: list[CandidateFile]) -> Choice:
    """The choice, or a fuller version of another name; what is said of other versions, and what a
    person is asked where it is not clear that they are older or emptier."""
    best, notes, doubts = choice.candidate, list(choice.notes), []
    others = [one for one in others if one.assignment == best.assignment and _differs(one, best)]
    others = [one for one in others if not (_uses(best, one) or _only_uses(one, best))]
    fuller = max(others, key=lambda one: len(one.filled), default=best)
    if len(best.filled) < len(fuller.filled):
        others = [best, *(one for one in others if one is not fuller)]
        best, notes = fuller, []
    for other in others:
        if behind := _behind(other, best):
            notes.append(f"{best.name} is used; {other.name} {behind}")
        else:
            doubts.append(
                f"{best.name} is what was graded; {other.name} is filled in, too, and differently: "
                "a person should say which one counts"
            )
    twins = choice.twins if best is choice.candidate else ()
    return Choice(best, twins, (*doubts, *notes), "; ".join(doubts))


def _differs(other: CandidateFile, best: CandidateFile) -> bool:
    return any(best.filled.get(name) != code for name, code in other.filled.items())


def _behind(other: CandidateFile, best: CandidateFile) -> str:
    """Why a version does not count beside another one; "" if it may."""
    if other.filled.keys() < best.filled.keys():
        return "has less filled in"
    known = other.saved is not None and best.saved is not None
    if known and other.filled.keys() <= best.filled.keys():
        older = (best.saved or 0.0) - (other.saved or 0.0) > _OLDER_SECONDS
        return "is older" if older else ""
    return ""


def _uses(best: CandidateFile, other: CandidateFile) -> bool:
    """Whether a file imports or runs another one, in whatever way."""
    used = re.compile(rf"\b(?:import|from|run|load|open|exec)\w*\b.*\b{re.escape(other.stem)}\b")
    texts = [*(cell.source for cell in best.reading.cells), *best.reading.notes]
    return any(used.search(text) for text in texts)


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
        problem = f"several files could be the one to grade ({equal})"
        raise SubmissionError(shown, problem, _ONE, doubt=most[0] > 0)
    return _instead_of(best[0], named)


def _instead_of(best: CandidateFile, twins: list[CandidateFile]) -> Choice:
    """The choice of one file, with a note on each that it stands for."""
    notes = []
    for twin in twins:
        behind = _behind(twin, best) if _differs(twin, best) else "says the same"
        why = behind if twin.filled else "is not filled in"
        notes.append(f"{best.name} is used; {twin.name} {why}")
    return Choice(best, tuple(twin.name for twin in twins), tuple(notes))


def _only_uses(one: CandidateFile, other: CandidateFile) -> bool:
    """Whether a file brings nothing of its own beside the one that it imports, as tests do."""
    own = {name for name, code in one.filled.items() if not code.startswith("Import")}
    return _leans_on(one, other) and not own - other.filled.keys()


def _only_lends(one: CandidateFile, other: CandidateFile) -> bool:
    """Whether another file has all of it, by importing or running it, and work of its own."""
    leans = _leans_on(other, one) and not _leans_on(one, other)
    return leans and one.filled.keys() <= other.filled.keys() and not _only_uses(other, one)


def _leans_on(one: CandidateFile, other: CandidateFile) -> bool:
    """Whether a file imports or runs a script."""
    if not other.name.endswith(".py") or one.name == other.name:
        return False
    run = re.compile(rf"run_line_magic\('run', .*\b{re.escape(other.stem)}\b(?!\.ipynb)")
    return _imports(one, [other]) or any(run.search(cell.source) for cell in one.reading.cells)


def leans_on_folder(one: Folder, other: Folder) -> bool:
    """Whether the code in a folder imports another folder, or what lies in it."""
    names = {PurePosixPath(other.shown).name, *(c.stem for c in other.candidates)}
    cells = [cell for c in one.candidates for cell in c.reading.cells]
    return any(names & imported_modules(cell.source) for cell in cells)


def _imports(candidate: CandidateFile, others: list[CandidateFile]) -> bool:
    modules = {m for cell in candidate.reading.cells for m in imported_modules(cell.source)}
    return all(other.stem in modules for other in others)


def _known(course: KnownAssignments) -> dict[str, str]:
    """Normalised names of the assignments in question -> their names."""
    names = [course.preferred] if course.preferred is not None else list(course.entry_points)
    return {normalised(name): name for name in names}


def _assignment_of(
    name: str, reading: Reading, course: KnownAssignments, folder: str
) -> str | None:
    """By the choice of the user, the file's name, the folder's name, then by what is defined."""
    if course.preferred is not None:
        return course.preferred
    known = _known(course)
    for text in (PurePosixPath(name).stem, folder):
        if normalised(text) in known:
            return known[normalised(text)]
    counts = {
        one: len({found.name for _, found in reading.definitions(names)})
        for one, names in course.entry_points.items()
    }
    most = max(counts.values(), default=0)
    best = [assignment for assignment, count in counts.items() if count == most]
    return best[0] if len(best) == 1 else None


def listed(names: list[str]) -> str:
    """The first names, for a message."""
    return ", ".join(names[:4]) + (", ..." if len(names) > 4 else "")
