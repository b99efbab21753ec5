"""A worker as it is seen from outside, by a process that the submission cannot reach.

What a worker says of its own layers could be forged by what runs in it; this cannot.
"""

from __future__ import annotations

import os

from . import hunt
from .state import NAMESPACES, namespace_of

_SECCOMP_FILTER = "2"


def worker_pid(init_pid: int) -> int | None:
    """Pid (of the host) of the worker below an init; None if it has ended."""
    candidates = hunt.children(init_pid)
    for pid in candidates:
        inner = _status(pid).get("NSpid", "").split()
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
    status = _status(pid)
    if not status:
        return dict.fromkeys((*seen, "seccomp", "limits", "no_new_privs", "capabilities"), False)
    ids = status.get("Uid", "").split()
    other_user = bool(ids) and str(os.getuid()) not in ids and "0" not in ids
    seen["capabilities"] = all(
        int(status.get(name, "f"), 16) == 0 for name in ("CapEff", "CapPrm", "CapAmb")
    )
    seen["user"] = (seen["user"] or other_user) and seen["capabilities"]
    seen["no_new_privs"] = status.get("NoNewPrivs") == "1"
    seen["seccomp"] = status.get("Seccomp") == _SECCOMP_FILTER
    seen["limits"] = _is_limited(pid)
    return seen


def tree_rss(init_pid: int) -> int:
    """Bytes of memory that the processes below an init hold beyond what they were forked with.

    Init is an idle copy of the forkserver: its own private memory is what each process has
    inherited, shared with all others until written to. Cheap (microseconds a process), and
    never too low by more than what was inherited; but what a worker shares with a child of its
    own counts twice: see `tree_pss`.
    """
    inherited = _private(init_pid)
    return sum(max(0, _private(pid) - inherited) for pid in hunt.descendants(init_pid))


def tree_size(init_pid: int) -> int:
    """Number of processes below an init, dead ones that nobody has waited for included."""
    return len(hunt.descendants(init_pid))


def tree_pss(init_pid: int) -> int:
    """Bytes of private memory below an init, each shared page divided by its users.

    Exact, but the kernel walks the page tables: milliseconds a process.
    """
    return sum(_proportional(pid) for pid in hunt.descendants(init_pid))


def over_memory(init_pid: int, limit_bytes: int) -> bool:
    """Whether the processes below an init hold more than a limit: to be polled, then `kill`.

    The exact measure is taken only where the cheap one is over the limit.
    """
    return tree_rss(init_pid) > limit_bytes and tree_pss(init_pid) > limit_bytes


def _differs(layer: str, pid: int) -> bool:
    theirs = namespace_of(layer, pid)
    return theirs is not None and theirs != namespace_of(layer)


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def _fields(text: str) -> dict[str, str]:
    pairs = (line.partition(":") for line in text.splitlines())
    return {name: value.strip() for name, _, value in pairs}


def _status(pid: int) -> dict[str, str]:
    return _fields(_read(f"/proc/{pid}/status"))


def _private(pid: int) -> int:
    """Anonymous and shared-memory pages in use, in bytes; without pages of files."""
    fields = _status(pid)
    return sum(_kilobytes(fields.get(name, "0")) for name in ("RssAnon", "RssShmem"))


def _proportional(pid: int) -> int:
    fields = _fields(_read(f"/proc/{pid}/smaps_rollup"))
    return sum(_kilobytes(fields.get(name, "0")) for name in ("Pss_Anon", "Pss_Shmem"))


def _kilobytes(text: str) -> int:
    return int(text.split()[0]) * 1024


def _is_limited(pid: int) -> bool:
    wanted = {"Max data size", "Max processes", "Max file size", "Max cpu time"}
    bounded = set()
    for line in _read(f"/proc/{pid}/limits").splitlines():
        for name in wanted:
            if line.startswith(name):
                hard = line[len(name) :].split()[1]
                if hard != "unlimited":
                    bounded.add(name)
    return bounded == wanted
