"""Every exception that the package raises on purpose.

    AutograderError             base; `exit_code` is what the command line returns
    ├── UsageError              the command line asks for something that can't be
    ├── FileError               which file, what is wrong, what to do
    │   ├── SubmissionError     a submission can't be read
    │   └── CourseError         an assignment or an exercise is not laid out as it should be
    ├── ProtectionError         a protection that was required is missing on this machine
    ├── DeviceError             a device that was asked for is not there
    ├── GradebookError          nbgrader's gradebook can't be opened, read or written
    │   └── GradebookUnavailable    it is locked or can't be reached: true for every student
    └── InternalError           a fault of the autograder itself
        └── ForkserverError         no worker can be started: true for every submission

What goes wrong inside a student's code is no exception here: it is an outcome, then a verdict.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """`; did you mean bce_criterion?` where one of the names is near, else nothing."""
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.4)
    return f"; did you mean {near[0]}?" if near else ""


class AutograderError(Exception):
    """Base of all: its text is one or a few lines for the person at the command line."""

    exit_code: ClassVar[int] = 1


class UsageError(AutograderError):
    """The command line asks for something that can't be."""

    exit_code = 2


class FileError(AutograderError):
    """Something is wrong with a file or folder.

    `file` is the path as it was given or the name inside a submission, as it is (a name can
    hold anything: escape it before it is shown), `problem` the fact, `remedy` what to do.
    """

    def __init__(self, file: object, problem: str, remedy: str) -> None:
        super().__init__(f"{file}: {problem}: {remedy}")
        self.file = str(file)
        self.problem = problem
        self.remedy = remedy


class SubmissionError(FileError):
    """A submission can't be read; `doubt` says that a person could tell what was meant."""

    exit_code = 3

    def __init__(self, file: object, problem: str, remedy: str, *, doubt: bool = False) -> None:
        super().__init__(file, problem, remedy)
        self.doubt = doubt


class CourseError(FileError):
    """An assignment or an exercise is not laid out as it should be; `line` 0 is the whole file."""

    exit_code = 4

    def __init__(self, file: object, problem: str, remedy: str, line: int = 0) -> None:
        super().__init__(f"{file}:{line}" if line else file, problem, remedy)
        self.file = str(file)
        self.line = line


@dataclass(frozen=True, slots=True)
class Problem:
    """What an author has to fix: a fact about a line of a file (0: the whole file), a remedy."""

    file: str
    line: int
    fact: str
    remedy: str

    @classmethod
    def of(cls, error: CourseError) -> Problem:
        """The same as a value."""
        return cls(error.file, error.line, error.problem, error.remedy)

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.fact}: {self.remedy}"


class ProtectionError(AutograderError):
    """A protection that was required is missing on this machine."""

    exit_code = 5


class DeviceError(AutograderError):
    """A device that was asked for is not there."""

    exit_code = 6


class GradebookError(AutograderError):
    """nbgrader's gradebook can't be opened, read or written."""

    exit_code = 7


class GradebookUnavailable(GradebookError):
    """The gradebook is locked or can't be reached: to go on with the next student is no use."""


class InternalError(AutograderError):
    """A fault of the autograder itself, not of a submission or of the course."""

    exit_code = 70


class ForkserverError(InternalError):
    """The process that starts all workers has died, or does not start."""
