"""What `autograder watch` reacts to, all of it in one queue: saves, keys, signals.

Each context manager here brings one kind of event into the queue and leaves no trace behind.
"""

from __future__ import annotations

import contextlib
import queue
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.student.keys import Resume
from autograder.student.runner import Answer, Broken
from autograder.student.saves import follow


@dataclass(frozen=True, slots=True)
class Saved:
    path: Path
    at: float


@dataclass(frozen=True, slots=True)
class Key:
    name: str


@dataclass(frozen=True, slots=True)
class Redraw:
    """The terminal is ours again, after a stop."""


Event = Saved | Key | Redraw | Answer | Broken
Events = queue.SimpleQueue[Event]


@contextlib.contextmanager
def follows(folder: Path, events: Events) -> Iterator[None]:
    """Each save in a folder becomes an event."""
    ended = threading.Event()

    def run() -> None:
        try:
            follow(folder, lambda path: events.put(Saved(path, time.monotonic())), ended)
        except Exception as error:  # the folder is gone, or the system gives no more watches
            events.put(Broken(error))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


@contextlib.contextmanager
def quits(events: Events) -> Iterator[None]:
    """The signals that end a terminal's session are as good as q: all is put in order."""
    numbers = [getattr(signal, name, None) for name in ("SIGTERM", "SIGHUP")]
    with contextlib.ExitStack() as stack:
        for number in filter(None, numbers):
            if signal.getsignal(number) is signal.SIG_IGN:  # nohup
                continue
            stack.callback(signal.signal, number, signal.getsignal(number))
            signal.signal(number, lambda *_: events.put(Key("q")))
        yield


@contextlib.contextmanager
def resumes(resume: Resume | None, events: Events) -> Iterator[None]:
    """After Ctrl-Z and `fg` the keys work again, and the page is drawn again."""
    number = getattr(signal, "SIGCONT", None)
    if resume is None or number is None:
        yield
        return

    def on_signal(*_: object) -> None:
        resume()
        events.put(Redraw())

    before = signal.signal(number, on_signal)
    try:
        yield
    finally:
        signal.signal(number, before)
