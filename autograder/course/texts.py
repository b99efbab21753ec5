"""The text files of a course as they are read: what is odd about one is a `CourseError`."""

from __future__ import annotations

import ast
from pathlib import Path

from autograder.errors import CourseError


def read_text(path: Path) -> str:
    """The text of a UTF-8 file, with or without a byte order mark."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise CourseError(path, "is not valid UTF-8", "save it as UTF-8", line) from None


def read_python(path: Path) -> ast.Module:
    """The syntax tree of a Python file."""
    try:
        return ast.parse(read_text(path))
    except SyntaxError as error:
        fact = f"has a syntax error ({error.msg})"
        raise CourseError(path, fact, "fix that line", error.lineno or 0) from None
