"""What IPython understands and Python does not: `%magic`, `!shell`, `help?`, `%%cell`.

Such lines are replaced by `pass` at the same indentation, so that line numbers hold; a note tells
of each kind. `%time statement` keeps its statement.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from autograder.submissions.layout import skip_statement
from autograder.submissions.syntax import problem_of, shown

_BODY_RUNS = frozenset({"time", "timeit", "capture", "prun", "python", "python3", "pypy", "memit"})
_CELL_MAGIC = re.compile(r"\s*%%(\w+)")
_TIMED = re.compile(r"([ \t]*)%time[ \t]+([^\s#-].*)")
_LINE_KINDS = (
    ("a magic", re.compile(r"[ \t]*%[%\w]")),
    ("a shell line", re.compile(r"[ \t]*!")),
    ("a request for help", re.compile(r"[ \t]*(?:\?{1,2}[\w.%*]+|%{0,2}[\w.*]+\?{1,2})[ \t]*;?$")),
    ("a magic", re.compile(r"[ \t]*[\w., ()\[\]\"']+=[ \t]*%\w")),
    ("a shell line", re.compile(r"[ \t]*[\w., ()\[\]\"']+=[ \t]*!(?!=)")),
)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A line of IPython that was left out: its kind, its text, its line (1-based) in the cell."""

    kind: str
    text: str
    line: int


def without_magics(source: str) -> tuple[str, list[Skipped]]:
    """Python with the same line numbers, and what was left out.

    Source that compiles is left as it is: a line that starts with `%` is then part of an
    expression or a string. A cell that is written in another language comes back empty.
    """
    if problem_of(source) is None:
        return source, []
    skipped: list[Skipped] = []
    cell_magic = _CELL_MAGIC.match(source)
    if cell_magic and cell_magic[1] not in _BODY_RUNS:
        line = source.count("\n", 0, cell_magic.start(1)) + 1
        text = shown(source[: cell_magic.end() + 60].strip().split("\n")[0])
        return "", [Skipped("a cell in another language", text, line)]
    pieces: list[str] = []
    position, line = 0, 1
    while position < len(source):
        end = source.find("\n", position) + 1 or len(source)
        text = source[position:end].rstrip("\n")
        kind = next((kind for kind, pattern in _LINE_KINDS if pattern.match(text)), None)
        if kind is None:
            end = skip_statement(source, position)
            pieces.append(source[position:end])
        else:
            while text.endswith("\\") and end < len(source):
                end = source.find("\n", end) + 1 or len(source)
                text = source[position:end].rstrip("\n")
            if timed := _TIMED.fullmatch(text):
                pieces.append(timed[1] + timed[2])
            else:
                pieces.append(text[: len(text) - len(text.lstrip(" \t"))] + "pass")
                skipped.append(Skipped(kind, shown(text.split("\n")[0]), line))
            pieces.append("\n" * source.count("\n", position, end))
        line += source.count("\n", position, end)
        position = end
    return "".join(pieces), skipped
