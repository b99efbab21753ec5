"""What runs in the reader: reads submissions, with little time for each and little memory.

    judge ──ReadRequest──> reader: decodes, parses, compiles, searches
          <──answer───

It runs nothing that a student wrote, holds nothing of the course but names, and imports no torch.
What takes too long ends it (the kernel sees to that, whatever Python is busy with), and so does
what takes too much memory: the judge starts another one.

An answer is one byte and more: READ and the value that was asked for, REFUSED and a
Refusal, BROKE and a Refusal that tells of a fault of ours.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import struct
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.errors import SubmissionError
from autograder.grading.packed import dump, load
from autograder.sandbox.linux.syscalls import Prctl, prctl
from autograder.submissions.files import read_file
from autograder.submissions.model import KnownAssignments
from autograder.submissions.read import read_submission
from autograder.submissions.saved import saved_cells

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

CPU_SECONDS = 5
MEMORY_BYTES = 768 << 20
MOST_GARBAGE = 500_000
LENGTH = struct.Struct("<Q")
READ, REFUSED, BROKE = b"+", b"-", b"!"
CHUNK = 1 << 20
SMALLER = "hand in the code alone, without data and without anything that a program wrote"


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """What to read: the submission at `path`, seen from `folder`; or, with `names`, the cells of
    a notebook as they were saved."""

    folder: str
    path: str
    known: KnownAssignments
    names: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something could not be read."""

    file: str
    problem: str
    remedy: str
    doubt: bool = False


def main(given: Mapping[str, Any]) -> None:
    """Serves until the judge hangs up. `given`: the descriptor of the judge's socket; or, where
    none can be handed over, one request, and the file that the answer goes to."""
    limit_memory()
    if "request" in given:
        request = load(ReadRequest, bytes.fromhex(given["request"]))
        Path(given["answer"]).write_bytes(answer(request))
        os._exit(0)
    control = socket.socket(fileno=given["control"])
    if sys.platform.startswith("linux"):
        prctl(Prctl.SET_DUMPABLE, 0)
    gc.disable()  # trees of code hold no circles
    with suppress(BrokenPipeError, ConnectionResetError):
        while (message := receive(control)) is not None:
            send(control, answer(load(ReadRequest, message)))
            if gc.get_count()[0] > MOST_GARBAGE:
                gc.collect()
            if is_bloated():
                break
    os._exit(0)


def is_bloated() -> bool:
    """Whether a submission took so much memory that the next one should have a fresh process."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss if resource is not None else 0
    return most * (1 if sys.platform == "darwin" else 1024) > MEMORY_BYTES // 2


def send(channel: socket.socket, message: bytes) -> None:
    channel.sendall(LENGTH.pack(len(message)) + message)


def receive(channel: socket.socket) -> bytes | None:
    """The next message; None where the other side has hung up."""
    head = _exactly(channel, LENGTH.size)
    return _exactly(channel, *LENGTH.unpack(head)) if head is not None else None


def _exactly(channel: socket.socket, size: int) -> bytes | None:
    data = bytearray()
    while len(data) < size:
        part = channel.recv(min(size - len(data), CHUNK))
        if not part:
            return None
        data += part
    return bytes(data)


def limit_memory() -> None:
    """No more memory than reading takes, and no core."""
    if resource is not None:
        for which, most in ((resource.RLIMIT_AS, MEMORY_BYTES), (resource.RLIMIT_CORE, 0)):
            with suppress(OSError, ValueError):  # macOS knows no RLIMIT_AS
                resource.setrlimit(which, (most, most))


@contextmanager
def limited_time() -> Iterator[None]:
    """Ends this process, by SIGPROF, if it computes for too long inside."""
    timer = getattr(signal, "setitimer", None)
    if timer is None:  # Windows: the judge's clock alone
        yield
        return
    timer(signal.ITIMER_PROF, CPU_SECONDS)
    try:
        yield
    finally:
        timer(signal.ITIMER_PROF, 0)


def answer(request: ReadRequest) -> bytes:
    """The answer to a request; it says so where there is none."""
    with limited_time():
        try:
            return _read(request)
        except SubmissionError as error:
            refusal = Refusal(error.file, error.problem, error.remedy, error.doubt)
        except MemoryError:
            problem = f"to read it takes more than {MEMORY_BYTES >> 20} MiB of memory"
            refusal = Refusal(request.path, problem, SMALLER)
        except RecursionError:
            refusal = Refusal(request.path, "it is nested too deeply", SMALLER)
        except Exception as error:
            frame = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{Path(frame.filename).name}, line {frame.lineno}"
            problem = f"{type(error).__name__}: {error}"
            return BROKE + dump(Refusal(request.path, problem, place))
        return REFUSED + dump(refusal)


def _read(request: ReadRequest) -> bytes:
    os.chdir(request.folder)
    path = Path(request.path)
    if request.names is not None:
        return READ + dump(saved_cells(read_file(path), request.path, request.names))
    return READ + dump(read_submission(path, request.known))
