"""The worker's private root: a file system that holds only what it may see.

It is built by init, in a mount namespace of its own, out of a tmpfs and bind mounts: libraries
read-only, each at its own path, a few devices, a new /proc, and one tmpfs with a size cap that
serves as box, /tmp and /dev/shm. Folders on the way to a library are created anew with mode 0755:
an interpreter below a home folder with mode 0700 works for the worker's user, and nothing else of
that home folder can be seen.
"""

from __future__ import annotations

import os

from .state import WorkerState
from .syscalls import Clone, Mount, call, detach, mount, mount_setattr

BOX = "/box"
SCRATCH = (BOX, "/tmp", "/dev/shm")
PLAIN_DEVICES = ("/dev/null", "/dev/full", "/dev/random", "/dev/urandom")
"""Not /dev/zero: mapped as shared, it is memory that no process shows."""
_LINKS = {"/dev/fd": "/proc/self/fd", "/dev/stdout": "/proc/self/fd/1"}
_STAGES = ("/tmp", "/mnt", "/srv", "/var/tmp", "/dev/shm")
_OLD = "/.outside"
_BYTES_PER_FILE = 4096
"""One file a page at most: a million empty files cost kernel memory too."""


def enter(state: WorkerState) -> None:
    """Replace the root of this mount namespace; raises OSError with the old root still in place.

    What goes wrong after the change of root (one library that cannot be mounted) is noted only.
    """
    mount(None, "/", None, Mount.REC | Mount.PRIVATE)
    stage = next((path for path in _STAGES if os.path.isdir(path)), None)
    if stage is None:
        raise OSError("no folder to mount a new root on")
    mount("worker", stage, "tmpfs", Mount.NOSUID | Mount.NODEV, "size=1m,nr_inodes=4096,mode=0755")
    try:
        os.mkdir(stage + _OLD)
        call("pivot_root", stage, stage + _OLD)
    except OSError:
        detach(stage)
        raise
    os.chdir("/")
    state.private_root = True
    _furnish(state)
    detach(_OLD)
    os.rmdir(_OLD)
    _restrict(state, "/", Mount.RDONLY | Mount.NOSUID | Mount.NODEV, recursive=False)


def replace_proc(state: WorkerState) -> None:
    """Without a private root: show only the own processes in /proc."""
    mount(None, "/", None, Mount.REC | Mount.PRIVATE)
    _mount_proc(state)


def _furnish(state: WorkerState) -> None:
    _make_scratch(state)  # first: a library may live below /tmp
    placed: set[str] = set()
    for path in state.policy.visible:
        if not path.startswith("/proc/"):
            _show(state, path, placed, Mount.RDONLY | Mount.NOSUID | Mount.NODEV)
    for path in (*PLAIN_DEVICES, *state.policy.devices):
        _show(state, path, placed, Mount.NOSUID | Mount.NOEXEC)
    for link, target in _LINKS.items():
        os.symlink(target, link)
    os.makedirs("/proc", exist_ok=True)
    _mount_proc(state)


def _show(state: WorkerState, path: str, placed: set[str], attributes: Mount) -> None:
    """Make a path of the old root visible at the same path, its symbolic links as they are."""
    here = "/"
    parts = [part for part in path.split("/") if part]
    for position, part in enumerate(parts):
        here = os.path.join(here, part)
        if here in placed:
            return
        there = _OLD + here
        if os.path.islink(there):
            target = os.readlink(there)
            if not os.path.lexists(here):
                os.symlink(target, here)
            rest = os.path.join(os.path.dirname(here), target, *parts[position + 1 :])
            _show(state, os.path.normpath(rest), placed, attributes)
            return
        if position < len(parts) - 1 and not os.path.isdir(here):
            os.mkdir(here)
    if os.path.exists(_OLD + here):
        _bind(state, here, attributes)
        placed.add(here)


def _bind(state: WorkerState, path: str, attributes: Mount) -> None:
    try:
        if os.path.isdir(_OLD + path):
            os.makedirs(path, exist_ok=True)
        else:
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o644))
        mount(_OLD + path, path, None, Mount.BIND | Mount.REC)
    except OSError as error:
        state.note("filesystem", f"{path} is missing ({error.strerror})")
        return
    _restrict(state, path, attributes, recursive=True)


def _restrict(state: WorkerState, path: str, attributes: Mount, *, recursive: bool) -> None:
    """Add flags to a mount; before Linux 5.12 by remounting it, without what is below."""
    try:
        mount_setattr(path, attributes, recursive=recursive)
    except OSError:
        try:
            mount(None, path, None, Mount.REMOUNT | Mount.BIND | attributes)
        except OSError as error:
            state.note("filesystem", f"{path} keeps its own rights ({error.strerror})")


def _make_scratch(state: WorkerState) -> None:
    """One tmpfs for everything that can be written, so that one cap covers it all."""
    size = state.policy.disk_bytes
    files = max(1024, size // _BYTES_PER_FILE)
    owner = -1 if state.uid is None else state.uid
    shared = "/.scratch"
    os.mkdir(shared)
    options = f"size={size},nr_inodes={files},mode=0755"
    mount("scratch", shared, "tmpfs", Mount.NOSUID | Mount.NODEV, options)
    for path in SCRATCH:
        inside = shared + "/" + os.path.basename(path)
        os.mkdir(inside, 0o700)
        os.chown(inside, owner, owner)
        os.makedirs(path, exist_ok=True)
        mount(inside, path, None, Mount.BIND)
    detach(shared)
    os.rmdir(shared)


def _mount_proc(state: WorkerState) -> None:
    try:
        if state.has(Clone.NEWPID):
            mount("proc", "/proc", "proc", Mount.NOSUID | Mount.NODEV | Mount.NOEXEC)
            state.own_proc = True
        elif state.private_root:
            mount(_OLD + "/proc", "/proc", None, Mount.BIND | Mount.REC)
    except OSError as error:
        state.note("pid", f"no new /proc ({error.strerror}): the worker has none")
