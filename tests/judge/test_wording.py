"""Values in words."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.judge.wording import show
from autograder.sandbox.wire import ArrayValue, Opaque


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.123456789, "0.12346"),
        (float("nan"), "nan"),
        (True, "True"),
        (None, "None"),
        ("a'b", '"a\'b"'),
        ([1.0] * 9, "[1, 1, 1, 1, 1, 1, 1, 1, ...]"),
        (np.arange(9), "[0, 1, 2, 3, 4, 5, 6, 7, ...] of shape (9,)"),
        (np.array(2.5), "2.5"),
        (np.zeros((0, 2)), "[] of shape (0, 2)"),
        (Opaque("Model", 1), "a Model"),
        (Opaque("Adam", 1), "an Adam"),
        ({"loss": ArrayValue(np.array(0.5), "float32")}, "{'loss': 0.5}"),
    ],
)
def test_values_are_shown_short(value, shown):
    assert show(value) == shown


def test_even_large_values_are_shown_short():
    deep = "x"
    for _ in range(8):
        deep = [deep] * 6
    for value in (deep, {str(n): n for n in range(1_000)}, "y" * 10_000, 10**18):
        assert len(show(value)) < 3_000
