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
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress

POLL_SECONDS = 0.05
ESCAPES = re.compile(rb"\x1b(\[[0-9;]*[A-Za-z~]|O.)?")
"""Arrows and function keys."""

Resume = Callable[[], None]
"""Takes the terminal again after a stop: the shell had it in between."""


def keys(tell: Callable[[str], None]) -> AbstractContextManager[Resume | None]:
    """Inside of it `tell` is called, from another thread, with each key. Gives None where
    there are none.
    """
    if sys.platform == "win32":
        return _windows_keys(tell) if sys.stdin and sys.stdin.isatty() else nullcontext()
    try:
        descriptor = sys.stdin.fileno()
        ours = os.tcgetpgrp(descriptor) == os.getpgrp()
    except (OSError, ValueError, AttributeError):  # no terminal, or no standard input at all
        return nullcontext()
    return _terminal_keys(descriptor, tell) if ours else nullcontext()


if sys.platform == "win32":
    import msvcrt

    @contextmanager
    def _windows_keys(tell: Callable[[str], None]) -> Iterator[Resume]:
        """Keys of a Windows console, which has no stops."""
        ended = threading.Event()

        def read() -> None:
            while not ended.wait(POLL_SECONDS):
                while msvcrt.kbhit():
                    key = msvcrt.getwch()
                    if key in "\x00\xe0":  # an arrow or a function key: its code follows
                        msvcrt.getwch()
                    else:
                        tell(key)

        thread = threading.Thread(target=read, daemon=True)
        thread.start()
        try:
            yield lambda: None
        finally:
            ended.set()
            thread.join()

else:
    import termios
    import tty

    @contextmanager
    def _terminal_keys(descriptor: int, tell: Callable[[str], None]) -> Iterator[Resume]:
        """Keys of a Unix terminal: line editing and echo are off until the end."""
        before = termios.tcgetattr(descriptor)
        wake_reader, wake_writer = os.pipe()

        def resume() -> None:
            tty.setcbreak(descriptor, termios.TCSADRAIN)

        def read() -> None:
            while True:
                ready, _, _ = select.select([descriptor, wake_reader], [], [])
                if wake_reader in ready:
                    return
                try:
                    typed = os.read(descriptor, 64)
                except OSError:  # the terminal is gone
                    return
                if not typed:
                    return
                for key in ESCAPES.sub(b"", typed).decode("utf-8", "ignore"):
                    tell(key)

        thread = threading.Thread(target=read, daemon=True)
        resume()
        thread.start()
        try:
            yield resume
        finally:
            os.close(wake_writer)
            thread.join()
            os.close(wake_reader)
            with suppress(termios.error):  # the terminal is gone
                termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
