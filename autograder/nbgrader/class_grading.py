"""`autograder grade submitted/ --gradebook URL`: a class, from its folders to its gradebook.

    submitted/<student>/<assignment>/ ──Grader──> Result ──kept──> .autograder/results/
                                                    ├──> the gradebook, one transaction a student
                                                    └──> autograded/<student>/<assignment>/

A result is kept before it goes into the gradebook. So a locked database, a full disk or Ctrl-C
costs no result: the next run finds what is kept, grades what is missing or has changed, and writes
only what differs. Where the gradebook fails midway, grading goes on, each student tries again what
is pending, and what is still pending at the end is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import TypeVar

from nbformat import NotebookNode

from autograder.course.model import Assignment
from autograder.errors import (
    AutograderError,
    CourseError,
    GradebookError,
    GradebookUnavailable,
    SubmissionError,
    UsageError,
)
from autograder.grading.grader import Grader
from autograder.grading.kept import KeptResults, key_of, only_writer
from autograder.nbgrader.autograded import as_bytes, write_files
from autograder.nbgrader.configured import Configured
from autograder.nbgrader.gradebook import (
    AGAIN,
    GradebookWriter,
    GradedSubmission,
    points_of_check_cells,
)
from autograder.nbgrader.judged import CHECK_CELL, HandedIn, doubtful, judged, released_notebook
from autograder.nbgrader.tree import Place, Tree, read_timestamp, walk
from autograder.reports.files import write_whole
from autograder.results import Result
from autograder.submissions.files import digest_of_folder, read_folder
from autograder.submissions.model import Submission

T = TypeVar("T")
MEMORY = ".autograder"
"""The folder, beside `submitted/`, that keeps results between runs. Teachers only: it holds what
hidden checks say."""


@dataclass(slots=True)
class Written:
    """What became of one submission: `state` is "written", "unchanged" or "pending"; `graded`
    is False where the result was kept from an earlier run."""

    result: Result
    graded: bool
    state: str = "pending"


@dataclass(slots=True)
class Class:
    """What came of a whole class; `problem` says why some are pending, "" where none is, `stopped`
    why the others were not graded at all."""

    tree: Tree
    submissions: list[Written] = field(default_factory=list)
    problem: str = ""
    stopped: AutograderError | None = None

    @property
    def results(self) -> list[Result]:
        return [one.result for one in self.submissions]

    @property
    def states(self) -> list[str]:
        return [one.state for one in self.submissions]

    @property
    def pending(self) -> int:
        """How many results are not in the gradebook."""
        return self.states.count("pending")


@dataclass(frozen=True, slots=True)
class Judged:
    """A result, whether it was graded in this run, and the key to keep it under ("" for not)."""

    handed_in: HandedIn
    result: Result
    graded: bool = True
    key: str = ""


@dataclass(frozen=True, slots=True)
class _Ready:
    """What is to be written of a submission."""

    place: Place
    entry: GradedSubmission
    written: Written


def grade_class(
    paths: Sequence[Path], grader: Grader, url: str, tell: Callable[[Written], None]
) -> Class:
    """Grades an nbgrader tree into a gradebook; tells of each submission as it is done.

    Raises GradebookError where the gradebook can't be opened, UsageError where the paths hold no
    submissions. Later faults of the gradebook are in what is returned.
    """
    only = grader.settings.assignment
    names = [only] if only is not None else list(grader.course.folders)
    tree = walk(paths, names)
    configured = Configured.read(tree.root)
    if configured.submitted != "submitted":
        tree = walk(paths, names, configured.submitted)
    memory = tree.root / MEMORY
    kept = KeptResults(memory / "results")
    write_whole(memory / ".gitignore", "*\n")
    with only_writer(memory, url), GradebookWriter(url, configured) as writer:
        run = _Run(grader, configured, writer, kept, Class(tree))
        run.prepare()
        for written in run.students():
            tell(written)
        if run.report.stopped and not run.report.submissions:
            raise run.report.stopped
        run.write_again()
        return run.report


def _one_ahead(calls: Iterator[Future[T]]) -> Iterator[T]:
    """What calls return, each begun before the one before is handed out."""
    current = next(calls, None)
    while current is not None:
        following = next(calls, None)
        yield current.result()
        current = following


@dataclass(slots=True)
class _Run:
    """One run over a tree."""

    grader: Grader
    configured: Configured
    writer: GradebookWriter
    kept: KeptResults
    report: Class
    _releases: dict[str, NotebookNode] = field(default_factory=dict)
    _digests: dict[str, str] = field(default_factory=dict)
    _waiting: list[list[_Ready]] = field(default_factory=list)
    _failed: list[list[_Ready]] = field(default_factory=list)

    def prepare(self) -> None:
        """The assignments, in the gradebook and as they were released."""
        for name in sorted({place.assignment for place in self.report.tree.places}):
            assignment = self.grader.course.assignment(name)
            self._releases[name] = released(assignment, self.configured.released)
            self._digests[name] = digest_of_folder(assignment.folder)
            self.writer.add_assignment(name, self._releases[name])

    def students(self) -> Iterator[Written]:
        """Grades what each student handed in, or finds kept results; writes what differs.

        While one student's code runs, another thread reads what the next one handed in, and writes
        what became of the one before.
        """
        places = self.report.tree.places
        students = [list(own) for _, own in groupby(places, key=lambda place: place.student)]
        writing: Future[list[Written]] | None = None
        with ThreadPoolExecutor(max_workers=1) as beside:
            for handed_in in _one_ahead(beside.submit(self._read, own) for own in students):
                try:
                    judged_ones = [self._judge(one) for one in handed_in]
                except AutograderError as error:
                    self.report.stopped = error
                    break
                if writing is not None:
                    yield from writing.result()
                writing = beside.submit(self._finish, judged_ones)
            if writing is not None:
                yield from writing.result()

    def _read(self, places: Sequence[Place]) -> list[HandedIn]:
        return [HandedIn.read(place, self.grader.course, self.grader.reader) for place in places]

    def _judge(self, handed_in: HandedIn) -> Judged:
        """The result of a submission: a new one, or one of an earlier run."""
        place, grader, key = handed_in.place, self.grader, ""
        if isinstance(handed_in.content, Submission):
            digest = self._digests[place.assignment]
            key = key_of(handed_in.content, digest, grader.settings, grader.device)
            require = grader.settings.require
            if found := self.kept.find(place.student, place.assignment, key, require):
                found = replace(found, submission=handed_in.content.name)
                return Judged(handed_in, found, graded=False)
        result = handed_in.graded(grader)
        return Judged(handed_in, result, key="" if result.has_internal_faults else key)

    def _finish(self, judged_ones: Sequence[Judged]) -> list[Written]:
        """Keeps a student's results, and writes them."""
        for one in judged_ones:
            if one.key:
                self.kept.keep(one.result, one.key)
        ready = [self._ready(one) for one in judged_ones]
        self._waiting.append(ready)
        self._write()
        return [one.written for one in ready]

    def _ready(self, one: Judged) -> _Ready:
        """What is to be written. In the report, a result says what had to be repaired, too."""
        place, result = one.handed_in.place, one.result
        assignment = self.grader.course.assignment(place.assignment)
        release = self._releases[place.assignment]
        repaired = one.handed_in.repaired(release, assignment, self.grader.reader)
        timestamp, undated = read_timestamp(place.folder)
        repairs = (*repaired.notes, *([undated] if undated else []))
        try:
            notebook = judged(repaired.notebook, result, repairs)
        except Exception as error:
            result = one.handed_in.failed(self.grader, error)
            notebook = judged(repaired.notebook, result, repairs)
        entry = GradedSubmission(
            place.student, place.assignment, notebook, timestamp, doubtful(result)
        )
        written = Written(replace(result, notes=(*repairs, *result.notes)), one.graded)
        self.report.submissions.append(written)
        return _Ready(place, entry, written)

    # -- writing ----------------------------------------------------------------------------

    def write_again(self) -> None:
        """Tries once more what could not be written."""
        self._waiting = [*self._failed, *self._waiting]
        self._failed = []
        self.report.problem = ""
        self._write()

    def _write(self) -> None:
        """Writes what waits, as long as the gradebook is there.

        What fails for one student alone waits for the end, so that it holds up nobody.
        """
        while self._waiting:
            try:
                self._save(self._waiting[0])
            except GradebookUnavailable as error:
                self.report.problem = str(error)
                return
            except GradebookError as error:
                self.report.problem = str(error)
                self._failed.append(self._waiting[0])
            del self._waiting[0]

    def _save(self, student: Sequence[_Ready]) -> None:
        """A student's rows, then files."""
        rows = self.writer.save([ready.entry for ready in student])
        files = [self._save_files(ready) for ready in student]
        for ready, row, file in zip(student, rows, files, strict=True):
            ready.written.state = "written" if row or file else "unchanged"

    def _save_files(self, ready: _Ready) -> bool:
        place, shared = ready.place, self.configured.shared
        folder = self.configured.autograded / place.student / place.assignment
        notebook = {f"{place.assignment}.ipynb": as_bytes(ready.entry.graded)}
        files = {**_other_files(place.folder), **notebook}
        try:
            return write_files(folder, files, shared)
        except (OSError, UsageError) as error:
            reason = getattr(error, "strerror", None) or error
            raise GradebookError(
                f"{folder}: can't be written ({reason}): fix that, {AGAIN}"
            ) from None


def _other_files(folder: Path) -> dict[str, bytes]:
    """What was handed in beside notebooks: regular files, bounded, no links."""
    try:
        content = read_folder(folder).content
    except SubmissionError:
        return {}
    return {name: data for name, data in content.items() if not name.lower().endswith(".ipynb")}


def released(assignment: Assignment, folder: Path) -> NotebookNode:
    """The release notebook of an assignment. Raises CourseError where it is missing or old."""
    name = assignment.name
    path = folder / name / f"{name}.ipynb"
    if not path.exists():
        path = assignment.folder.parent.parent / "assignments" / name / f"{name}.ipynb"
    notebook = released_notebook(path)
    points = {CHECK_CELL.format(one.name): float(one.points) for one in assignment.exercises}
    if points_of_check_cells(notebook) != points:
        remedy = f"run `autograder release {name}`"
        raise CourseError(path, "is not in step with the exercises", remedy)
    return notebook
