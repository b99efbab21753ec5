"""The references of a course: what they answer, and what checks ask them, learned once a process.

A thread of its own runs them, one exercise after another, each in a worker of its own, while the
submission that needs them first loads and is judged. It is started where something is to be
learned: a student's folder has no reference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from autograder.course.course import solution_source
from autograder.course.model import Check, Exercise
from autograder.judge.foresight import Foresight, Recording
from autograder.judge.reference import Answered, RecordedReference
from autograder.judge.run import Candidate, Finding, Setup, check_seed, run_check
from autograder.results import Status
from autograder.sandbox.host.pipeline import Foreseen, Request
from autograder.sandbox.host.session import Session, Source
from autograder.sandbox.host.start import AnyLauncher
from autograder.submissions.code import Parsed, read_code
from autograder.submissions.model import Cell

LEAST_SECONDS = 60.0
"""For a check on the reference, at least: it is our own code."""


@dataclass(frozen=True, slots=True)
class ReferenceRun:
    """How one check ended on the reference, what it asked, and all answers so far by seed."""

    finding: Finding
    asked: tuple[Request, ...]
    records: Mapping[int, list[Answered]]


@dataclass(slots=True)
class References:
    """`of` an exercise its reference, and the `foresight` of its checks. `close` it in the end."""

    launcher: AnyLauncher
    _recorded: dict[Path, RecordedReference] = field(default_factory=dict)
    _foresights: dict[tuple[Path, int], Foresight] = field(default_factory=dict)
    _bench: RecordedReference | None = None
    _student: Recording | None = None
    _left: int = 0
    _learner: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="reference")
    )

    def of(self, exercise: Exercise) -> RecordedReference | None:
        """The reference, whose answers are kept from one submission to the next; None where a
        course has none."""
        if exercise.folder not in self._recorded:
            source = solution_source(exercise)
            if source is None:
                return None
            self._recorded[exercise.folder] = self.recorded(exercise, source)
        return self._recorded[exercise.folder]

    def recorded(self, exercise: Exercise, source: str) -> RecordedReference:
        """This source in the place of an exercise's reference."""
        session = Session(self.launcher.start, [_cell(exercise, source)])
        return RecordedReference(session, _seconds(exercise))

    @property
    def bench(self) -> RecordedReference:
        """A worker with torch and nobody's code, for what checks have computed there."""
        self._bench = self._bench or self._empty()
        return self._bench

    def _empty(self) -> RecordedReference:
        return RecordedReference(Session(self.launcher.start, []), LEAST_SECONDS)

    def foresight(self, exercise: Exercise, seed: int) -> Foresight | None:
        """What the checks will ask, with this seed; returns while it is being learned. None where
        there is no reference."""
        known = self._foresights.get((exercise.folder, seed))
        source = solution_source(exercise) if known is None else None
        if source is not None and (reference := self.of(exercise)) is not None:
            known = self._foresights[exercise.folder, seed] = Foresight(exercise, seed)
            self._left += 1
            self._learner.submit(self._learn, known, source, reference.records, visible=True)
        return known

    def runs(
        self,
        exercise: Exercise,
        checks: Iterable[Check],
        source: str,
        seed: int,
        student: Recording,
        seconds: float = 0.0,
    ) -> Iterator[ReferenceRun]:
        """Runs each of the checks on the reference, as if `student` had handed it in, in so many
        seconds (0: as many as a reference may take)."""
        student.turn_to([_cell(exercise, source)])
        reference, bench = self.recorded(exercise, source), self._empty()
        reference.twin = lambda: student.asked
        candidate = Candidate(student, read_code(Parsed([Cell(source, "solution.py")])))
        try:
            setup = Setup(exercise, reference, bench, seed, seconds or reference.seconds)
            for check in checks:
                found = run_check(setup, check, candidate)
                asked = tuple(answered.request for answered in student.asked)
                yield ReferenceRun(found, asked, reference.records)
        finally:
            reference.close()
            bench.close()

    def recording(self) -> Recording:
        """A worker for references, one after another."""
        return Recording(self.launcher.start, [])

    def _learn(
        self,
        foresight: Foresight,
        source: str,
        records: dict[int, list[Answered]],
        *,
        visible: bool,
    ) -> None:
        """Learns what the visible checks ask, and leaves the hidden ones for later: those of all
        exercises are needed after the visible ones of all.

        What ends it early, ends whoever waits for it; it is learned anew when it is needed
        again. One worker serves all that is to be learned at a time."""
        exercise, seed = foresight.exercise, foresight.seed
        self._student = self._student or self.recording()
        try:
            checks = [check for check in exercise.checks if check.visible is visible]
            for run in self.runs(exercise, checks, source, seed, self._student):
                records.update(run.records)
                check = run.finding.check
                known = Foreseen(check_seed(seed, exercise.name, check.name), run.asked)
                foresight.tell(check, known if run.finding.status is Status.PASSED else None)
            if visible:
                self._learner.submit(self._learn, foresight, source, records, visible=False)
                self._left += 1
        except BaseException as error:
            self._foresights.pop((exercise.folder, seed), None)
            foresight.fail(error)
        finally:
            self._left -= 1
            if not self._left:
                self._student.close()

    def close(self) -> None:
        """Ends the workers, and the learning where it is: by itself, where no worker lives."""
        if alive := self.launcher.alive:
            self.launcher.interrupted.set()
        self._learner.shutdown(cancel_futures=True)
        if alive:
            self.launcher.interrupted.clear()
        for reference in self._recorded.values():
            reference.close()
        if self._bench is not None:
            self._bench.close()


def _cell(exercise: Exercise, source: str) -> Source:
    return Source(source, lambda line: f"{exercise.name}/solution.py, line {line}")


def _seconds(exercise: Exercise) -> float:
    return max(LEAST_SECONDS, exercise.limits.seconds)
