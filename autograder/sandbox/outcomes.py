"""What can happen to student code in a worker, other than returning.

    StudentFault                 something for which the check gets no points
    ├── Raised                   an exception, with the student's own line
    ├── TimedOut                 over its limit of processor time, or far over it by the clock
    ├── OutOfMemory              over the memory budget
    ├── Crashed                  the process ended: a signal, or os._exit
    └── BrokeProtocol            an answer that is none

The last four cost the worker its life; the session starts a fresh one for the next check.
`Interrupted` is none of them: the judge itself has given up waiting.
"""

from __future__ import annotations

from collections.abc import Sequence


class StudentFault(Exception):
    """Student code did not return. `kind` and `detail` are what fingerprints compare.

    `place` is the student's line ("cell 5, line 3") and `line` its text, where they are known.
    """

    kind = "fault"
    fatal = True
    place = ""
    line = ""

    def __init__(self, message: str, detail: str = ""):
        super().__init__(message)
        self.message = message
        self.call: object | None = None
        self.detail = detail


class Raised(StudentFault):
    """An exception in student code.

    `detail` is the exception's type; `place` is empty where no frame is the student's; `kinds` are
    Python's own exceptions that it is, or is a subclass of.
    """

    kind = "raised"
    fatal = False

    def __init__(
        self,
        type_name: str,
        message: str,
        place: str = "",
        line: str = "",
        kinds: Sequence[str] = (),
    ):
        super().__init__(message, type_name)
        self.kinds = kinds
        self.type_name = type_name
        self.place = place
        self.line = line


class TimedOut(StudentFault):
    kind = "timed out"


class OutOfMemory(StudentFault):
    kind = "out of memory"


class Crashed(StudentFault):
    kind = "crashed"

    @property
    def was_killed(self) -> bool:
        """Perhaps by somebody else, as by a system that runs out of memory: try once more."""
        return self.detail in ("signal 9", "no status")


class BrokeProtocol(StudentFault):
    kind = "broke the protocol"


class Interrupted(BaseException):
    """The judge no longer wants the answer (`Launcher.interrupted`): no verdict is formed.

    Like KeyboardInterrupt no Exception, so that nothing which handles a check's faults keeps it.
    """
