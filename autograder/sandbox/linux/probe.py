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


def tree_pss(init_pid: int) -> int:
    """Bytes of private memory below an init, each shared page divided by its users.

    Exact, but the kernel walks the page tables: milliseconds a process.
    """
    found = (hunt.fields(pid, "smaps_rollup") for pid in hunt.descendants(init_pid))
    return sum(_bytes(fields, "Pss_Anon", "Pss_Shmem") for fields in found)


def over_memory(init_pid: int, limit_bytes: int) -> bool:
    """Whether the processes below an init hold more than a limit: to be polled, then `kill`.

    The exact measure is taken only where the cheap one is over the limit.
    """
    return tree_rss(init_pid) > limit_bytes and tree_pss(init_pid) > limit_bytes


def _differs(layer: str, pid: int) -> bool:
    theirs = namespace_of(layer, pid)
    return theirs is not None and theirs != namespace_of(layer)


def _private(pid: int) -> int:
    """Anonymous and shared-memory pages in use, in bytes; without pages of files."""
    return _bytes(hunt.fields(pid, "status"), "RssAnon", "RssShmem")


def _bytes(fields: dict[str, str], *names: str) -> int:
    return sum(int(fields.get(name, "0").split()[0]) * 1024 for name in names)


def _is_limited(pid: int) -> bool:
    wanted = ("Max data size", "Max processes", "Max file size", "Max cpu time")
    lines = hunt.read(pid, "limits").splitlines()
    hard = [line.split()[-2] for line in lines if line.startswith(wanted)]
    return len(hard) == len(wanted) and "unlimited" not in hard
