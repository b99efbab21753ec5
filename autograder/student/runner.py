"""Grades in a thread of its own, so that a new save can end what is running.

ask(job) ──> the thread: WarmGrader, with a spare worker ──> tell(Answer)
    └── while another job runs: its worker is killed, and its answer never comes
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from autograder.course.course import Course
from autograder.grading.grader import Grader, Settings
from autograder.grading.warm import WarmGrader
from autograder.results import Result
from autograder.sandbox.outcomes import Interrupted
from autograder.submissions.model import Submission


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """Exercises to check; `begun` (time.monotonic) is when the work was saved."""

    submission: Submission
    exercises: frozenset[str]
    begun: float = field(default_factory=time.monotonic)


@dataclass(frozen=True, slots=True)
class Answer:
    job: Job
    result: Result


@dataclass(frozen=True, slots=True)
class Broken:
    """Grading itself failed, and the thread has ended."""

    error: BaseException


class Runner:
    """A context manager; `tell` is called from its thread, with `Answer` and at worst `Broken`."""

    def __init__(self, course: Course, settings: Settings, tell: Callable[[Answer | Broken], None]):
        self.course = course
        self.warm = WarmGrader(settings)
        self.tell = tell
        self._asked = threading.Condition()
        self._next: Job | None = None
        self._ended = False
        self._stop: threading.Event | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Runner:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._asked:
            self._ended = True
            self._interrupt()
        self._thread.join()

    def ask(self, job: Job) -> None:
        """Runs this job next, and ends the one that is running."""
        with self._asked:
            self._next = job
            self._interrupt()

    def _interrupt(self) -> None:
        if self._stop is not None:
            self._stop.set()
        self._asked.notify()

    def _take(self, grader: Grader) -> Job | None:
        """Waits for a job; None at the end."""
        with self._asked:
            self._asked.wait_for(lambda: self._next is not None or self._ended)
            job, self._next = self._next, None
            self._stop = grader.interrupted
            self._stop.clear()
            return None if self._ended else job

    def _run(self) -> None:
        try:
            while True:
                grader = self.warm.of(self.course)
                with contextlib.suppress(Interrupted):  # what was asked for next comes first
                    grader.prepare()
                job = self._take(grader)
                if job is None:
                    return
                with contextlib.suppress(Interrupted):
                    self._grade(job)
        except BaseException as error:
            self.tell(Broken(error))
        finally:
            self.warm.close()

    def _grade(self, job: Job) -> None:
        self.warm.of(self.course).grade_submission(
            job.submission, job.exercises, job.begun, lambda result: self.tell(Answer(job, result))
        )
