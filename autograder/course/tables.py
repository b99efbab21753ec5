"""The TOML files of a course: which keys they have, of which types.

A schema maps a key to the type of its value: a Python type, `[type]` for a list of such, `Number`
for a number above 0, or another schema for a table. The key "*" stands for any other.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from autograder.course.texts import read_text
from autograder.errors import CourseError, did_you_mean

Number = object()
"""An int or float above 0."""

HABIT = dict.fromkeys(("says", "call", "method", "keyword", "argument", "name", "attribute"), str)
ASSIGNMENT: Mapping[str, Any] = {"name": str, "title": str, "habits": [HABIT]}
EXERCISE: Mapping[str, Any] = {
    "title": str,
    "entry_points": [str],
    "minutes": int,
    "hidden_points": float,
    "limits": {"seconds": Number},
    "thresholds": {"*": float},
}
WORDS = {str: "text", int: "a whole number", float: "a number", list: "a list", dict: "a table"}


def read_table(path: Path, schema: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The table of a TOML file. Raises CourseError for the first thing that is wrong with it."""
    try:
        text = read_text(path)
        table = tomllib.loads(text)
    except FileNotFoundError:
        remedy = "add it; CONTRIBUTING.md lists the files of an exercise"
        raise CourseError(path, "is missing", remedy) from None
    except tomllib.TOMLDecodeError as error:
        message, _, place = str(error).partition(" (at line ")
        line = int(place.partition(",")[0]) if place[:1].isdigit() else 0
        raise CourseError(path, f"is not valid TOML ({message})", "fix the line", line) from None
    for found in table_problems(path, text, table, schema) if schema else ():
        raise found
    return table


def table_problems(
    path: Path, text: str, table: Mapping[str, Any], schema: Mapping[str, Any], inside: str = ""
) -> Iterator[CourseError]:
    """Each key that is unknown or has a value of another type."""
    for key, value in table.items():
        line = line_of(text, key, inside)
        shown = f"[{inside}] {key}" if inside else key
        kind = schema.get(key, schema.get("*"))
        if kind is None:
            known = ", ".join(schema)
            remedy = f"use one of {known}{did_you_mean(key, schema)}"
            yield CourseError(path, f"{shown} is not a known key", remedy, line)
        elif isinstance(kind, Mapping) and isinstance(value, dict):
            yield from table_problems(path, text, value, kind, key)
        elif wanted := _mismatch(value, kind):
            yield CourseError(path, f"{shown} = {value!r}", f"make it {wanted}", line)
        elif isinstance(kind, list) and isinstance(kind[0], Mapping):
            for item in value:
                yield from table_problems(path, text, item, kind[0], key)


def habit_problems(path: Path, table: Mapping[str, Any]) -> Iterator[CourseError]:
    """Each [[habits]] of assignment.toml that lacks its words or has no condition."""
    for habit in table.get("habits", []):
        if not habit.get("says") or len(habit) < 2:
            line = line_of(read_text(path), "habits")
            remedy = "give each `says` and a condition (call, method, keyword, ...)"
            yield CourseError(path, "[[habits]] is incomplete", remedy, line)


def _mismatch(value: object, kind: Any) -> str:
    """What a value should be, where it isn't; "" where it is."""
    number = type(value) in (int, float)
    if kind is Number:
        return "" if number and value > 0 else "a number above 0"  # type: ignore[operator]
    if kind is float:
        return "" if number else WORDS[float]
    if isinstance(kind, list):
        inner = dict if isinstance(kind[0], Mapping) else kind[0]
        fine = isinstance(value, list) and all(type(item) is inner for item in value)
        return "" if fine else f"a list, each item {WORDS[inner]}"
    wanted = dict if isinstance(kind, Mapping) else kind
    return "" if type(value) is wanted else WORDS[wanted]


def line_of(text: str, key: str, inside: str = "") -> int:
    """The line of a key, 0 if it is not found: tomllib doesn't tell."""
    start = 0
    if inside and (header := re.search(rf"^\s*\[+{re.escape(inside)}\]", text, re.MULTILINE)):
        start = header.end()
    pattern = rf"^\s*(?:\[+)?[\"']?{re.escape(key)}[\"']?\s*[=\].]"
    found = re.compile(pattern, re.MULTILINE).search(text, start)
    return text.count("\n", 0, found.start() + len(found[0]) - 1) + 1 if found else 0
