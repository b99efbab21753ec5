"""Init: the first process of a worker's namespaces; it furnishes them and waits.

It runs no code of the submission. When the worker ends it says how, in one line on the status
descriptor (3: its exit status, -11: the signal), and ends too: with pid 1 the kernel kills every
process of the pid namespace. Without one, init has adopted every orphan, and hunts them down.
While it waits it weighs (`weigh`): once there is too much it says so, and ends in the same way.
"""

from __future__ import annotations

import contextlib
import errno
import os
import select
import signal
import stat
import time
from pathlib import Path
from typing import NoReturn

from . import hunt, leftovers, root, weigh
from .enter import Body, confine_and_run
from .state import WorkerState
from .syscalls import (
    Capability,
    Clone,
    Prctl,
    call,
    close_all_except,
    prctl,
    set_capabilities,
)

SETUP_FAILED = 71
"""Exit status of a process whose confinement failed for a reason of ours (EX_OSERR)."""

TOO_MUCH_MEMORY = "memory"
"""What init says in the place of a status once the processes below it hold too much."""


def run(state: WorkerState, body: Body, parent_fd: int | None) -> NoReturn:
    """Be init, and in its child the worker; never returns. parent_fd: a pidfd of the forkserver."""
    status = SETUP_FAILED
    name = "init"
    try:
        _detach(state, parent_fd)
        state.proc = os.open("/proc", os.O_PATH | os.O_DIRECTORY)
        _furnish(state)
        worker = os.fork()
        if worker == 0:
            name = "worker"
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            confine_and_run(state, body)
        status = _supervise(state, worker, parent_fd)
    except BaseException as error:  # nothing may unwind into the forkserver's frames
        with contextlib.suppress(OSError):
            os.write(2, f"{name}: {type(error).__name__}: {error}\n".encode(errors="replace"))
    finally:
        os._exit(status)


def _detach(state: WorkerState, parent_fd: int | None) -> None:
    """Leave the forkserver's terminal, group and signal handlers; die if it dies."""
    signal.set_wakeup_fd(-1)
    for number in signal.valid_signals():
        if callable(signal.getsignal(number)):
            signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    _leave_terminal()
    os.umask(0o022)
    _die_with_forkserver(state, parent_fd)


def _die_with_forkserver(state: WorkerState, parent_fd: int | None) -> None:
    """End if it ends, or has ended. The kernel forgets this when a process changes its rights."""
    if state.has(Clone.NEWPID):
        prctl(Prctl.SET_PDEATHSIG, signal.SIGKILL)
    else:
        prctl(Prctl.SET_CHILD_SUBREAPER, 1)
        signal.signal(signal.SIGTERM, lambda *_: _hunt_and_leave(state))
        prctl(Prctl.SET_PDEATHSIG, signal.SIGTERM)
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


def _hunt_and_leave(state: WorkerState) -> NoReturn:
    """The forkserver has died, and no pid namespace does this for us."""
    hunt.end_descendants(os.getpid())
    if not state.private_root:
        leftovers.remove(state.box, state.uid, everywhere=True)
    os._exit(0)


def _furnish(state: WorkerState) -> None:
    """Set up what has to be set up before the worker exists; refusals are noted."""
    if state.has(Clone.NEWUSER):
        state.attempt("user", lambda: _map_ids(state))
    if state.has(Clone.NEWNS):
        if state.wants("filesystem"):
            state.attempt("filesystem", lambda: root.enter(state))
        if not state.private_root and state.has(Clone.NEWPID):
            state.attempt("pid", lambda: root.replace_proc(state))
    if state.private_root:
        state.box = root.BOX
    else:
        _check_user(state)


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


def _map_ids(state: WorkerState) -> None:
    """Map this user to itself (root to an ordinary number) in the new user namespace."""
    prctl(Prctl.SET_DUMPABLE, 1)  # otherwise the files below belong to root
    user, group = state.forkserver_user, state.forkserver_group
    proc = Path("/proc/self")
    (proc / "setgroups").write_text("deny")
    (proc / "uid_map").write_text(f"{user or 1000} {user} 1")
    (proc / "gid_map").write_text(f"{group or 1000} {group} 1")


def _supervise(state: WorkerState, worker: int, parent_fd: int | None) -> int:
    """Wait for the worker, reap orphans, report how the worker ended; returns an exit status."""
    os.fchdir(state.proc)
    close_all_except({2, state.status_fd, *(() if parent_fd is None else (parent_fd,))})
    _give_up_rights(state)
    _die_with_forkserver(state, parent_fd)
    signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGCHLD,))
    last = _wait(worker, _scale(state))
    if not state.has(Clone.NEWPID):
        hunt.end_descendants(os.getpid())
    with contextlib.suppress(OSError):
        os.write(state.status_fd, f"{last}\n".encode())
    return 0


def _scale(state: WorkerState) -> weigh.Scale:
    """The scale for the processes below, which the /proc outside shows in every case."""
    hunt.proc = "."
    init = int(os.readlink("self"))

    def tell(number: signal.Signals) -> None:
        for pid in (-1,) if state.has(Clone.NEWPID) else hunt.descendants(init):
            with contextlib.suppress(OSError):
                os.kill(pid, number)

    folders = () if state.private_root else (state.box,)
    return weigh.Scale(init, state.policy.memory_bytes, folders, state.uid, tell)


def _wait(worker: int, scale: weigh.Scale) -> str:
    """How the worker ended, in the words of the status.

    Also a child that is stopped or goes on wakes us, as when it is weighed: what is due then is
    told by the clock.
    """
    due = 0.0
    while True:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == worker:
            return str(os.waitstatus_to_exitcode(status))
        left = due - time.monotonic()
        if left <= 0:
            if scale.over():
                return TOO_MUCH_MEMORY
            due = time.monotonic() + scale.pause
        elif pid == 0:
            signal.sigtimedwait((signal.SIGCHLD,), left)


def _give_up_rights(state: WorkerState) -> None:
    """From here on init needs no right, but to look at a worker of another user, to stop and to
    kill it, and to remove its box, where the kernel does not do so by ending the namespaces."""
    needed = [Capability.KILL]
    if not state.has(Clone.NEWPID):
        needed += [Capability.DAC_OVERRIDE, Capability.FOWNER]
    with contextlib.suppress(OSError):
        prctl(Prctl.SET_NO_NEW_PRIVS, 1)
        prctl(Prctl.SET_DUMPABLE, 0)
        if state.uid is not None:
            call("setfsgid", state.uid)
            call("setfsuid", state.uid)
        set_capabilities(tuple(needed) if os.geteuid() == 0 else ())
