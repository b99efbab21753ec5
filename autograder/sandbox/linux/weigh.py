"""How much memory the processes below an init hold together, beyond what they were forked with.

Init itself weighs them: it runs no code of the submission and waits for nothing else, so they are
weighed whatever judge and forkserver are doing. What a process can use grows with its limits; what
all of them use together, only this sees (a cgroup would, but one can rarely be had).

The cheap weight (microseconds a process) is never too low by more than what one process inherited.
Where it is over the limit, the exact one is taken: pages that several processes share are divided
among them, so that pages inherited and then written to count for each writer. It takes its time,
and longer the more they fill meanwhile: so they are stopped while it is taken.
"""

from __future__ import annotations

import os
import signal
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from . import hunt

PAUSE = 0.02
"""Seconds between two weighings, at least."""

FASTEST = 16 << 30
"""Bytes that processes may take in a second: what there is room for is not weighed until it could
be full. A weighing that costs more than a tenth of that time waits up to four times as long."""

FILES_PAUSE = 0.5
MOST_FILES = 16_384
"""As many as a private root of the usual size would hold."""

KERNEL_TABLES = ("VmPTE",)
RESIDENT = ("RssAnon", "RssShmem", "HugetlbPages", "VmSwap", *KERNEL_TABLES)
PROPORTIONAL = ("Pss_Anon", "Pss_Shmem", "Shared_Hugetlb", "Private_Hugetlb", "SwapPss")

SOCKET_BYTES = 2 * 212_992
"""What may wait in one socket: seccomp keeps its buffer at the kernel's default."""


@dataclass
class Scale:
    """init: its pid, as `hunt.proc` numbers it; limit: bytes for all processes below it;
    folders, owner: of files that are memory and in no private root: each of the first ones in
    whole, and what belongs to this user in /dev/shm (None: to none); tell: sends a signal to all
    processes.

    `over` is to be called again and again, every `pause` seconds.
    """

    init: int
    limit: int
    folders: tuple[str, ...] = ()
    owner: int | None = None
    tell: Callable[[signal.Signals], None] = lambda _: None
    pause: float = PAUSE
    inherited: int = field(init=False)
    _files: int = 0
    _files_due: float = 0.0

    def __post_init__(self) -> None:
        self.inherited = _bytes(hunt.fields(self.init, "status"), "RssAnon")

    def over(self) -> bool:
        """Whether they hold more than the limit."""
        begun = time.thread_time()
        held = self.resident()
        if self.folders and time.monotonic() >= self._files_due:
            self._files = self._in_files()
            self._files_due = time.monotonic() + FILES_PAUSE
        held += self._files
        if held > self.limit:
            held = self._standing_still() + self._files
        filled = (self.limit - held) / FASTEST
        self.pause = max(PAUSE, filled, min(10 * (time.thread_time() - begun), 4 * filled))
        return held > self.limit

    def _standing_still(self) -> int:
        """The exact weight of processes that do nothing meanwhile."""
        self.tell(signal.SIGSTOP)
        try:
            return self.exact()
        finally:
            self.tell(signal.SIGCONT)

    def resident(self) -> int:
        """The cheap weight; shared pages count in each process, sockets as if all that it has
        room for were open."""
        held = sum(_in_full(hunt.fields(pid, "status")) for pid in hunt.descendants(self.init))
        return held - self.inherited

    def exact(self) -> int:
        """The exact weight: milliseconds a process, since the kernel walks its page tables."""
        held = -_bytes(hunt.fields(self.init, "smaps_rollup"), "Pss_Anon")
        sockets: set[str] = set()
        for pid in hunt.descendants(self.init):
            status, shares = hunt.fields(pid, "status"), hunt.fields(pid, "smaps_rollup")
            if shares:
                held += _bytes(shares, *PROPORTIONAL) + _bytes(status, *KERNEL_TABLES)
                sockets |= {name for name in _open_files(pid) if name.startswith("socket:")}
            else:  # it ended, or it hides and counts in full
                held += _in_full(status)
        return held + len(sockets) * SOCKET_BYTES

    def _in_files(self) -> int:
        """Bytes in files that no private root holds; more than the limit if they are too many."""
        sizes: dict[tuple[int, int], int] = {}
        found = [*map(_below, self.folders), _owned_by(self.owner), self._deleted()]
        for entry in (entry for entries in found for entry in entries):
            sizes[entry.st_dev, entry.st_ino] = entry.st_blocks * 512
            if len(sizes) > MOST_FILES:
                return self.limit + 1
        return sum(sizes.values())

    def _deleted(self) -> Iterator[os.stat_result]:
        """Files that have no name any more, but are open."""
        for pid in hunt.descendants(self.init):
            for name in hunt.names(pid, "fd"):
                try:
                    entry = os.stat(f"{hunt.proc}/{pid}/fd/{name}")
                except OSError:
                    continue
                if stat.S_ISREG(entry.st_mode) and not entry.st_nlink:
                    yield entry


def _below(folder: str) -> Iterator[os.stat_result]:
    """Everything in a folder, however deep; links are not followed."""
    for path, folders, files in os.walk(folder):
        for name in (*folders, *files):
            try:
                yield os.lstat(os.path.join(path, name))
            except OSError:
                continue


def _owned_by(user: int | None) -> Iterable[os.stat_result]:
    """What a user has in /dev/shm."""
    return (each for each in _below("/dev/shm") if each.st_uid == user) if user else ()


def _open_files(pid: int) -> Iterator[str]:
    for name in hunt.names(pid, "fd"):
        try:
            yield os.readlink(f"{hunt.proc}/{pid}/fd/{name}")
        except OSError:
            continue


def _in_full(status: dict[str, str]) -> int:
    return _bytes(status, *RESIDENT) + int(status.get("FDSize", "0")) * SOCKET_BYTES


def _bytes(fields: dict[str, str], *names: str) -> int:
    return sum(int(fields[name].split()[0]) * 1024 for name in names if name in fields)
