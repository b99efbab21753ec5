"""Init: the first process of a worker's namespaces; it furnishes them and waits.

It runs no code of the submission. When the worker ends it says how, in one line of JSON on the
status descriptor, {"exit": 3} or {"signal": 11}, and ends too: with pid 1 the kernel kills every
process of the pid namespace. Without one, init has adopted every orphan, and hunts them down.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import select
import shutil
import signal
from collections.abc import Callable, Set
from typing import NoReturn

from . import hunt, root
from .enter import Body, confine_and_run
from .situation import Situation
from .syscalls import (
    CAP_DAC_OVERRIDE,
    CAP_FOWNER,
    CAP_KILL,
    CLONE_NEWNS,
    CLONE_NEWPID,
    CLONE_NEWUSER,
    PR_SET_CHILD_SUBREAPER,
    PR_SET_DUMPABLE,
    PR_SET_NO_NEW_PRIVS,
    PR_SET_PDEATHSIG,
    close_all_except,
    prctl,
    set_capabilities,
)

SETUP_FAILED = 71
"""Exit status of a process whose confinement failed for a reason of ours (EX_OSERR)."""


def run(
    situation: Situation,
    body: Body,
    keep_fds: Set[int],
    status_fd: int | None,
    parent_fd: int | None,
) -> NoReturn:
    """Be init; never returns. `parent_fd` is a pidfd of the forkserver."""
    status = SETUP_FAILED
    try:
        _detach(situation, parent_fd)
        _furnish(situation)
        worker = os.fork()
        if worker == 0:
            _run_worker(situation, body, keep_fds)
        status = _supervise(situation, worker, status_fd)
    except BaseException as error:  # nothing may unwind into the forkserver's frames
        _say(f"init: {type(error).__name__}: {error}")
    finally:
        os._exit(status)


def _run_worker(situation: Situation, body: Body, keep_fds: Set[int]) -> NoReturn:
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        confine_and_run(situation, body, keep_fds)
    except BaseException as error:
        _say(f"worker: {type(error).__name__}: {error}")
    finally:
        os._exit(SETUP_FAILED)


def _say(text: str) -> None:
    with contextlib.suppress(OSError):
        os.write(2, (text + "\n").encode(errors="replace"))


def _detach(situation: Situation, parent_fd: int | None) -> None:
    """Leave the forkserver's terminal, group and signal handlers; die if it dies."""
    signal.set_wakeup_fd(-1)
    for number in signal.valid_signals():
        if callable(signal.getsignal(number)):
            signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    _leave_terminal()
    os.umask(0o022)
    if situation.has(CLONE_NEWPID):
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    else:
        prctl(PR_SET_CHILD_SUBREAPER, 1)
        signal.signal(signal.SIGTERM, lambda *_: _hunt_and_leave(situation))
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if parent_fd is not None:  # getppid() cannot tell: from a new pid namespace it is always 0
        poller = select.poll()
        poller.register(parent_fd, select.POLLIN)
        if poller.poll(0):
            os._exit(SETUP_FAILED)


def _leave_terminal() -> None:
    """Have no controlling terminal, into which a worker could type, and a group of its own.

    A new session costs milliseconds (the scheduler makes a group for it), so it is made only if
    the forkserver has a terminal: one that was started in a session of its own has none.
    """
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError as error:
        if error.errno == errno.ENXIO:
            os.setpgid(0, 0)
            return
    os.setsid()


def _hunt_and_leave(situation: Situation) -> NoReturn:
    """The forkserver has died, and no pid namespace does this for us."""
    hunt.end_descendants(os.getpid())
    if not situation.private_root:
        shutil.rmtree(situation.box, ignore_errors=True)
    os._exit(0)


def _furnish(situation: Situation) -> None:
    """Set up what has to be set up before the worker exists; refusals are noted."""
    if situation.has(CLONE_NEWUSER):
        _attempt(situation, "user", lambda: _map_ids(situation))
    if not situation.has(CLONE_NEWNS):
        return
    if situation.wants("filesystem"):
        _attempt(situation, "filesystem", lambda: root.enter(situation))
    if situation.private_root:
        situation.box = root.BOX
    elif situation.has(CLONE_NEWPID):
        _attempt(situation, "pid", lambda: root.replace_proc(situation))


def _attempt(situation: Situation, layer: str, step: Callable[[], None]) -> None:
    try:
        step()
    except OSError as error:
        situation.refuse(layer, f"refused by the kernel ({error})")


def _map_ids(situation: Situation) -> None:
    """Map this user to itself (root to an ordinary number) in the new user namespace."""
    prctl(PR_SET_DUMPABLE, 1)  # otherwise the files below belong to root
    outer = situation.forkserver_user
    group = situation.forkserver_group
    for name, line in (
        ("setgroups", "deny"),
        ("uid_map", f"{outer or 1000} {outer} 1"),
        ("gid_map", f"{group or 1000} {group} 1"),
    ):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(line)


def _supervise(situation: Situation, worker: int, status_fd: int | None) -> int:
    """Wait for the worker, reap orphans, report how the worker ended; returns an exit status."""
    if status_fd is None:
        close_fds: set[int] = {2}
    else:
        close_fds = {2, status_fd}
    close_all_except(close_fds)
    _give_up_rights(situation)
    while True:
        pid, wait_status = os.waitpid(-1, 0)
        if pid == worker:
            break
    if not situation.has(CLONE_NEWPID):
        hunt.end_descendants(os.getpid())
    code = os.waitstatus_to_exitcode(wait_status)
    ending = {"exit": code} if code >= 0 else {"signal": -code}
    if status_fd is not None:
        with contextlib.suppress(OSError):
            os.write(status_fd, json.dumps(ending).encode() + b"\n")
    return 0


def _give_up_rights(situation: Situation) -> None:
    """From here on init needs no right, but those to kill a worker of another user and to
    remove its box, where the kernel does not do so by ending the namespaces."""
    hunts = not situation.has(CLONE_NEWPID)
    needed = (CAP_KILL, CAP_DAC_OVERRIDE, CAP_FOWNER) if hunts else ()
    with contextlib.suppress(OSError):
        prctl(PR_SET_NO_NEW_PRIVS, 1)
        prctl(PR_SET_DUMPABLE, 0)
        set_capabilities(needed if os.geteuid() == 0 else ())
