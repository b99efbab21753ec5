"""A worker as it is seen from outside, by a process that the submission cannot reach.

What a worker says of its own layers could be forged by what runs in it; this cannot.
"""

from __future__ import annotations

import os
from typing import NamedTuple

from . import hunt
from .state import NAMESPACES, namespace_of

_SECCOMP_FILTER = "2"
_NANOSECOND = 1e-9
_OWN, _OF_ENDED, _END = 11, 13, 15
"""Where in /proc/PID/stat, after the name, the time of a process stands, and that of its children
that have ended."""


class Times(NamedTuple):
    """Seconds: processor time used, and for each thread that lives the time in which it could have
    run and got no processor."""

    processor: float
    delays: dict[str, float]


def worker_pid(init_pid: int) -> int | None:
    """Pid (of the host) of the worker below an init; None if it has ended."""
    for pid in hunt.children(init_pid):
        inner = hunt.fields(pid, "status").get("NSpid", "").split()
        if len(inner) < 2 or inner[-1] == "2":
            return pid
    return None


def probe(pid: int) -> dict[str, bool]:
    """Layer -> whether it can be seen to be on, for the worker with this pid of the host.

    Covers layers that leave a trace outside: namespaces, user, seccomp, limits; and
    `no_new_privs` and `capabilities` (none left). All False if the process is gone or cannot be
    read. Landlock, kill and memory leave no trace.
    """
    seen = {layer: _differs(layer, pid) for layer in NAMESPACES}
    status = hunt.fields(pid, "status")
    ids = status.get("Uid", "").split()
    other_user = bool(ids) and str(os.getuid()) not in ids and "0" not in ids
    seen["capabilities"] = all(
        int(status.get(name, "f"), 16) == 0 for name in ("CapEff", "CapPrm", "CapAmb")
    )
    seen["user"] = (seen["user"] or other_user) and seen["capabilities"]
    seen["no_new_privs"] = status.get("NoNewPrivs") == "1"
    seen["seccomp"] = status.get("Seccomp") == _SECCOMP_FILTER and _more_filters_than_here(status)
    seen["network"] |= seen["seccomp"]  # which refuses sockets where there is no namespace
    seen["limits"] = _is_limited(pid)
    return seen


def times(init_pid: int) -> Times:
    """What the processes below an init have used up to now, those that have ended included."""
    ended = _ticks(init_pid, _OF_ENDED)
    living = hunt.descendants(init_pid)
    ticks = ended + sum(_ticks(pid, _OWN) for pid in living)
    delays = {task: _delay(pid, task) for pid in living for task in hunt.names(pid, "task")}
    return Times(ticks / os.sysconf("SC_CLK_TCK"), delays)


def _ticks(pid: int, first: int) -> int:
    return sum(map(int, hunt.stat(pid)[first:_END]))


def _delay(pid: int, task: str) -> float:
    """Nothing, where the kernel doesn't count it."""
    counted = hunt.read(pid, f"task/{task}/schedstat").split()
    return int(counted[1]) * _NANOSECOND if len(counted) > 1 else 0.0


def _more_filters_than_here(status: dict[str, str]) -> bool:
    """A container's runtime has a filter, too. Before Linux 5.9 they are not counted."""
    count, here = "Seccomp_filters", hunt.fields("self", "status")
    return count not in here or int(status.get(count, "0")) > int(here[count])


def _differs(layer: str, pid: int) -> bool:
    theirs = namespace_of(layer, pid)
    return theirs is not None and theirs != namespace_of(layer)


def _is_limited(pid: int) -> bool:
    wanted = ("Max data size", "Max processes", "Max file size", "Max cpu time")
    lines = hunt.read(pid, "limits").splitlines()
    hard = [line.split()[-2] for line in lines if line.startswith(wanted)]
    return len(hard) == len(wanted) and "unlimited" not in hard
