"""Where a value came from: what the student's process said is never an expected value.

`plain` marks what it takes out of that process. NumPy carries the mark on through arithmetic with
arrays; a number that a check computes from it otherwise is the check's own.
"""

from __future__ import annotations

from typing import Any

import numpy as np


class FromStudent:
    """A mark: this value, or an array that it was computed from, came from the student."""


class StudentArray(np.ndarray[Any, np.dtype[Any]], FromStudent):
    pass


class StudentFloat(float, FromStudent):
    pass


class StudentList(list[Any], FromStudent):
    pass


def marked(value: Any) -> Any:
    """Plain data with the mark; what can't carry it (text, whole numbers, dicts) as it is."""
    if isinstance(value, np.ndarray):
        return value.view(StudentArray)
    if isinstance(value, float):
        return StudentFloat(value)
    if isinstance(value, list):
        return StudentList(marked(item) for item in value)
    if isinstance(value, tuple):
        return tuple(marked(item) for item in value)
    if isinstance(value, dict):
        return {key: marked(item) for key, item in value.items()}
    return value


def is_marked(value: Any) -> bool:
    """Whether a value, or a part of it, came from the student."""
    if isinstance(value, list | tuple) and not isinstance(value, FromStudent):
        return any(is_marked(item) for item in value)
    return isinstance(value, FromStudent)
