"""The words for the protections around a worker, and what each of them promises."""

from __future__ import annotations

from dataclasses import dataclass

PROMISES = {
    "user": "a user id (or user namespace) of its own, without capabilities",
    "pid": "sees and can signal no process but its own",
    "filesystem": "sees a private root: libraries read-only, a box with a size cap, nothing else",
    "network": "reaches no network",
    "ipc": "shares no System V or POSIX message queue, semaphore or memory segment",
    "landlock": "may open only the libraries and its box, whatever else is visible",
    "seccomp": "may not use system calls that it has no business with",
    "limits": "bounded CPU time, processes, open files, file size and private memory",
    "kill": "everything that it started dies with it",
    "memory": "the memory of all its processes together is bounded",
}
"""Name of each layer, and its promise in plain words."""

LAYERS: tuple[str, ...] = tuple(PROMISES)


@dataclass(frozen=True, slots=True)
class Layer:
    """One protection: `on` only if it was set up *and* its self-test passed.

    `detail` says how it works here, or in plain words why it is off or weaker than promised.
    """

    name: str
    on: bool
    detail: str
