"""What forkserver, init and worker tell one another, by being copies of one another.

`WorkerState` is filled by the forkserver, then by init, then by the worker, each in its own copy
of the memory: nothing travels back.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from autograder.sandbox.policy import Policy

from .syscalls import Clone

Result = TypeVar("Result")
Streams = tuple[int | None, int | None]

NAMESPACES = {
    "user": ("user", Clone.NEWUSER),
    "pid": ("pid", Clone.NEWPID),
    "filesystem": ("mnt", Clone.NEWNS),
    "network": ("net", Clone.NEWNET),
    "ipc": ("ipc", Clone.NEWIPC),
}
"""Layer -> its entry in /proc/PID/ns, and the flag of clone(2)."""


def namespace_of(layer: str, pid: int | str = "self") -> str | None:
    """Identity of the namespace that a process is in; None if it cannot be read."""
    try:
        return os.readlink(f"/proc/{pid}/ns/{NAMESPACES[layer][0]}")
    except OSError:
        return None


def _new_box() -> str:
    return os.path.join(tempfile.gettempdir(), f"worker-{secrets.token_hex(8)}")


@dataclass
class WorkerState:
    """streams: descriptors for stdout and stderr, None for /dev/null;
    keep_fds: descriptors that stay open in the worker besides its streams;
    status_fd: where init writes how the worker ended;
    proc: the /proc of the forkserver, as an open folder;
    uid: the user id to change to, None to stay;
    box: path of the working folder as the worker sees it;
    granted: CLONE_NEW* flags that the kernel accepted;
    refused: layer -> why it is off; notes: layer -> what is weaker than promised, or how it is;
    private_root, own_proc: whether the worker's root folder and /proc are its own;
    unix_sockets: whether none but its own can be reached, so that they need not be refused;
    outside: the forkserver's namespaces.
    """

    policy: Policy
    streams: Streams
    keep_fds: frozenset[int]
    status_fd: int
    uid: int | None
    proc: int = -1
    box: str = field(default_factory=_new_box)
    forkserver: int = field(default_factory=os.getpid)
    # by lambda: Windows, where this is imported too, has no such functions
    forkserver_user: int = field(default_factory=lambda: os.geteuid())
    forkserver_group: int = field(default_factory=lambda: os.getegid())
    outside: dict[str, str | None] = field(
        default_factory=lambda: {layer: namespace_of(layer) for layer in NAMESPACES}
    )
    granted: int = 0
    private_root: bool = False
    own_proc: bool = False
    unix_sockets: bool = False
    refused: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    limits: dict[str, tuple[int, int]] = field(default_factory=dict)

    def wants(self, layer: str) -> bool:
        return self.policy.wants(layer)

    @property
    def apart(self) -> bool:
        """Whether /dev/shm is its own, or shared with other users only. If not, it is refused, and
        with it what needs semaphores (`multiprocessing`): better than a way to the grader's."""
        return self.private_root or self.uid is not None

    def has(self, flag: int) -> bool:
        return bool(self.granted & flag)

    def refuse(self, layer: str, why: str) -> None:
        self.refused.setdefault(layer, why)

    def attempt(self, layer: str, step: Callable[[], Result]) -> Result | None:
        """Do one step of a layer; if the kernel refuses it, the layer is off and others go on."""
        try:
            return step()
        except OSError as error:
            self.refuse(layer, f"refused by the kernel ({error})")
            return None

    def note(self, layer: str, text: str) -> None:
        known = self.notes.get(layer)
        self.notes[layer] = f"{known}; {text}" if known else text
