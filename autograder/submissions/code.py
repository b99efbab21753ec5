"""What is told of a submission's code: lines and definitions, for words only, never for marks.

Nothing is run; the code is parsed, so it is done where a hostile file may cost nothing but itself
(grading/reader_process.py), or for code of the course's own.
"""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from autograder.errors import SubmissionError
from autograder.submissions.model import Cell, Code
from autograder.submissions.scripts import decode
from autograder.submissions.syntax import parse, shown

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_MOST_SEARCHED = 500
"""Characters of a line that are searched for a name."""
_MOST_LINES = 2000
_MOST_DEFINED = 500
_MOST_NAME = 100
MOST_SHOWN = 100
"""Characters of a line of code that are shown."""
_USES = re.compile(r"\.\w|\bimport\b")


@dataclass(frozen=True, slots=True)
class Part:
    """One cell or helper file that parses; `module` is "" for all cells, else the file's name."""

    cell: Cell
    tree: ast.Module
    module: str


class Parsed:
    """The code of one submission, parsed: its cells and its helper files."""

    def __init__(self, cells: Iterable[Cell], files: Mapping[str, bytes] | None = None) -> None:
        read = [(cell, "") for cell in cells]
        for name, data in sorted((files or {}).items()):
            if name.endswith(".py"):
                try:
                    read.append((Cell(decode(data, name), name), name))
                except SubmissionError:  # the reader of submissions has said so
                    continue
        trees = [(cell, parse(cell.source), module) for cell, module in read]
        self.parts = [Part(cell, tree, module) for cell, tree, module in trees if tree is not None]

    @cached_property
    def imports(self) -> Mapping[str, Mapping[str, str]]:
        """For each module what its imports bind, wherever they stand: name -> dotted name."""
        found: dict[str, dict[str, str]] = {}
        for part in self.parts:
            names = found.setdefault(part.module, {})
            for node in ast.walk(part.tree):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    names.update(imported(node))
        return found


def imported(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    """(local name, dotted name) for each name that an import binds."""
    for alias in node.names:
        if isinstance(node, ast.ImportFrom):
            yield alias.asname or alias.name, f"{node.module or ''}.{alias.name}".lstrip(".")
        else:
            top = alias.name.partition(".")[0]
            yield alias.asname or top, alias.name if alias.asname else top


def dotted(node: ast.AST) -> list[str] | None:
    """["torch", "nn", "BCELoss"] for `torch.nn.BCELoss`; None if it isn't names all the way."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return [node.id, *reversed(parts)] if isinstance(node, ast.Name) else None


# -- the student's lines --------------------------------------------------------------------


def read_code(parsed: Parsed, habits: tuple[str, ...] = ()) -> Code:
    """What is told of it; `habits` are notes on it."""
    defined: dict[str, str] = {}
    lines: list[tuple[str, str]] = []
    for part in parsed.parts:
        source = part.cell.source.split("\n")
        for node in part.tree.body:
            if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
                _take_definition(node, part.cell, source, defined)
        for number, line in enumerate(source, start=1):
            if len(lines) >= _MOST_LINES:
                break
            text = unicodedata.normalize("NFKC", line[:_MOST_SEARCHED]).partition("#")[0]
            if _USES.search(text):
                lines.append((_place(part.cell, source, number), text[:_MOST_SEARCHED]))
    return Code(defined, tuple(lines), habits)


def _take_definition(
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef,
    cell: Cell,
    source: list[str],
    defined: dict[str, str],
) -> None:
    """A function or class at the top, and its methods, in place of an earlier one of its name."""
    methods = [one for one in node.body if isinstance(one, _FUNCTIONS)]
    for name in [name for name in defined if name.partition(".")[0] == node.name]:
        del defined[name]
    for name, one in [(node.name, node), *((f"{node.name}.{one.name}", one) for one in methods)]:
        if len(defined) < _MOST_DEFINED and len(name) <= _MOST_NAME:
            defined[name] = _place(cell, source, one.lineno)


def _place(cell: Cell, source: list[str], number: int) -> str:
    return f"{cell.where(number)}: `{shown(source[number - 1], MOST_SHOWN)}`"
