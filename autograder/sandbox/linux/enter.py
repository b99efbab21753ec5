"""The worker confines itself, in the order in which each step still has the rights it needs.

Streams and descriptors; box; Landlock's rules are collected; other user; limits; capabilities;
no_new_privs; Landlock; seccomp last, since it forbids the rest. Then every layer is tested, from
inside, and the body runs. A step that the kernel refuses is noted, and the next ones go on.
"""

from __future__ import annotations

import contextlib
import os
import signal
import tempfile
from collections.abc import Callable
from typing import NoReturn

from autograder.sandbox.layers import Layer

from . import landlock, rlimits, seccomp
from .root import PLAIN_DEVICES, SCRATCH
from .selftest import test_layers
from .state import Result, WorkerState
from .syscalls import Clone, Prctl, close_all_except, prctl, set_capabilities

Body = Callable[[tuple[Layer, ...]], object]
"""What the worker does once confined; given the layers, each set up and tested."""

ACCOUNT = "student"

PROC_OF_ALL = (
    "/proc/cpuinfo", "/proc/filesystems", "/proc/loadavg", "/proc/meminfo", "/proc/stat",
    "/proc/sys/kernel", "/proc/sys/vm", "/proc/uptime", "/proc/version", "/proc/driver/nvidia",
)  # fmt: skip
"""What else of a /proc that shows the processes of the host: nothing of theirs."""


def confine_and_run(state: WorkerState, body: Body) -> NoReturn:
    """Confine this process, then run the body in it; never returns."""
    _set_streams(state)
    _enter_box(state)
    body(_confine(state))
    os._exit(0)


def _set_streams(state: WorkerState) -> None:
    """A group of its own; its streams, and of other descriptors those of `keep_fds` only."""
    os.setpgid(0, 0)
    null = os.open(os.devnull, os.O_RDWR)
    out, err = (null if stream is None else stream for stream in state.streams)
    out, err = os.dup(out), os.dup(err)  # they may be 0, 1 or 2 themselves
    for source, target in ((null, 0), (out, 1), (err, 2)):
        os.dup2(source, target)
    close_all_except({0, 1, 2, *state.keep_fds})


def _enter_box(state: WorkerState) -> None:
    """Its folder and environment."""
    if not state.private_root:
        os.makedirs(state.box, mode=0o700, exist_ok=True)
        if state.uid is not None:
            os.chown(state.box, state.uid, state.uid)
    os.chdir(state.box)
    temporary = "/tmp" if state.private_root else state.box
    os.environ.update(HOME=state.box, TMPDIR=temporary, USER=ACCOUNT, LOGNAME=ACCOUNT)
    tempfile.tempdir = None


def _confine(state: WorkerState) -> tuple[Layer, ...]:
    supervisor = os.getppid()
    rules = _attempt(state, "landlock", lambda: landlock.ruleset(_rules(state)))
    _attempt(state, "user", lambda: _change_user(state.uid))
    prctl(Prctl.SET_DUMPABLE, 1)  # CUDA names its threads in /proc/self, which must be its own
    _attempt(state, "kill", lambda: _die_with(supervisor))
    if state.wants("limits"):
        _limit(state)
    if state.wants("user"):  # even if the user is the forkserver's
        with contextlib.suppress(OSError):
            set_capabilities()
    if state.wants("landlock") or state.wants("seccomp"):
        prctl(Prctl.SET_NO_NEW_PRIVS, 1)
    if rules is not None:
        _attempt(state, "landlock", lambda: landlock.restrict(rules))
        os.close(rules)
    _attempt(state, "seccomp", lambda: seccomp.install(_filter(state)))
    return test_layers(state)


def _attempt(state: WorkerState, layer: str, step: Callable[[], Result]) -> Result | None:
    """Do one step of a layer that is wanted and has not been refused yet."""
    if not state.wants(layer) or layer in state.refused:
        return None
    return state.attempt(layer, step)


def _rules(state: WorkerState) -> list[tuple[str, int]]:
    """Landlock's (path, rights). /proc is open where it shows the own processes only."""
    proc = landlock.READ_FILE | landlock.READ_DIR
    if state.policy.devices:
        proc |= landlock.WRITE_FILE  # CUDA writes /proc/self/task/*/comm
    shown = ("/proc",) if state.own_proc else ("/proc/self", *PROC_OF_ALL)
    rules = [(path, landlock.READ) for path in state.policy.visible]
    rules += [(path, landlock.DEVICE) for path in (*PLAIN_DEVICES, *state.policy.devices)]
    rules += [(path, proc) for path in shown]
    shared = ("/dev/shm",) if state.apart else ()
    scratch = SCRATCH if state.private_root else (state.box, *shared)
    return rules + [(path, landlock.OWN) for path in scratch]


def _change_user(uid: int | None) -> None:
    """Become the worker's user for good; clears the parent-death signal and dumpable."""
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)


def _die_with(supervisor: int) -> None:
    prctl(Prctl.SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != supervisor:  # it died before the signal was asked for
        os._exit(1)


def _limit(state: WorkerState) -> None:
    own_count = state.uid is not None or state.has(Clone.NEWUSER)
    state.limits = rlimits.wanted(state.policy, own_count=own_count)
    for refusal in rlimits.apply(state.limits):
        state.note("limits", refusal)


def _filter(state: WorkerState) -> bytes:
    """The seccomp program. It stands in for what else would keep signals, and connections to the
    sockets of other processes, in: namespaces and Landlock (ABI 6)."""
    landlocked = state.wants("landlock") and "landlock" not in state.refused
    scoped = landlocked and landlock.abi() >= 6
    state.unix_sockets = state.private_root and (state.has(Clone.NEWNET) or scoped)
    return seccomp.program(
        own_signals_only=None if state.has(Clone.NEWPID) or scoped else os.getpid(),
        hidden_memory=bool(state.policy.devices),
        unix_sockets=state.unix_sockets,
    )
