"""One forkserver for every Grader that a test process opens, since to start one takes seconds.

A worker of it is as fresh and as confined as one of a forkserver of its own: the policy is said
for each worker. Tests of the forkserver itself, and those that kill it, take `own_forkserver`.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from autograder.grading import grader
from autograder.sandbox.host import start
from autograder.sandbox.host.launcher import Launcher
from autograder.sandbox.host.transport import WorkerTransport
from autograder.sandbox.layers import Layer
from autograder.sandbox.policy import Policy


class Borrowed:
    """What a Grader has of the common forkserver: an `AnyLauncher` without spare workers."""

    def __init__(self, common: Launcher, policy: Policy, require: frozenset[str]):
        self.common = common
        self.policy = policy
        self.require = require
        self.device = "cpu"
        self.spares = False
        self.interrupted = threading.Event()
        self.layers: tuple[Layer, ...] = ()

    def __enter__(self) -> Borrowed:
        return self

    def __exit__(self, *_: object) -> None:
        """The forkserver stays; its workers were ended with their sessions."""

    @property
    def alive(self) -> bool:
        return self.common.alive

    def restart(self) -> None:
        self.common.restart()

    def start(self) -> WorkerTransport:
        for name in ("policy", "require", "device", "interrupted"):
            setattr(self.common, name, getattr(self, name))
        transport = self.common.start()
        self.layers = self.common.layers
        return transport

    def prepare(self) -> None:
        """Nothing is forked ahead: the next worker may be another Grader's."""


class Lender:
    """Starts the common forkserver when it is first asked for, and again should it have died."""

    def __init__(self) -> None:
        self.common: Launcher | None = None

    def __call__(
        self, policy: Policy, *, require: frozenset[str] = frozenset(), spares: bool = True
    ) -> start.AnyLauncher:
        if os.environ.get(start.PLAIN):
            return start.launcher(policy, require=require, spares=spares)
        if self.common is None or not self.common.alive:
            self.close()
            self.common = Launcher(policy, spares=False).__enter__()
        return Borrowed(self.common, policy, require)

    def close(self) -> None:
        if self.common is not None:
            self.common.__exit__(None, None, None)


@pytest.fixture(scope="session", autouse=True)
def common_forkserver() -> Iterator[None]:
    """Graders of this test process share one forkserver."""
    lender = Lender()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grader, "launcher", lender)
        yield
    lender.close()


@contextmanager
def forkserver_of_its_own() -> Iterator[None]:
    """A Grader that is opened inside of it starts a forkserver, as outside of tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grader, "launcher", start.launcher)
        yield


@pytest.fixture
def own_forkserver() -> Iterator[None]:
    """Graders that this test opens start their own forkserver."""
    with forkserver_of_its_own():
        yield
