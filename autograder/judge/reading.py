"""What is read in a submission's code, for words only: no mark depends on it.

Nothing is run; the code is parsed.
"""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from autograder.submissions.model import Cell, Submission
from autograder.submissions.syntax import parse, shown

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_MOST_SEARCHED = 500
"""Characters of a line that are searched for a name."""
MOST_CODE = 100
"""Characters of a line of code that are shown."""


@dataclass(frozen=True, slots=True)
class Part:
    """One cell or helper file that parses; `module` is "" for all cells, else the file's name."""

    cell: Cell
    tree: ast.Module
    module: str


class Code:
    """The code of one submission, parsed."""

    def __init__(self, cells: Sequence[Cell], files: Mapping[str, bytes] | None = None) -> None:
        self._read = [(cell, "") for cell in cells]
        for name, data in sorted((files or {}).items()):
            if name.endswith(".py"):
                text = data.decode("utf-8", "replace").removeprefix("\ufeff")
                self._read.append((Cell(text, name), name))

    @classmethod
    def of(cls, submission: Submission) -> Code:
        """The code of a submission: its cells and its helper files."""
        return cls(submission.cells, submission.files)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """Every cell and helper file that parses, in order."""
        trees = [(cell, parse(cell.source), module) for cell, module in self._read]
        return tuple(Part(cell, tree, module) for cell, tree, module in trees if tree is not None)

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


def defined_in(code: Code | None) -> list[str]:
    """The functions and classes at the top level of the work."""
    parts = code.parts if code is not None else ()
    return [
        node.name
        for part in parts
        for node in part.tree.body
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef))
    ]


def defined_at(code: Code | None, name: str) -> str:
    """The line of `criterion` or `Model.forward`, with its place; "" where it is not found."""
    owner, _, method = name.partition(".")
    for part in reversed(code.parts if code is not None else ()):
        for node in part.tree.body:
            if isinstance(node, (*_FUNCTIONS, ast.ClassDef)) and node.name == owner:
                inside = [one for one in node.body if isinstance(one, _FUNCTIONS)]
                found = next((one for one in inside if one.name == method), node)
                return _place(part.cell, found.lineno)
    return ""


def lines_with(code: Code | None, names: Sequence[str]) -> list[str]:
    """The lines that use or import something of one of these names, each with its place.

    `.sigmoid(` is a use, `def sigmoid(` and a comment are none.
    """
    either = "|".join(map(re.escape, names))
    use, word = re.compile(rf"\.(?:{either})\b"), re.compile(rf"\b(?:{either})\b")
    found = []
    for part in code.parts if code is not None else ():
        for number, line in enumerate(part.cell.source.split("\n"), start=1):
            text = unicodedata.normalize("NFKC", line[:_MOST_SEARCHED]).partition("#")[0]
            if use.search(text) or ("import" in text and word.search(text)):
                found.append(_place(part.cell, number))
    return found


def _place(cell: Cell, number: int) -> str:
    line = cell.source.split("\n")[number - 1]
    return f"{cell.where(number)}: `{shown(line, MOST_CODE)}`"
