"""Which kind of worker this system can have."""

from __future__ import annotations

import os
import sys

from autograder.sandbox.host.base import AnyLauncher
from autograder.sandbox.host.launcher import Launcher
from autograder.sandbox.host.plain import PlainLauncher
from autograder.sandbox.policy import Policy

__all__ = ["AnyLauncher", "is_plain", "launcher"]

PLAIN = "AUTOGRADER_PLAIN_WORKERS"
"""Set it to try on Linux what other systems do."""


def launcher(
    policy: Policy, *, require: frozenset[str] = frozenset(), spares: bool = True
) -> AnyLauncher:
    """The launcher for this system: isolated forks on Linux, plain processes elsewhere."""
    kind = PlainLauncher if is_plain() else Launcher
    return kind(policy, require=require, spares=spares)


def is_plain() -> bool:
    """Whether processes are started here one by one, since nothing is forked."""
    return not sys.platform.startswith("linux") or bool(os.environ.get(PLAIN))
