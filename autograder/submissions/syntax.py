"""Does it compile? Asked of hostile text, answered without running it.

`compile` parses and never executes; what it can do to its caller is raise, warn or recurse, and
all of that is caught here. Deep nesting ends in RecursionError or MemoryError (the parser's own
limits, tried with 100,000 levels on Python 3.11), not in a crash.
"""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass
from functools import lru_cache

MOST_KEPT = 8_192
"""Characters of a source whose tree is kept for a while: a tree takes some hundred times that."""
_TOO_DEEP = "it is nested too deeply"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a source does not compile: Python's message and the line (1-based) within the source."""

    message: str
    line: int
    incomplete: bool = False


@lru_cache(maxsize=4)
def problem_of(source: str) -> Problem | None:
    """What keeps a source from compiling, or None if it compiles."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, "<submission>", "exec", dont_inherit=True)
    except SyntaxError as error:
        return _from_syntax_error(error, source)
    except (RecursionError, MemoryError):
        return Problem(_TOO_DEEP, 1)
    except UnicodeError:
        return Problem("it holds characters that are no text (lone surrogates)", 1)
    except (ValueError, OverflowError) as error:
        return Problem(str(error) or type(error).__name__, _line_of_null(source))
    return None


def parse(source: str) -> ast.Module | None:
    """The syntax tree, or None if there is none to be had. It may be shared: don't change it."""
    return _tree(source) if len(source) <= MOST_KEPT else _tree.__wrapped__(source)


@lru_cache(maxsize=64)
def _tree(source: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, RecursionError, MemoryError, ValueError, OverflowError):
        return None


def shown(line: str, limit: int = 60) -> str:
    """A line of code as part of a note: stripped, cut, without what isn't printable."""
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in line.strip())
    return text if len(text) <= limit else text[: limit - 3] + "..."


def _from_syntax_error(error: SyntaxError, source: str) -> Problem:
    message = error.msg or "invalid syntax"
    last = source.count("\n") + 1
    line = min(max(error.lineno or 1, 1), last)
    unfinished = any(word in message for word in ("never closed", "unterminated", "EOF"))
    at_the_end = not "".join(source.split("\n")[line:]).strip()
    return Problem(message, line, unfinished or at_the_end)


def _line_of_null(source: str) -> int:
    return source.count("\n", 0, max(source.find("\0"), 0)) + 1
