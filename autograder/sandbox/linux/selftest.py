"""Each layer is tried from inside the worker, by a harmless form of what it must refuse.

A layer counts as on only if its test passes: a mechanism that was asked for and silently does
nothing (a "best effort" Landlock on an old kernel) shows here. `probe` looks from outside.
"""

from __future__ import annotations

import errno
import functools
import mmap
import os
import signal
import socket
from collections.abc import Callable

from autograder.sandbox.layers import LAYERS, Layer

from . import landlock, rlimits
from .state import NAMESPACES, WorkerState, namespace_of
from .syscalls import Clone, call, effective_capabilities, parent_death_signal

_NO_PTRACE_REQUEST = 0x7FFF
_GET_KEYRING, _SESSION_KEYRING = 0, -3


class Breach(Exception):
    """A self-test could do what its layer must refuse."""


def test_layers(state: WorkerState) -> tuple[Layer, ...]:
    """All layers, in the order of LAYERS, as they are in this process."""
    return tuple(_test(state, name) for name in LAYERS)


def _test(state: WorkerState, name: str) -> Layer:
    if not state.wants(name):
        return Layer(name, False, "left off on request")
    if name in state.refused:
        return Layer(name, False, state.refused[name])
    try:
        detail = _TESTS[name](state)
    except (Breach, OSError) as error:
        return Layer(name, False, f"self-test failed: {error}")
    note = state.notes.get(name)
    return Layer(name, True, f"{detail}; {note}" if note else detail)


def _refuses(what: str, action: Callable[[], object], *errors: int) -> None:
    """The action must fail with one of these errnos (with any, if none is given)."""
    try:
        result = action()
    except OSError as error:
        if not errors or error.errno in errors:
            return
        raise Breach(f"{what} failed, but with {error.strerror}") from None
    if isinstance(result, int) and what.startswith("open"):
        os.close(result)
    raise Breach(f"{what} worked")


def _has_own_namespace(state: WorkerState, layer: str) -> None:
    kind, flag = NAMESPACES[layer]
    inside = namespace_of(layer)
    if not state.has(flag) or (inside is not None and inside == state.outside[layer]):
        raise Breach(f"the {kind} namespace is the forkserver's")


def _user(state: WorkerState) -> str:
    if bits := effective_capabilities():
        raise Breach(f"capabilities left: {bits:#x}")
    if state.uid is not None:
        if set(os.getresuid()) | set(os.getresgid()) != {state.uid} or os.getgroups():
            raise Breach("user or group ids of the forkserver are left")
        _refuses("becoming root", lambda: os.setuid(0), errno.EPERM)
        return "a user id of its own, no capabilities"
    _has_own_namespace(state, "user")
    return "user namespace, no capabilities; the same user as the grader seen from outside"


def _pid(state: WorkerState) -> str:
    if os.getpid() != 2 or os.getppid() != 1:
        raise Breach(f"pid is {os.getpid()}, not 2")
    _has_own_namespace(state, "pid")
    seen = {int(name) for name in os.listdir("/proc") if name.isdigit()}
    if not seen <= {1, 2}:
        raise Breach("/proc shows other processes")
    return "pid namespace" + (" with a /proc of its own" if seen else "")


def _filesystem(state: WorkerState) -> str:
    if not state.private_root:
        raise Breach("the root folder is the host's")
    _has_own_namespace(state, "filesystem")
    _refuses("open /etc/passwd", lambda: os.open("/etc/passwd", os.O_RDONLY))
    _refuses("open a new file in /", lambda: os.open("/new", os.O_CREAT | os.O_WRONLY))
    for path in state.policy.readable:
        if os.path.isdir(path):
            new = os.path.join(path, ".autograder-self-test")
            _refuses(
                f"open a file in {path}", functools.partial(os.open, new, os.O_CREAT | os.O_EXCL)
            )
    space = os.statvfs(state.box)
    if space.f_blocks * space.f_frsize > state.policy.disk_bytes + (1 << 16):
        raise Breach("the box is larger than its cap")
    if os.listdir(state.box):
        raise Breach("the box is not empty")
    return f"private root, {state.policy.disk_bytes >> 20} MiB to write in all"


def _network(state: WorkerState) -> str:
    own = state.has(NAMESPACES["network"][1])
    if own:
        _has_own_namespace(state, "network")
    filtered = state.wants("seccomp") and "seccomp" not in state.refused
    if filtered:
        for family in (socket.AF_INET, socket.AF_INET6):
            _refuses("an internet socket", functools.partial(socket.socket, family), errno.EPERM)
    elif own:
        with socket.socket(socket.AF_INET) as probe:
            _refuses("connecting", lambda: probe.connect(("127.0.0.1", 9)), errno.ENETUNREACH)
    else:
        raise Breach("neither a network namespace nor seccomp")
    if own:
        return "network namespace without interfaces"
    return "sockets are refused by seccomp; no network namespace"


def _ipc(state: WorkerState) -> str:
    _has_own_namespace(state, "ipc")
    return "ipc namespace"


def _landlock(state: WorkerState) -> str:
    _refuses("open /", lambda: os.open("/", os.O_RDONLY), errno.EACCES)
    _refuses("open a file in /", lambda: os.mkdir("/new"), errno.EACCES, errno.EROFS)
    version = landlock.abi()
    missing = [
        what
        for since, what in ((3, "truncating"), (4, "TCP"), (5, "ioctl"), (6, "signals"))
        if version < since
    ]
    if version >= 6 and not state.has(Clone.NEWPID):
        _refuses("a signal to the grader", lambda: os.kill(state.forkserver, 0), errno.EPERM)
    lacks = f", too old to refuse {', '.join(missing)}" if missing else ""
    return f"Landlock ABI {version}{lacks}"


def _seccomp(state: WorkerState) -> str:
    parent = os.getppid()
    attempts: dict[str, Callable[[], object]] = {
        "unshare": lambda: call("unshare", 0),
        "ptrace": lambda: call("ptrace", _NO_PTRACE_REQUEST, parent, 0, 0),
        "mount": lambda: call("mount", None, None, None, 0, None),
        "keyctl": lambda: call("keyctl", _GET_KEYRING, _SESSION_KEYRING, 0),
        "io_uring": lambda: call("io_uring_setup", 0, None),
        "limits of another process": lambda: call("prlimit64", parent, 0, None, None),
        "an internet socket": lambda: socket.socket(socket.AF_INET),
    }
    for what, attempt in attempts.items():
        _refuses(what, attempt, errno.EPERM)
    if state.unix_sockets:
        return "seccomp filter"
    _refuses("a unix socket", lambda: socket.socket(socket.AF_UNIX), errno.EPERM)
    datagrams = functools.partial(socket.socketpair, socket.AF_UNIX, socket.SOCK_DGRAM)
    _refuses("a socket for datagrams", datagrams, errno.EPERM)
    return "seccomp filter, also against unix sockets"


def _limits(state: WorkerState) -> str:
    if not rlimits.in_force(state.limits):
        raise Breach("a limit is higher than asked for")
    if rlimits.can_fork_beyond_limit():
        raise Breach("the number of processes is not bounded (the kernel exempts root)")
    policy = state.policy
    counted = "" if state.uid is not None or state.has(Clone.NEWUSER) else " (of the user)"
    return (
        f"{policy.cpu_seconds} s CPU, {policy.processes} processes{counted}, "
        f"{policy.open_files} open files, {policy.memory_bytes >> 20} MiB private memory each"
    )


def _kill(state: WorkerState) -> str:
    if parent_death_signal() != signal.SIGKILL:
        raise Breach("outlives its supervisor")
    if state.has(Clone.NEWPID):
        return "the kernel ends the pid namespace with its first process"
    return "no pid namespace: a supervisor adopts and hunts every descendant"


def _memory(state: WorkerState) -> str:
    if not state.wants("limits") or "RLIMIT_DATA" not in state.limits:
        raise Breach("no limit on private memory")
    if not state.policy.devices and state.wants("seccomp") and "seccomp" not in state.refused:
        shared = functools.partial(mmap.mmap, -1, mmap.PAGESIZE)
        _refuses("shared memory without a file", shared, errno.ENOMEM)
    size = f"{state.policy.memory_bytes >> 20} MiB"
    return f"{size} for each process by limit, and for all by weight"


_TESTS = {
    "user": _user, "pid": _pid, "filesystem": _filesystem, "network": _network, "ipc": _ipc,
    "landlock": _landlock, "seccomp": _seccomp, "limits": _limits, "kill": _kill, "memory": _memory,
}  # fmt: skip
