"""Confine a worker: the process that runs a submission.

Theory of operation
-------------------
    judge                      trusted; holds answers; never here
      `- forkserver            torch imported, one thread; calls spawn() and kill()
           `- init             clone(2): pid 1 of new pid, mount, network and ipc namespaces
                |              (and a user namespace, unless the forkserver is root)
                |              builds the private root, mounts /proc, forks, waits, reports
                `- worker      pid 2: other user, limits, no_new_privs, Landlock, seccomp,
                     |         self-test of each layer, then body(layers)
                     `- ...    what the submission starts

A fork of a process that holds torch costs milliseconds of copying page tables, so there are two
and no more. The worker is not pid 1 itself because the kernel shields pid 1 from its own signals:
a crash by abort() would not be one. Init runs no code of the submission, gives up its rights once
it has forked, and its end is the end of everything in the namespace, even of a daemon that called
setsid. It ends when the worker ends, when it is killed, and when the
forkserver dies (parent-death signal).

Every protection stands by itself: what the kernel refuses (namespaces in a plain container, user
namespaces under some distributions' rules, Landlock on an old kernel) is off with a reason, and
the others go on. Without namespaces init adopts orphans and hunts them; Landlock and seccomp then
do most of the work. All of this is Linux; elsewhere `plain` starts workers that nothing confines.

Not bounded here: time, which whoever called `spawn` watches, and what is in the box and /tmp of a
private root, which is memory too, up to `disk_bytes`.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import signal
from collections.abc import Iterable
from dataclasses import dataclass

from autograder.sandbox.policy import Policy, library_paths

from . import hunt, init, leftovers, seccomp, syscalls
from .enter import Body
from .state import NAMESPACES, Streams, WorkerState
from .syscalls import Clone, Prctl, clone, prctl

_SPARE_USERS = (1_900_000_000, 1 << 24)
"""First and number of user ids that no system hands out (uids above 1879048191 are unassigned
by the conventions of Linux distributions)."""

_REFUSALS = (errno.EPERM, errno.ENOSPC, errno.EINVAL, errno.ENOSYS)
"""Not allowed; no more namespaces allowed; not built into this kernel; no such call."""

_supervisors: set[int] = set()


@dataclass(frozen=True)
class Spawned:
    """pid, pidfd: of init, as the forkserver sees them (no pidfd before Linux 5.3);
    box, uid: a folder to remove afterwards, if it is not part of a private root, and the user whose
        files are, if it is the worker's own;
    namespaced: whether init's end is the end of all by the kernel's hand."""

    pid: int
    pidfd: int | None
    box: str
    uid: int | None
    namespaced: bool


def prepare() -> None:
    """Do once in the forkserver what each worker would otherwise pay for."""
    syscalls.prepare()
    with contextlib.suppress(OSError):
        seccomp.program(own_signals_only=None, hidden_memory=False, unix_sockets=True)
    library_paths()


def spawn(
    policy: Policy, body: Body, *, streams: Streams, keep_fds: Iterable[int], status_fd: int
) -> Spawned:
    """Start a confined worker that runs `body(layers)`; returns at once, in the caller only.

    streams: descriptors for the worker's stdout and stderr, None for /dev/null;
    keep_fds: descriptors that stay open in the worker (its channel), besides its streams;
    status_fd: where init writes the exit status when the worker has ended, minus the number of
        the signal that ended it. Without it, init was killed, or the confinement failed.

    To be called from a process with one thread. Raises OSError if no process can be made at all.
    """
    uid = _spare_user() if policy.wants("user") and os.geteuid() == 0 else None
    state = WorkerState(policy, streams, frozenset(keep_fds), status_fd, uid)
    parent_fd = _open_pidfd(os.getpid())
    pid = _fork_init(state)
    if pid == 0:
        init.run(state, body, parent_fd)
    if parent_fd is not None:
        os.close(parent_fd)
    _supervisors.add(pid)
    return Spawned(pid, _open_pidfd(pid), state.box, state.uid, state.has(Clone.NEWPID))


def _spare_user() -> int | None:
    """A random user id that nobody has; None if root here is the only user there is."""
    first, count = _SPARE_USERS
    try:
        with open("/proc/self/uid_map", encoding="ascii") as mapping:
            extents = [tuple(map(int, line.split())) for line in mapping]
    except OSError:
        return None
    inside, _, length = max(extents, key=lambda extent: extent[2])
    if inside <= first and first + count <= inside + length:
        return first + secrets.randbelow(count)
    if length < 1 << 12:
        return None
    return inside + length // 2 + secrets.randbelow(length // 2 - 2)


def _open_pidfd(pid: int) -> int | None:
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):  # an older Linux, or built for one
        return None


def _wanted_flags(policy: Policy) -> int:
    wanted = (layer for layer in NAMESPACES if layer != "user" and policy.wants(layer))
    flags = sum(NAMESPACES[layer][1] for layer in wanted)
    return flags | Clone.NEWNS if flags & Clone.NEWPID else flags


def _fork_init(state: WorkerState) -> int:
    """Fork with as many namespaces as the kernel grants; 0 in the child."""
    flags = _wanted_flags(state.policy)
    user = state.uid
    by_user = state.wants("user") and user is None
    refusal: OSError | None = None
    for attempt in [*_attempts(flags, by_user), 0]:
        state.granted = attempt
        # a new user namespace knows one user only: no other to change to
        state.uid = None if attempt & Clone.NEWUSER else user
        _note_refusals(state, flags, refusal)
        if not attempt & Clone.NEWPID:
            prctl(Prctl.SET_CHILD_SUBREAPER, 1)
        try:
            return clone(attempt) if attempt else os.fork()
        except OSError as error:
            if attempt == 0 or error.errno not in _REFUSALS:
                raise
            refusal = refusal or error
            state.refused.clear()
    raise AssertionError("the last attempt returns or raises")


def _attempts(flags: int, by_user: bool) -> list[int]:
    """Combinations of CLONE_NEW* to try, best first."""
    if not flags:
        return [Clone.NEWUSER] if by_user else []
    omitted = (0, Clone.NEWNET, Clone.NEWIPC, Clone.NEWNET | Clone.NEWIPC)
    fewer = [flags & ~each for each in omitted]
    with_user = [each | Clone.NEWUSER for each in fewer]
    if by_user:
        return [*with_user, Clone.NEWUSER]
    return [*(each for each in fewer if each), *with_user]


def _note_refusals(state: WorkerState, flags: int, refusal: OSError | None) -> None:
    """Say of each layer that lacks its namespace why."""
    why = f"namespaces are refused here ({refusal.strerror})" if refusal else "none asked for"
    for layer, (kind, flag) in NAMESPACES.items():
        if state.has(flag) or not state.wants(layer) or layer == "network":
            continue  # for the network seccomp may stand in: the self-test decides
        if layer != "user" and flags & flag:
            state.refuse(layer, f"no {kind} namespace: {why}")
        elif layer == "user" and state.uid is None:
            state.refuse(layer, f"no other user: not root, and user {why}")


def kill(spawned: Spawned) -> None:
    """End a worker and everything it started; returns when nothing of it is left.

    To be called once or more by the process that called `spawn`, which must leave waiting for
    init to this function: the pid stays its own until then.
    """
    if spawned.pid not in _supervisors:
        return
    if not spawned.namespaced:
        hunt.end_descendants(spawned.pid, frozenset(_supervisors))
    _send_kill(spawned)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(spawned.pid, 0)  # pid 1 can be waited for only when its namespace is empty
    _supervisors.discard(spawned.pid)
    if not spawned.namespaced:
        # what a supervisor left that was killed by somebody else has become ours by adoption
        hunt.end_descendants(os.getpid(), frozenset(_supervisors))
    if spawned.pidfd is not None:
        os.close(spawned.pidfd)
    leftovers.remove(spawned.box, spawned.uid, everywhere=not spawned.namespaced)


def _send_kill(spawned: Spawned) -> None:
    with contextlib.suppress(ProcessLookupError):
        if spawned.pidfd is not None:
            signal.pidfd_send_signal(spawned.pidfd, signal.SIGKILL)
        else:
            os.kill(spawned.pid, signal.SIGKILL)
