"""Find and end the processes below a process, as seen in /proc.

Needed where there is no pid namespace, whose end ends everything in it: then a supervisor that
adopts orphans (a "child subreaper") keeps even a daemon that called setsid findable.
"""

from __future__ import annotations

import contextlib
import os
import signal

proc = "/proc"
"""Where processes are looked up. An init in a root of its own keeps the /proc outside at hand."""


def children(pid: int) -> list[int]:
    """Living and dead children of a process, oldest first; none if it is gone.

    Of another namespace than /proc is of, the kernel gives a child's pid as 0: for `kill` that is
    the caller's own group, so it is left out.
    """
    found: list[int] = []
    try:
        for task in os.listdir(f"{proc}/{pid}/task"):
            with open(f"{proc}/{pid}/task/{task}/children", encoding="ascii") as listing:
                found += map(int, listing.read().split())
    except FileNotFoundError:
        if os.path.isdir(f"{proc}/{pid}"):
            return _children_by_scan(pid)
    except OSError:
        pass
    return [pid for pid in found if pid > 0]


def _children_by_scan(parent: int) -> list[int]:
    """For a kernel without /proc/PID/task/TID/children."""
    candidates = sorted(int(name) for name in os.listdir(proc) if name.isdigit())
    return [pid for pid in candidates if stat(pid)[1:2] == [str(parent)]]


def read(pid: int | str, name: str) -> str:
    """Text of /proc/PID/NAME; empty if it is gone or may not be read."""
    try:
        with open(f"{proc}/{pid}/{name}", encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def names(pid: int | str, folder: str) -> list[str]:
    """What /proc/PID/FOLDER lists; nothing if it is gone or may not be read."""
    try:
        return os.listdir(f"{proc}/{pid}/{folder}")
    except OSError:
        return []


def fields(pid: int | str, name: str) -> dict[str, str]:
    """The lines `key: value` of /proc/PID/NAME."""
    pairs = (line.partition(":") for line in read(pid, name).splitlines())
    return {key: value.strip() for key, _, value in pairs}


def stat(pid: int) -> list[str]:
    """Fields of /proc/PID/stat after the name: state, parent, ...; empty if it is gone."""
    return read(pid, "stat").rpartition(")")[2].split()


def is_alive(pid: int) -> bool:
    """Whether a process exists and is no zombie."""
    return stat(pid)[:1] not in ([], ["Z"], ["X"])


def descendants(pid: int, spare: frozenset[int] = frozenset()) -> list[int]:
    """All processes below one, parents before children; of `spare`, neither they nor theirs."""
    found = [child for child in children(pid) if child not in spare]
    for child in found:
        found += (each for each in children(child) if each not in spare)
    return found


def end_descendants(pid: int, spare: frozenset[int] = frozenset()) -> None:
    """Stop, then kill everything below `pid` until nothing is left; `pid` itself lives on.

    Stopping first: a process that is stopped cannot fork while the others are being killed.
    Whoever adopts the dead must reap them (`pid`, or the caller if that is `pid`).
    """
    while True:
        alive = [each for each in descendants(pid, spare) if is_alive(each)]
        if not alive:
            reap(spare)
            return
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for each in alive:
                with contextlib.suppress(OSError):
                    os.kill(each, number)
        reap(spare)
        os.sched_yield()


def reap(spare: frozenset[int] = frozenset()) -> None:
    """Collect own dead children without waiting, except those that someone else waits for."""
    for child in children(os.getpid()):
        if child not in spare and not is_alive(child):
            with contextlib.suppress(ChildProcessError):
                os.waitpid(child, os.WNOHANG)
