"""Resource limits of one worker process.

DATA, not AS: CUDA reserves huge ranges of addresses that it never uses. DATA counts private
writable memory (heap, anonymous maps, stacks of threads), of each process by itself: the total
is watched from outside.
"""

from __future__ import annotations

import os

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

from autograder.sandbox.policy import Policy

from . import hunt

_EXTRA_IN_SHARED_COUNT = 64
"""Room for other processes of the same user, where the count is not the worker's alone."""


def _tasks_of_user() -> int:
    """Threads that this user already has on the machine."""
    count, user = 0, os.getuid()
    for name in os.listdir("/proc") if os.path.isdir("/proc/self") else ():
        try:
            if name.isdigit() and os.stat(f"/proc/{name}").st_uid == user:
                count += len(os.listdir(f"/proc/{name}/task"))
        except OSError:
            continue
    return count


def wanted(policy: Policy, *, own_count: bool) -> dict[str, tuple[int, int]]:
    """(soft, hard) by name of the limit, e.g. {"RLIMIT_DATA": (2147483648, 2147483648)}.

    own_count: the worker's user id or user namespace is its own, so that only its own processes
    count; otherwise the limit must leave room for what the same user runs besides.
    """
    others = 0 if own_count else _tasks_of_user() + _EXTRA_IN_SHARED_COUNT
    now = hunt.fields("self", "status").get("VmData", "0 kB")
    data = int(now.split()[0]) * 1024 + policy.memory_bytes
    return {
        "RLIMIT_DATA": (data, data),
        "RLIMIT_NPROC": (policy.processes + others,) * 2,
        "RLIMIT_NOFILE": (policy.open_files,) * 2,
        "RLIMIT_FSIZE": (policy.disk_bytes,) * 2,
        "RLIMIT_CORE": (0, 0),
        "RLIMIT_MSGQUEUE": (0, 0),
        "RLIMIT_MEMLOCK": (policy.memory_bytes,) * 2,
        # the soft limit's signal can be ignored, the hard one's cannot
        "RLIMIT_CPU": (policy.cpu_seconds, policy.cpu_seconds + 1),
    }


def apply(limits: dict[str, tuple[int, int]]) -> list[str]:
    """Set the limits, each no higher than the hard limit in force; return refusals as text."""
    refused = []
    for name, (soft, hard) in limits.items():
        which = getattr(resource, name, None)
        if which is None:
            continue
        _, ceiling = resource.getrlimit(which)
        if ceiling != resource.RLIM_INFINITY:
            soft, hard = min(soft, ceiling), min(hard, ceiling)
        try:
            resource.setrlimit(which, (soft, hard))
        except (OSError, ValueError) as error:
            refused.append(f"{name}: {error}")
    return refused


def in_force(limits: dict[str, tuple[int, int]]) -> bool:
    """Whether every limit is at least as strict as wanted."""
    for name, (_, hard) in limits.items():
        which = getattr(resource, name, None)
        if which is not None:
            _, actual = resource.getrlimit(which)
            if actual == resource.RLIM_INFINITY or actual > hard:
                return False
    return True


def can_fork_beyond_limit() -> bool:
    """Whether a fork works with a soft limit of no processes: for root, NPROC means nothing."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NPROC)
    resource.setrlimit(resource.RLIMIT_NPROC, (0, hard))
    try:
        pid = os.fork()
    except OSError:
        return False
    finally:
        resource.setrlimit(resource.RLIMIT_NPROC, (soft, hard))
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return True
