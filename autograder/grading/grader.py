"""Grades submissions one after another, with one forkserver for all of them.

    path ──read──> Submission ──cells──> Session (worker) ──calls──> checks ──> Result
                                  References (learned once a process) ──┘

The forkserver imports torch while the first submission is read. A submission that can't be
read, and anything that its code does, ends in a `Result` with its cause; the next is graded
all the same. So does an exception of ours: each check is `internal`, for a person to look at.
Where the forkserver dies, another one is started, and what it held is graded again; a submission
with which it dies each time is left to a person, too.
"""

from __future__ import annotations

import contextlib
import posixpath
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Self

from autograder.course.course import Course, solution_source
from autograder.course.model import Exercise
from autograder.errors import AutograderError, ForkserverError, InternalError, SubmissionError
from autograder.grading.device import choose_device
from autograder.grading.loading import Loading
from autograder.grading.reader import Reader
from autograder.grading.references import ReferenceRun, References
from autograder.judge import diagnosis
from autograder.judge.diagnosis import Fingerprint
from autograder.judge.foresight import Foresight
from autograder.judge.reference import RecordedReference
from autograder.judge.run import Candidate, Finding, Setup, conclude, run_part, where_and_what
from autograder.judge.words import brief
from autograder.results import ExerciseResult, Result, Status, Verdict
from autograder.sandbox.host.session import Session, Source
from autograder.sandbox.host.start import AnyLauncher, launcher
from autograder.sandbox.policy import Policy, nvidia_devices
from autograder.submissions.model import Submission

SUBMISSION_SECONDS = 600.0
"""Processor time for one submission (`time_limit`); later checks are skipped, and said."""

TRIES = 3
"""So many forkservers are started for one submission, and so often one that does not start."""

UNGRADED = "could not be graded, which is our fault; a person has to look at it:"

MEMORY_BYTES = 2 << 30
"""For all processes of one worker together, beyond what the forkserver holds."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How to grade. `seconds` per check (None: as the exercise says), `load_seconds` for all
    cells together, `require` layers that must be on, `skip` layers to leave off, `assignment` the
    one that every submission belongs to (None: as it says itself)."""

    device: str = "auto"
    seed: int = 0
    seconds: float | None = None
    load_seconds: float = 60.0
    require: frozenset[str] = frozenset()
    skip: frozenset[str] = frozenset()
    assignment: str | None = None


@dataclass(slots=True)
class Grader:
    """Use as a context manager, or `open` and `close` it; `grade` a path, or `grade_submission`
    what was read already. Both take the names of the exercises to grade, `only` (none: all)."""

    course: Course
    settings: Settings = field(default_factory=Settings)
    device: str = ""
    reader: Reader = field(default_factory=Reader)
    deaths: int = 0
    """How many forkservers have died, and been replaced."""
    _open: contextlib.ExitStack | None = None
    _launcher: AnyLauncher | None = None
    _references: References | None = None
    _fingerprints: dict[Path, Sequence[Fingerprint]] = field(default_factory=dict)

    def open(self) -> Self:
        """Starts forkserver and reader, and returns while the one imports torch."""
        policy = Policy(
            memory_bytes=MEMORY_BYTES,
            cpu_seconds=int(SUBMISSION_SECONDS + 2 * self.settings.load_seconds),
            devices=nvidia_devices() if self.settings.device != "cpu" else (),
            skip=self.settings.skip,
        )
        with contextlib.ExitStack() as stack:
            workers = launcher(policy, require=self.settings.require)
            self._launcher = stack.enter_context(workers)
            stack.enter_context(self.reader)
            self.device = workers.device = choose_device(self.settings.device, workers)
            stack.callback(self._forget)
            self._open = stack.pop_all()
        return self

    def close(self) -> None:
        """Ends the forkserver and all workers; may be done twice."""
        stack, self._open = self._open, None
        if stack is not None:
            stack.close()

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def use(self, course: Course) -> None:
        """Grades by this course from now on; the forkserver stays."""
        self._forget()
        self.course = course

    def limit(self, seconds: float | None, load_seconds: float) -> None:
        """From now on these seconds per check and for all cells, as `Settings` has them."""
        self.settings = replace(self.settings, seconds=seconds, load_seconds=load_seconds)

    def _forget(self) -> None:
        """Lets go of what was learned of the course."""
        self._fingerprints.clear()
        self._forget_references()

    def _forget_references(self) -> None:
        references, self._references = self._references, None
        if references is not None:
            references.close()

    @property
    def interrupted(self) -> threading.Event:
        """Set it from another thread to end what is being graded with `Interrupted`."""
        assert self._launcher is not None
        return self._launcher.interrupted

    @property
    def alive(self) -> bool:
        """Whether its forkserver lives."""
        return self._launcher is not None and self._launcher.alive

    def _revive(self) -> None:
        """Starts another forkserver where the old one has died, and tries it; what was learned in
        workers of the old one is learned again. Raises ForkserverError where none starts."""
        assert self._launcher is not None
        error: InternalError | None = None
        for _ in range(TRIES):
            if self.alive:
                return
            self.deaths += 1
            self._forget_references()
            self._launcher.restart()
            try:
                self._launcher.start().close()
            except InternalError as caught:
                error = caught
        if not self.alive:
            raise ForkserverError(f"{error} (tried {TRIES} times)")

    def prepare(self) -> None:
        """Has a worker forked ahead now, and from now on none while another is at work: for
        someone who waits for one answer, not for many."""
        assert self._launcher is not None
        self._revive()
        self._launcher.spares = False
        self._launcher.prepare()

    # -- one submission ---------------------------------------------------------------

    def grade(self, path: Path, only: Collection[str] = ()) -> Result:
        """Reads and grades one submission; one that can't be read is a Result with `error`."""
        begun = time.monotonic()
        try:
            submission = self.reader.read(path, self.course.known(self.settings.assignment))
        except SubmissionError as error:
            return self.unreadable(path, error, only=only)
        except Exception as error:
            return self.failed(path, error, only=only)
        return self.grade_submission(submission, only, begun)

    def unreadable(
        self,
        path: Path,
        error: SubmissionError,
        assignment: str | None = None,
        only: Collection[str] = (),
    ) -> Result:
        """The result of a submission that could not be read: no points, and why."""
        why = "The submission could not be read."
        doubt = error.problem if error.doubt else ""
        return self._without_grade(path, assignment, only, Status.SKIPPED, why, str(error), doubt)

    def failed(
        self,
        path: Path,
        error: Exception,
        assignment: str | None = None,
        only: Collection[str] = (),
    ) -> Result:
        """The result of a submission that could not be graded through our fault: for a person.

        Raises the error itself where every submission of the run would meet it.
        """
        is_ours = isinstance(error, InternalError) or not isinstance(error, AutograderError)
        if isinstance(error, ForkserverError) or not is_ours:
            raise error
        why = f"{UNGRADED} {brief(where_and_what(error))}"
        return self._without_grade(path, assignment, only, Status.INTERNAL, why, f"{path}: {why}")

    def _without_grade(
        self,
        path: Path,
        assignment: str | None,
        only: Collection[str],
        status: Status,
        why: str,
        error: str,
        doubt: str = "",
    ) -> Result:
        name = assignment or self.settings.assignment or ""
        if not name and len(self.course.folders) == 1:
            name = next(iter(self.course.folders))
        exercises = self.course.assignment(name).named(only) if name else ()
        return Result(
            str(path),
            path.stem,
            name,
            tuple(_ungraded(exercise, status, why) for exercise in exercises),
            error=error,
            doubt=doubt,
            is_our_fault=status is Status.INTERNAL,
            seed=self.settings.seed,
        )

    def grade_submission(
        self,
        submission: Submission,
        only: Collection[str] = (),
        begun: float | None = None,
        tell: Callable[[Result], None] | None = None,
    ) -> Result:
        """Grades what was read; anew, with another forkserver, where the forkserver dies.

        The visible checks of all exercises come first. What the code may keep of the hidden ones
        after them has no way into a text for students: what it prints then is dropped.

        `tell` gets the result before the worker is ended, for someone who waits for it: to end
        all that a submission may have started takes tens of milliseconds.
        """
        begun = time.monotonic() if begun is None else begun
        try:
            for _ in range(TRIES):
                self._revive()
                with contextlib.suppress(_Lost):
                    return self._grade(submission, only, begun, tell)
            raise InternalError(f"the forkserver died {TRIES} times while it ran")
        except Exception as error:
            failed = self.failed(Path(submission.name), error, submission.assignment, only)
        return replace(failed, submission=submission.name, student=submission.student)

    def _grade(
        self,
        submission: Submission,
        only: Collection[str],
        begun: float,
        tell: Callable[[Result], None] | None,
    ) -> Result:
        """Grades what was read, once. Raises _Lost where the forkserver has died meanwhile."""
        if submission.assignment is None:
            error = SubmissionError(
                submission.name, "belongs to no assignment that is known", "pass --assignment NAME"
            )
            return self.unreadable(Path(submission.name), error, only=only)
        assignment = self.course.assignment(submission.assignment)
        exercises = assignment.named(only)
        session = self.session(submission)
        try:
            with contextlib.suppress(InternalError):  # the first check meets it again, and says it
                session.load()
            setups = [self.setup(exercise, self.settings.seed) for exercise in exercises]
            loading = Loading(submission, session)
            candidate = Candidate(session, submission.code, loading.why_missing, SUBMISSION_SECONDS)
            findings = [list[Finding]() for _ in exercises]
            jobs = list(zip(setups, findings, strict=True))
            printed = [self._run(*job, candidate, visible=True) for job in jobs]
            notes = (*submission.notes, *loading.notes(), *submission.code.habits)
            slow_start = loading.slow_start()
            for job in jobs:
                self._run(*job, candidate, visible=False)
            results = tuple(
                conclude(exercise, found, self.fingerprints(exercise), text)
                for exercise, found, text in zip(exercises, findings, printed, strict=True)
            )
            result = self._result(submission, session, results, notes, slow_start, begun)
            if not self.alive:
                raise _Lost
            if tell is not None:
                tell(result)
        except Exception:
            if not self.alive:
                raise _Lost from None
            raise
        finally:
            late = session.close()
        return replace(result, notes=(late.message, *result.notes)) if late else result

    def _result(
        self,
        submission: Submission,
        session: Session,
        exercises: tuple[ExerciseResult, ...],
        notes: tuple[str, ...],
        slow_start: tuple[str, float] | None,
        begun: float,
    ) -> Result:
        assert self._launcher is not None
        return Result(
            submission=submission.name,
            student=submission.student,
            assignment=submission.assignment or "",
            exercises=exercises,
            notes=notes,
            protections={
                layer.name: {"on": layer.on, "detail": layer.detail}
                for layer in self._launcher.layers
            },
            device=self.device,
            seconds=time.monotonic() - begun,
            seed=self.settings.seed,
            printed=session.printed_loading or "",
            slow_start=slow_start,
            doubt=submission.doubt,
        )

    def session(self, submission: Submission) -> Session:
        """A session for the cells of a submission."""
        assert self._launcher is not None
        cells = [
            Source(part.source, part.where, tuple((n, firmly) for n, _, firmly in part.hands_in))
            for part in submission.statements()
        ]
        folder = posixpath.dirname(submission.file)
        return Session(
            self._launcher.start,
            cells,
            file=submission.file,
            files={
                posixpath.normpath(f"{folder}/{n}".lstrip("/")): data
                for n, data in submission.files.items()
            },
            seed=self.settings.seed,
            load_seconds=self.settings.load_seconds,
        )

    def _run(
        self, setup: Setup, findings: list[Finding], candidate: Candidate, *, visible: bool
    ) -> str:
        """Runs the visible checks of an exercise, or the hidden ones; what the code printed."""
        run_part(setup, visible, findings, candidate)
        if setup.reference is not None:
            setup.reference.close()
        self.bench.close()
        return candidate.session.drain()

    # -- what is computed once ----------------------------------------------------------

    def setup(self, exercise: Exercise, seed: int) -> Setup:
        """What the checks of an exercise are run with."""
        return Setup(
            exercise,
            self.reference(exercise),
            self.bench,
            seed,
            self.settings.seconds,
            self.foresight(exercise, seed),
        )

    def reference(self, exercise: Exercise) -> RecordedReference | None:
        """The reference of an exercise; None in a student's folder."""
        return self._learned().of(exercise)

    @property
    def bench(self) -> RecordedReference:
        """A worker of ours with torch and nobody's code, for checks that ask for it."""
        return self._learned().bench

    def foresight(self, exercise: Exercise, seed: int) -> Foresight | None:
        """What the exercise's checks will ask with this seed; None in a student's folder."""
        return self._learned().foresight(exercise, seed)

    def reference_runs(self, exercise: Exercise, seed: int) -> Iterator[ReferenceRun]:
        """Runs the checks on the reference once more, in a fresh worker and a student's time."""
        learned, seconds = self._learned(), exercise.limits.seconds
        with contextlib.closing(learned.recording()) as student:
            source = solution_source(exercise) or ""
            yield from learned.runs(exercise, exercise.checks, source, seed, student, seconds)

    def _learned(self) -> References:
        assert self._launcher is not None
        self._references = self._references or References(self._launcher)
        return self._references

    def fingerprints(self, exercise: Exercise) -> Sequence[Fingerprint]:
        """The known mistakes of an exercise, as its fingerprints.json has them."""
        if exercise.folder not in self._fingerprints:
            known = diagnosis.load(exercise.folder / diagnosis.FILE)
            self._fingerprints[exercise.folder] = known
        return self._fingerprints[exercise.folder]


class _Lost(Exception):
    """The forkserver died, and with it the worker: what came back means nothing."""


def _ungraded(exercise: Exercise, status: Status, why: str) -> ExerciseResult:
    """An exercise of a submission that could not be read or graded."""
    verdicts = tuple(
        Verdict(c.name, c.description, status, Decimal(), c.points, c.visible, why)
        for c in exercise.checks
    )
    return ExerciseResult(exercise.name, exercise.title, verdicts)
