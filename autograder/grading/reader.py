"""The judge's side of the reader: what students handed in, as plain data.

The judge decodes and parses nothing of a submission itself. A `Reader` is a process of its own
(reader_process.py) with limits on time and memory. One that dies is started again; what it died of
costs the submission that it read, and no other.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Self, TypeVar

from autograder.errors import InternalError, SubmissionError
from autograder.grading.packed import dump, load
from autograder.grading.reader_process import (
    CPU_SECONDS,
    READ,
    REFUSED,
    SMALLER,
    ReadRequest,
    Refusal,
    receive,
    send,
)
from autograder.sandbox.host.base import ENVIRONMENT, death, start_python
from autograder.sandbox.host.start import is_plain
from autograder.submissions.model import KnownAssignments, Submission
from autograder.submissions.saved import SavedCell

T = TypeVar("T")
MODULE = "autograder.grading.reader_process"
WALL_SECONDS = 60.0
"""By the clock, for a machine that is busy: only then does it count."""
TRIES = 3
NOBODY = KnownAssignments({})


@dataclass(slots=True)
class Reader:
    """Use it as a context manager, or `close` it; it may be used by any thread, and again after
    it was closed."""

    _process: subprocess.Popen[bytes] | None = None
    _control: socket.socket | None = None
    _printed: IO[bytes] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def read(self, path: Path, known: KnownAssignments) -> Submission:
        """Reads what one student handed in.

        Raises SubmissionError with one line: which file, what is wrong, what to do.
        """
        return self._value(Submission, ReadRequest(os.getcwd(), str(path), known))

    def saved(self, path: Path, names: Iterable[str]) -> tuple[SavedCell, ...]:
        """The cells of a notebook as they were saved. Raises SubmissionError."""
        request = ReadRequest(os.getcwd(), str(path), NOBODY, tuple(names))
        return self._value(tuple[SavedCell, ...], request)

    def start(self) -> None:
        """Starts the process, if there is none; it gets ready while we go on."""
        if self._process is not None or is_plain():
            return
        self._control, theirs = socket.socketpair()
        self._control.settimeout(WALL_SECONDS)
        self._printed = tempfile.TemporaryFile()  # noqa: SIM115  (open as long as it runs)
        with theirs:
            given = {"module": MODULE, "control": theirs.fileno()}
            self._process = start_python(given, self._printed, ENVIRONMENT, "/", [theirs.fileno()])
        assert self._process.stdin is not None
        self._process.stdin.close()

    def close(self) -> None:
        """Ends the process, if there is one; may be done twice."""
        process, self._process = self._process, None
        if process is None:
            return
        assert self._control is not None
        assert self._printed is not None
        self._control.close()
        process.kill()
        process.wait()
        self._printed.close()

    def _value(self, kind: type[T], request: ReadRequest) -> T:
        answer = self._answer(request)
        body = answer[1:]
        try:
            if answer[:1] == READ:
                return load(kind, body)
            refusal = load(Refusal, body)
        except ValueError as error:
            raise InternalError(f"{request.path}: what the reader says of it: {error}") from None
        if answer[:1] == REFUSED:
            raise SubmissionError(
                refusal.file, refusal.problem, refusal.remedy, doubt=refusal.doubt
            )
        raise InternalError(f"{refusal.file}: can't be read: {refusal.problem} ({refusal.remedy})")

    def _answer(self, request: ReadRequest) -> bytes:
        """An answer. What another process may have killed is tried again; what is too much to
        read is not."""
        message = dump(request)
        if is_plain():
            return _by_a_process_of_its_own(message, request.path)
        with self._lock:
            for _ in range(TRIES):
                if (answer := self._asked(message, request.path)) is not None:
                    return answer
        raise too_much(request.path)

    def _asked(self, message: bytes, file: str) -> bytes | None:
        """An answer; None where the reader died before it had one."""
        self.start()
        assert self._process is not None
        assert self._control is not None
        assert self._printed is not None
        answer = None
        try:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                send(self._control, message)
                answer = receive(self._control)
            if answer is None:
                _explain(self._process.wait(WALL_SECONDS), self._printed, file)
        except TimeoutError:
            raise too_long(file) from None
        finally:
            if answer is None:  # Ctrl-C, too: an answer to nobody must not be taken for the next
                self.close()
        return answer


def _explain(ended: int, printed: IO[bytes], file: str) -> None:
    """Raises why a reader died, if that was no accident: too much to read, or our fault."""
    if ended < 0 and ended == -signal.SIGPROF:
        raise too_long(file)
    if ended > 0:
        raise death("the reader of submissions died", printed, "please report it")


def too_long(file: str) -> SubmissionError:
    return SubmissionError(file, f"to read it takes more than {CPU_SECONDS} s", SMALLER)


def too_much(file: str) -> SubmissionError:
    return SubmissionError(file, "Python itself breaks on reading it", SMALLER)


def _by_a_process_of_its_own(message: bytes, file: str) -> bytes:
    """For systems without fork: an interpreter that reads one submission and ends."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as printed:
        path = Path(folder, "answer")
        given = {"module": MODULE, "request": message.hex(), "answer": str(path)}
        process = start_python(given, printed, {**os.environ, **ENVIRONMENT}, folder)
        assert process.stdin is not None
        process.stdin.close()
        try:
            ended = process.wait(WALL_SECONDS)
        except subprocess.TimeoutExpired:
            raise too_long(file) from None
        finally:
            process.kill()
            process.wait()
        if not path.exists():
            _explain(ended, printed, file)
            raise too_much(file)
        return path.read_bytes()
