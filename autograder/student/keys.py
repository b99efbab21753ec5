"""Single keys from the terminal, without Enter; the terminal is as before when it ends.

Where standard input is no terminal, or belongs to another job at the moment, there are no keys.
Ctrl-C stays what it is.
"""

from __future__ import annotations

import os
import re
import select
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import Protocol

POLL_SECONDS = 0.05
ESCAPES = re.compile(rb"\x1b(\[[0-9;]*[A-Za-z~]|O.)?")
"""Arrows and function keys."""


class Terminal(Protocol):
    """A terminal whose keys we read."""

    def resume(self) -> None:
        """Takes it again after a stop: the shell had it in between."""


def keys(tell: Callable[[str], None]) -> AbstractContextManager[Terminal | None]:
    """Inside of it `tell` is called, from another thread, with each key. Gives None where
    there are none.
    """
    if sys.platform == "win32":
        return WindowsKeys(tell) if sys.stdin and sys.stdin.isatty() else nullcontext()
    try:
        descriptor = sys.stdin.fileno()
        ours = os.tcgetpgrp(descriptor) == os.getpgrp()
    except (OSError, ValueError, AttributeError):  # no terminal, or no standard input at all
        return nullcontext()
    return TerminalKeys(descriptor, tell) if ours else nullcontext()


if sys.platform == "win32":
    import msvcrt

    class WindowsKeys:
        """Keys of a Windows console."""

        def __init__(self, tell: Callable[[str], None]):
            self.tell = tell
            self.ended = threading.Event()
            self.thread = threading.Thread(target=self._read, daemon=True)

        def __enter__(self) -> WindowsKeys:
            self.thread.start()
            return self

        def resume(self) -> None:
            """A Windows console has no stops."""

        def __exit__(self, *_: object) -> None:
            self.ended.set()
            self.thread.join()

        def _read(self) -> None:
            while not self.ended.wait(POLL_SECONDS):
                while msvcrt.kbhit():
                    key = msvcrt.getwch()
                    if key in "\x00\xe0":  # an arrow or a function key: its code follows
                        msvcrt.getwch()
                    else:
                        self.tell(key)

else:
    import termios
    import tty

    class TerminalKeys:
        """Keys of a Unix terminal: line editing and echo are off until the end."""

        def __init__(self, descriptor: int, tell: Callable[[str], None]):
            self.descriptor = descriptor
            self.tell = tell
            self.before = termios.tcgetattr(descriptor)
            self.wake_reader, self.wake_writer = os.pipe()
            self.thread = threading.Thread(target=self._read, daemon=True)

        def __enter__(self) -> TerminalKeys:
            self.resume()
            self.thread.start()
            return self

        def __exit__(self, *_: object) -> None:
            os.close(self.wake_writer)
            self.thread.join()
            os.close(self.wake_reader)
            with suppress(termios.error):  # the terminal is gone
                termios.tcsetattr(self.descriptor, termios.TCSADRAIN, self.before)

        def resume(self) -> None:
            tty.setcbreak(self.descriptor, termios.TCSADRAIN)

        def _read(self) -> None:
            while True:
                ready, _, _ = select.select([self.descriptor, self.wake_reader], [], [])
                if self.wake_reader in ready:
                    return
                try:
                    typed = os.read(self.descriptor, 64)
                except OSError:  # the terminal is gone
                    return
                if not typed:
                    return
                for key in ESCAPES.sub(b"", typed).decode("utf-8", "ignore"):
                    self.tell(key)
