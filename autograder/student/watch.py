"""`autograder watch`: an answer each time that the student saves.

    files (saves.follow) ──┐                        ┌──> runner: the exercise at hand, in a thread
    keys (keys.keys) ──────┼──> one queue ──> Watch ┤
    runner's answers ──────┘    of events           └──> a page on the screen, progress beside it

Only the exercise at hand is run, so that an answer costs the student's own compute and little
more. When it turns green the next open one is run by itself; when none is left, all of them are.
A save while something runs ends that at once. All decisions are made in the thread of `Watch.run`.
"""

from __future__ import annotations

import contextlib
import queue
import time
from pathlib import Path

from rich.console import Console

from autograder.course.course import Course
from autograder.grading.grader import Settings
from autograder.grading.reader import Reader
from autograder.reports.text import is_open, shown
from autograder.reports.watching import WatchPage, print_page
from autograder.results import Result, Status, Verdict
from autograder.student import hints
from autograder.student.events import Event, Events, Key, Redraw, Saved, follows, quits, resumes
from autograder.student.keys import keys
from autograder.student.progress import Progress
from autograder.student.runner import Answer, Broken, Job, Runner
from autograder.student.saves import Work, is_unfinished, read_work

SETTLE_SECONDS = 0.4
"""So long a work that looks half-written is given to become whole."""

AWAKE_SECONDS = 0.25
"""A signal may reach another thread: Python answers it when the main thread next wakes up."""

PATIENCE_SECONDS = 0.3
"""After so long without an answer the page says that something runs."""

MOST_LINES = 3
CLEAR = "\x1b[2J\x1b[H"


def watch(path: Path, device: str, console: Console) -> int:
    """Watches a folder or file until q, Ctrl-C or a signal; returns the exit code."""
    folder = path if path.is_dir() else path.parent
    course = Course.handed_out(folder)
    events: Events = queue.SimpleQueue()
    with (
        contextlib.suppress(KeyboardInterrupt),
        quits(events),
        keys(lambda key: events.put(Key(key))) as resume,
        resumes(resume, events),
        Runner(course, Settings(device=device), events.put) as runner,
        Reader() as reader,
        follows(folder.resolve(), events),
    ):
        Watch(path, course, runner, reader, events, console, has_keys=resume is not None).run()
    return 0


class Watch:
    """What each event does to the page, and what else is remembered. `run` returns at the end.

    `changed` holds the exercises whose code is new since they ran; `hinted` is the verdict that
    the page's hint is for; `settles` when (time.monotonic) a half-written save is taken as it is;
    `told` when the page last said that something runs.
    """

    def __init__(
        self,
        path: Path,
        course: Course,
        runner: Runner,
        reader: Reader,
        events: Events,
        console: Console,
        *,
        has_keys: bool,
    ):
        self.path = path
        self.folder = path if path.is_dir() else path.parent
        self.assignment = course.handout
        self.names = self.assignment.names
        self.known = course.known()
        self.runner = runner
        self.reader = reader
        self.events = events
        self.console = console
        self.progress = Progress.open(self.folder)
        self.page = WatchPage(self.assignment, has_keys=has_keys)
        self.page.exercise = self._next_open() or self.names[0]
        self.work = Work()
        self.job: Job | None = None
        self.hinted: Verdict | None = None
        self.changed: set[str] = set()
        self.lines: list[str] = []
        self.status = ""
        self.why = ""
        self.saved = ""
        self.settles: float | None = None
        self.told = 0.0

    # -- the loop -----------------------------------------------------------------------

    def run(self) -> None:
        """Answers events until q."""
        self.take(read_work(self.path, self.known, self.reader), time.monotonic())
        while True:
            match self._wait():
                case Broken(error):
                    raise error
                case Key("q" | "Q"):
                    return
                case Key(name):
                    self.on_key(name.lower())
                case Saved() as save:
                    self.on_save(save)
                case Answer() as answer:
                    self.on_answer(answer)
                case Redraw():
                    self.draw()
                case None:
                    self.on_time()

    def _wait(self) -> Event | None:
        """The next event; None when something has to be done by the clock."""
        until = [time.monotonic() + AWAKE_SECONDS]
        if self.settles is not None:
            until.append(self.settles)
        if self.job is not None and self.console.is_terminal:
            until.append(self.told + PATIENCE_SECONDS)
        try:
            return self.events.get(timeout=max(0.0, min(until) - time.monotonic()))
        except queue.Empty:
            return None

    def on_time(self) -> None:
        now = time.monotonic()
        if self.settles is not None and now >= self.settles:
            self.take(read_work(self.path, self.known, self.reader), now)
        elif self.job is not None and self.console.is_terminal:
            if now < self.told + PATIENCE_SECONDS:
                return
            self.told = now + 1 - PATIENCE_SECONDS
            self.draw()

    # -- saves --------------------------------------------------------------------------

    def on_save(self, event: Saved) -> None:
        """Runs what was saved, at once if it looks whole."""
        self.saved = event.path.name
        work = read_work(self.path, self.known, self.reader)
        if work.digest != self.work.digest and is_unfinished(work, self.work):
            self.settles = time.monotonic() + SETTLE_SECONDS
        else:
            self.take(work, event.at)

    def take(self, work: Work, at: float) -> None:
        """The work is now this."""
        self.settles = None
        if work.digest == self.work.digest:
            if self.job is None:
                self._set_status("saved; the code is as it was")
                self.draw()
            return
        changed = self._changed(self.work, work)
        if changed and self.page.exercise not in changed:
            self.page.exercise = next(name for name in self.names if name in changed)
        self.changed |= changed
        self.work = work
        self.page.is_list = False
        self.lines.clear()
        if work.submission is None:
            self.job = None
            self._set_status("waiting for the next save")
            self.draw()
        else:
            which = {self.page.exercise, *self.changed} - {""}
            self.ask(which or set(self.names), at, self.saved)

    def _changed(self, before: Work, after: Work) -> set[str]:
        """The exercises whose own code is new: how they stood before says nothing any more."""
        if before.submission is None:
            return set()
        return {
            exercise.name
            for exercise in self.assignment.exercises
            if any(before.codes.get(n) != after.codes.get(n) for n in exercise.entry_points)
        }

    # -- running ------------------------------------------------------------------------

    def ask(self, exercises: set[str], begun: float | None = None, why: str = "") -> None:
        """Has some exercises checked; what runs now is ended. `why` names the file if saved."""
        if self.work.submission is None:
            return
        self.told = time.monotonic()
        begun = self.told if begun is None else begun
        self.job = Job(self.work.submission, frozenset(exercises), begun)
        self.why = why or self._named(self.job)
        self.runner.ask(self.job)

    def on_answer(self, answer: Answer) -> None:
        """Shows an answer, and goes on where the exercise at hand has turned green."""
        if answer.job is not self.job:
            return
        self.job = None
        if answer.result.error:  # a fault of ours: how the exercises stand is not known
            self._set_status(answer.result.error)
            self.draw()
            return
        self.changed -= answer.job.exercises
        self.page.focus = self._focus(answer.result)
        self.page.result = answer.result
        self.progress = Progress.open(self.folder)
        self.progress.record(answer.result)
        self.lines += self.progress.told_once(answer.result)
        seconds = time.monotonic() - answer.job.begun
        self._set_status(f"{self.why}: answered in {seconds:.2f} s")
        self._renew_hint()
        self._go_on(answer)
        self.draw()
        self.progress.save()  # after the answer is on the screen: writing takes its time

    def _focus(self, after: Result) -> str:
        """The check to explain: the first open one that fares otherwise than before, since that
        is what was worked on; "" for the first of all."""
        ran = self._checks(self.page.result)
        before = {one.name: (one.status, one.rationale) for one in ran}
        still = {
            one.name: (one.status, one.rationale) for one in self._checks(after) if is_open(one)
        }
        differ = (name for name in still if before.get(name, still[name]) != still[name])
        return next(differ, self.page.focus if self.page.focus in still else "")

    def _checks(self, result: Result | None) -> tuple[Verdict, ...]:
        """What came of the exercise at hand."""
        ran = result.exercises if result else ()
        return next((one.checks for one in ran if one.name == self.page.exercise), ())

    def _go_on(self, answer: Answer) -> None:
        """To the next open exercise; past the last, all are run once more, to be sure."""
        ran_all = answer.job.exercises == frozenset(self.names)
        if self.page.exercise and self.progress.exercises[self.page.exercise].is_solved:
            if not ran_all:
                self.lines.append(f"Solved: {shown(self.page.exercise)}")
            self.page.exercise = self._next_open()
            self.page.hint = None
            if self.page.exercise and not ran_all:
                self.ask({self.page.exercise})
        elif not self.page.exercise:
            self.page.exercise = self._next_open()
        if not self.page.exercise and not ran_all:
            self.ask(set(self.names))

    def _next_open(self) -> str:
        """The next exercise after the one at hand that is not solved, from the top again; "" if
        there is none."""
        at = self.names.index(self.page.exercise) + 1 if self.page.exercise else 0
        solved = {name for name, kept in self.progress.exercises.items() if kept.is_solved}
        ahead = [*self.names[at:], *self.names[:at]]
        return next((name for name in ahead if name not in solved), "")

    # -- keys ---------------------------------------------------------------------------

    def on_key(self, key: str) -> None:
        """h, n, r, a, l; what is no key of ours only leaves the list."""
        was_list, self.page.is_list = self.page.is_list, False
        if key == "l":
            self.page.is_list = not was_list
        elif key == "h":
            self.reveal()
        elif key == "n":
            self.page.exercise = self._next_open() or self.page.exercise
            self.page.hint = None
            self.lines.clear()
            self.ask({self.page.exercise} if self.page.exercise else set(self.names))
        elif key == "r" and self.page.exercise:
            self.ask({self.page.exercise})
        elif key in "ar":
            self.lines.clear()
            self.ask(set(self.names))
        self.draw()

    def reveal(self) -> None:
        """One more hint for the first check that does not pass."""
        found = self._first_open()
        if found is None or self.job is not None:
            self.status = "h: wait for the answer" if self.job else "there is nothing to hint at"
            return
        (exercise,) = self.assignment.named([self.page.exercise])
        self.progress = Progress.open(self.folder)
        self.page.hint = hints.reveal(exercise, found, self.progress)
        self.hinted = found
        if self.page.hint is None:
            self.status = "there is no hint for this check"
        self.progress.save()

    def _first_open(self) -> Verdict | None:
        """The check of the exercise at hand that a hint would be for."""
        checks = self._checks(self.page.result)
        focused = (one for one in checks if one.name == self.page.focus and is_open(one))
        return next(focused, hints.first_open(checks))

    def _renew_hint(self) -> None:
        """Takes away a hint that is for another check, or for another way to fail it; what the
        page tells is not told again."""
        found = self._first_open()
        if found is None or self.hinted is None or _way(found) != _way(self.hinted):
            self.page.hint = None
        if found is not None and found.mistake and found.hint:
            self.progress.reveal(self.page.exercise, f"{found.name}/{found.mistake}", most=1)

    def _set_status(self, text: str) -> None:
        self.status = f"{time.strftime('%H:%M:%S')}  {text}"

    # -- the page -----------------------------------------------------------------------

    def draw(self) -> None:
        """Shows everything anew; where the output is no terminal, below what was there."""
        self.page.standing = self.progress.exercises
        self.page.error = self.work.error
        self.page.lines = [*self.lines[-MOST_LINES:], *self.progress.notes]
        self.page.status = self._status()
        with self.console.capture() as captured:
            print_page(self.page, self.console)
        text = captured.get()
        self.console.file.write(CLEAR + text if self.console.is_terminal else text + "\n")
        self.console.file.flush()

    def _status(self) -> str:
        if self.job is None:
            return self.status
        seconds = int(time.monotonic() - self.job.begun)
        if self.page.result is None and not seconds:
            return "starting; PyTorch takes a few seconds"
        return f"{self._named(self.job)}: running for {seconds} s (a save ends it)"

    def _named(self, job: Job) -> str:
        """What a job runs, in words."""
        if job.exercises == frozenset(self.names):
            return "all exercises"
        return ", ".join(name for name in self.names if name in job.exercises)


def _way(verdict: Verdict) -> tuple[str, Status, str | None]:
    """Which check failed, and in which way."""
    return verdict.name, verdict.status, verdict.mistake
