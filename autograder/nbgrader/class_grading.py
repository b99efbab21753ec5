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

from nbformat import NotebookNode

from autograder.course.model import Assignment
from autograder.errors import (
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
from autograder.nbgrader.judged import (
    CHECK_CELL,
    HandedIn,
    doubtful,
    entry_points,
    judged,
    notebook_of,
    released_notebook,
)
from autograder.nbgrader.tree import Place, Tree, read_timestamp, walk
from autograder.results import Result
from autograder.submissions.files import digest_of_folder, read_folder

MEMORY = ".autograder"
"""The folder, beside `submitted/`, that keeps results between runs. Teachers only: it holds what
hidden checks say."""


@dataclass(frozen=True, slots=True)
class Written:
    """What became of one submission: `state` is "written", "unchanged" or "pending"; `graded`
    is False where the result was kept from an earlier run."""

    result: Result
    state: str
    graded: bool


@dataclass(slots=True)
class Class:
    """What came of a whole class: for each submission the result, and its state in the end.

    `problem` says why some are pending, "" where none is.
    """

    tree: Tree
    results: list[Result] = field(default_factory=list)
    states: list[str] = field(default_factory=list)
    problem: str = ""

    @property
    def pending(self) -> int:
        """How many results are not in the gradebook."""
        return self.states.count("pending")


@dataclass(frozen=True, slots=True)
class Judged:
    """A result, whether it was graded in this run, and the key to keep it under ("" for not)."""

    result: Result
    graded: bool = True
    key: str = ""


@dataclass(frozen=True, slots=True)
class _Ready:
    """One student's result, and what is to be written of it; `index` is its place in the class."""

    index: int
    place: Place
    entry: GradedSubmission
    notebook: bytes


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
    memory = _memory(tree.root)
    kept = KeptResults(memory / "results")
    with only_writer(memory, url), GradebookWriter(url, configured) as writer:
        run = _Run(grader, configured, writer, kept, Class(tree))
        run.prepare()
        for written in run.students():
            tell(written)
        run.write_again()
        return run.report


def _memory(root: Path) -> Path:
    folder = root / MEMORY
    try:
        folder.mkdir(exist_ok=True)
        ignore = folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"{folder}: can't be created ({error.strerror}): it keeps results"
        ) from None
    return folder


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
        with ThreadPoolExecutor(max_workers=1) as beside:
            reading = [beside.submit(self._read, student) for student in students[:1]]
            writing: list[Future[list[Written]]] = []
            for number, student in enumerate(students):
                handed_in = reading.pop().result()
                if number + 1 < len(students):
                    reading.append(beside.submit(self._read, students[number + 1]))
                results = [self._result(*one) for one in zip(student, handed_in, strict=True)]
                if writing:
                    yield from writing.pop().result()
                writing.append(beside.submit(self._finish, student, handed_in, results))
            if writing:
                yield from writing.pop().result()

    def _read(self, places: Sequence[Place]) -> list[HandedIn]:
        known = self.grader.course.known
        return [HandedIn.read(place.folder, known(place.assignment)) for place in places]

    def _result(self, place: Place, handed_in: HandedIn) -> Judged:
        """The result of a submission: a new one, or one of an earlier run."""
        submission, grader = handed_in.submission, self.grader
        if submission is None:
            assert handed_in.error is not None
            result = grader.unreadable(place.folder, handed_in.error, place.assignment)
            return Judged(replace(result, student=place.student))
        key = key_of(submission, self._digests[place.assignment], grader.settings, grader.device)
        if found := self.kept.find(place.student, place.assignment, key):
            return Judged(replace(found, submission=submission.name), graded=False)
        result = grader.grade_submission(replace(submission, student=place.student))
        return Judged(result, key="" if result.has_internal_faults else key)

    def _finish(
        self, places: Sequence[Place], handed_in: Sequence[HandedIn], results: Sequence[Judged]
    ) -> list[Written]:
        """Keeps a student's results, and writes them."""
        for one in results:
            if one.key:
                self.kept.keep(one.result, one.key)
        begin = len(self.report.results)
        self._waiting.append(
            [
                self._ready(begin + number, place, one, result.result)
                for number, (place, one, result) in enumerate(
                    zip(places, handed_in, results, strict=True)
                )
            ]
        )
        self._write()
        return [
            Written(self.report.results[begin + number], self.report.states[begin + number], graded)
            for number, graded in enumerate(one.graded for one in results)
        ]

    def _ready(self, index: int, place: Place, handed_in: HandedIn, result: Result) -> _Ready:
        """What is to be written. In the report, a result says what had to be repaired, too."""
        name = place.assignment
        names = entry_points(self.grader.course.assignment(name))
        repaired = notebook_of(handed_in, self._releases[name], names, name)
        timestamp, undated = read_timestamp(place.folder)
        repairs = (*repaired.notes, *([undated] if undated else []))
        shown = replace(result, error=result.error.replace(f"{place.folder}", name))
        graded = judged(repaired.notebook, shown, repairs)
        entry = GradedSubmission(place.student, name, graded, timestamp, doubtful(result))
        self.report.results.append(replace(result, notes=(*repairs, *result.notes)))
        self.report.states.append("pending")
        return _Ready(index, place, entry, as_bytes(graded))

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
            whole = self._waiting[0]
            try:
                changed = self._save(whole)
            except GradebookUnavailable as error:
                self.report.problem = str(error)
                return
            except GradebookError as error:
                self.report.problem = str(error)
                self._failed.append(whole)
            else:
                for ready, new in zip(whole, changed, strict=True):
                    self.report.states[ready.index] = "written" if new else "unchanged"
            del self._waiting[0]

    def _save(self, whole: Sequence[_Ready]) -> list[bool]:
        """A student's rows, then files; for each submission, whether any of them changed."""
        rows = self.writer.save([ready.entry for ready in whole])
        files = [self._save_files(ready) for ready in whole]
        return [one or other for one, other in zip(rows, files, strict=True)]

    def _save_files(self, ready: _Ready) -> bool:
        place, shared = ready.place, self.configured.shared
        folder = self.configured.autograded / place.student / place.assignment
        files = {**_other_files(place.folder), f"{place.assignment}.ipynb": ready.notebook}
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
