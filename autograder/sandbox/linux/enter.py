"""The worker confines itself, in the order in which each step still has the rights it needs.

Streams and descriptors; box; Landlock's rules are collected; other user; limits; capabilities;
no_new_privs; Landlock; seccomp last, since it forbids the rest. Then every layer is tested, from
inside, and the body runs. A step that the kernel refuses is noted, and the next ones go on.
"""

from __future__ import annotations

import contextlib
import os
import signal
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path
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
        _check_user(state)
        os.makedirs(state.box, mode=0o700, exist_ok=True)
        if state.uid is not None:
            os.chown(state.box, state.uid, state.uid)
    os.chdir(state.box)
    temporary = "/tmp" if state.private_root else state.box
    os.environ.update(HOME=state.box, TMPDIR=temporary, USER=ACCOUNT, LOGNAME=ACCOUNT)
    tempfile.tempdir = None


def _check_user(state: WorkerState) -> None:
    """Keep the forkserver's user if another one could not reach the interpreter's libraries:
    an honest submission that cannot import is worse off than a hostile one is helped."""
    if state.uid is None:
        return
    for folder in Path(os.__file__).resolve().parents:
        if not folder.stat().st_mode & stat.S_IXOTH:
            state.uid = None
            state.refuse("user", f"another user could not read libraries below {folder}")
            return


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
    """Landlock's (path, rights). /proc is open because it shows the own processes only, or, if
    it is the host's, because each entry of another process has owner and mode of its own."""
    proc = landlock.READ_FILE | landlock.READ_DIR
    if state.policy.devices:
        proc |= landlock.WRITE_FILE  # CUDA writes /proc/self/task/*/comm
    rules = [(path, landlock.READ) for path in state.policy.visible]
    rules += [(path, landlock.DEVICE) for path in (*PLAIN_DEVICES, *state.policy.devices)]
    shared = ("/dev/shm",) if state.apart else ()
    own = SCRATCH if state.private_root else (state.box, *shared)
    rules += [(path, landlock.OWN) for path in own]
    return [*rules, ("/proc", proc)]


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
    """The seccomp program; where neither a pid namespace nor Landlock (ABI 6) keeps signals in,
    it lets the worker signal nothing but itself."""
    signals_kept_in = state.has(Clone.NEWPID)
    if not signals_kept_in and state.wants("landlock") and "landlock" not in state.refused:
        signals_kept_in = landlock.abi() >= 6
    return seccomp.program(
        own_signals_only=None if signals_kept_in else os.getpid(),
        memory_files=bool(state.policy.devices),
        unix_sockets=state.apart,
    )
