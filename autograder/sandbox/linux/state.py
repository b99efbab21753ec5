"""What forkserver, init and worker tell one another, by being copies of one another.

`WorkerState` is filled by the forkserver, then by init, then by the worker, each in its own copy
of the memory: nothing travels back.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from autograder.sandbox.policy import Policy

from .syscalls import (
    CLONE_NEWIPC,
    CLONE_NEWNET,
    CLONE_NEWNS,
    CLONE_NEWPID,
    CLONE_NEWUSER,
)

NAMESPACES = {
    "user": ("user", CLONE_NEWUSER),
    "pid": ("pid", CLONE_NEWPID),
    "filesystem": ("mnt", CLONE_NEWNS),
    "network": ("net", CLONE_NEWNET),
    "ipc": ("ipc", CLONE_NEWIPC),
}
"""Layer -> its entry in /proc/PID/ns, and the flag of clone(2)."""


def namespace_of(layer: str, pid: int | str = "self") -> str | None:
    """Identity of the namespace that a process is in; None if it cannot be read."""
    try:
        return os.readlink(f"/proc/{pid}/ns/{NAMESPACES[layer][0]}")
    except OSError:
        return None


@dataclass
class WorkerState:
    """box: path of the working folder as the worker sees it;
    uid: the user id to change to, None to stay;
    granted: CLONE_NEW* flags that the kernel accepted;
    refused: layer -> why it is off; notes: layer -> what is weaker than promised, or how it is;
    private_root: whether the worker's root folder is one of its own;
    streams: descriptors for stdout and stderr, None for /dev/null.
    """

    policy: Policy
    box: str
    uid: int | None
    streams: tuple[int | None, int | None]
    forkserver: int
    forkserver_user: int
    forkserver_group: int
    outside: dict[str, str | None]
    granted: int = 0
    private_root: bool = False
    refused: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    limits: dict[str, tuple[int, int]] = field(default_factory=dict)

    def wants(self, layer: str) -> bool:
        return self.policy.wants(layer)

    @property
    def apart(self) -> bool:
        """Whether what this user or machine shares (services, /dev/shm) is out of reach or
        another user's. If not, unix sockets and /dev/shm are refused, and with them the worker
        processes of a DataLoader: better than a way to the grader's own services."""
        return self.private_root or self.uid is not None

    def has(self, flag: int) -> bool:
        return bool(self.granted & flag)

    def refuse(self, layer: str, why: object) -> None:
        self.refused.setdefault(layer, str(why))

    def note(self, layer: str, text: str) -> None:
        known = self.notes.get(layer)
        self.notes[layer] = f"{known}; {text}" if known else text
