"""A program in a terminal of its own, as a person meets it: type keys, wait for text, look."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Sequence
from fcntl import ioctl
from pathlib import Path

DEADLINE = float(os.environ.get("SCREEN_SECONDS", "90"))
"""Seconds: importing torch may take most of it on a busy machine."""

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
CLEAR = "\x1b[2J\x1b[H"


def plain(text: str) -> str:
    """Text without regard to where lines were broken."""
    return " ".join(text.split())


class Screen:
    """A command under a pty of 80 x 24. Use it as a context manager."""

    def __init__(self, command: Sequence[str], folder: Path):
        self.command = command
        self.folder = folder
        self.text = ""

    def __enter__(self) -> Screen:
        self.ours, self.theirs = pty.openpty()
        ioctl(self.theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.before = termios.tcgetattr(self.theirs)
        environment = {
            **os.environ,
            "TERM": "xterm",
            "COLUMNS": "80",
            "LINES": "24",
            "PS1": "shell> ",
        }
        self.process = subprocess.Popen(
            self.command,
            cwd=self.folder,
            env=environment,
            stdin=self.theirs,
            stdout=self.theirs,
            stderr=self.theirs,
            preexec_fn=self._own_terminal,
            start_new_session=True,
        )
        return self

    @staticmethod
    def _own_terminal() -> None:
        ioctl(0, termios.TIOCSCTTY, 0)

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            with contextlib.suppress(AssertionError):
                self.ended(seconds=10.0)
            self.process.kill()
            self.process.wait()
        os.close(self.ours)
        os.close(self.theirs)

    def type(self, keys: str) -> None:
        os.write(self.ours, keys.encode())

    @property
    def page(self) -> str:
        """What stands on the screen: all since it was last cleared."""
        return ESCAPES.sub("", self.text.rpartition(CLEAR)[2]).replace("\r\n", "\n")

    def pages(self) -> list[str]:
        """Every page since `forget`."""
        return [ESCAPES.sub("", page) for page in self.text.split(CLEAR)]

    def forget(self) -> None:
        self.text = ""

    def shows(self, *texts: str, seconds: float = DEADLINE) -> str:
        """Waits for a page with all these texts; returns it."""
        end = time.monotonic() + seconds
        wanted = [plain(text) for text in texts]
        while not all(text in plain(self.page) for text in wanted):
            left = end - time.monotonic()
            assert left > 0, f"{texts} did not come; there is:\n{self.page}"
            assert self._read(left), f"it ended without {texts}; there is:\n{self.page}"
        return self.page

    def ended(self, seconds: float = DEADLINE) -> int:
        """Waits for the end; returns the exit code."""
        end = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < end, f"it did not end; there is:\n{self.page}"
            self._read(0.05)
        while self._read(0):
            pass
        return self.process.returncode

    def is_restored(self) -> bool:
        """Whether the terminal's settings are what they were before."""
        return termios.tcgetattr(self.theirs) == self.before

    def _read(self, seconds: float) -> bool:
        """Takes in what was written; False where nothing more can come."""
        ready, _, _ = select.select([self.ours], [], [], min(seconds, 0.2))
        if not ready:
            return self.process.poll() is None
        try:
            part = os.read(self.ours, 65_536)
        except OSError:
            return False
        self.text += part.decode("utf-8", "replace")
        return bool(part)
