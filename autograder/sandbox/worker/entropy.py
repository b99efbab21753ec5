"""Chance that repeats itself: what would ask the system for random bits gets the same in each run.

`random.seed()`, `random.Random()`, `numpy.random.default_rng()`, `torch.seed()`, `secrets` and
`uuid.uuid4()` then differ from call to call, but not from one grading to the next. Worker side;
`install` is for a process that serves nobody else.
"""

from __future__ import annotations

import os
import random
from typing import Any

_chance = random.Random(0)
_seed = random.Random.seed


def reseed(seed: int) -> None:
    """From here on the bits that belong to this seed."""
    _seed(_chance, seed)


def bits(size: int) -> bytes:
    """In the place of `os.urandom`."""
    return _chance.getrandbits(8 * size).to_bytes(size, "little")


def install(torch: Any) -> None:
    """Puts it where Python, NumPy and torch ask for random bits (NumPy asks `secrets`)."""

    def seed(self: random.Random, a: Any = None, version: int = 2) -> None:
        _seed(self, bits(32) if a is None else a, version)

    def torch_seed() -> int:
        found = int.from_bytes(bits(8), "little")
        torch.manual_seed(found)
        return found

    os.urandom = random._urandom = bits  # type: ignore[attr-defined]
    if hasattr(os, "getrandom"):
        os.getrandom = lambda size, flags=0: bits(size)
    random.Random.seed = seed  # type: ignore[method-assign]
    random.seed = random.Random.seed.__get__(random._inst)
    torch.seed = torch.random.seed = torch_seed
