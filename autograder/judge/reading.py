"""Static reading of a submission's code: which names an entry point can reach.

Nothing is run; the code is parsed, and names are followed through the functions, classes, module
variables and helper files of the submission.

    entry point ── its definitions ── names in them ── own names: followed the same way
                                                    └─ other names: as written, and resolved
                                                       through imports and aliases

What a determined person hides (names built at run time) is not found; what is found is really
written in code that the entry point can reach. Dead branches count.
"""

from __future__ import annotations

import ast
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

from autograder.judge.following import Search
from autograder.judge.scopes import ModuleNames
from autograder.submissions.model import Cell, Submission
from autograder.submissions.syntax import parse, shown

_MAIN = "__main__"
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
MOST_CODE = 100
"""Characters of a line of code that are shown."""


@dataclass(frozen=True, slots=True)
class Part:
    """One cell or helper file that parses, and the module that it belongs to."""

    cell: Cell
    tree: ast.Module
    module: str


class Code:
    """The code of one submission, parsed."""

    def __init__(self, cells: Sequence[Cell], files: Mapping[str, bytes] | None = None) -> None:
        self._read = [(cell, _MAIN) for cell in cells]
        for name, data in sorted((files or {}).items()):
            if name.endswith(".py"):
                text = data.decode("utf-8", "replace").removeprefix("\ufeff")
                self._read.append((Cell(text, name), _module_name(name)))
        self._known: dict[str, frozenset[str]] = {}

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
    def modules(self) -> Mapping[str, ModuleNames]:
        """What the names of each module stand for; the cells together are "__main__"."""
        modules: dict[str, ModuleNames] = {_MAIN: ModuleNames(_MAIN)}
        for part in self.parts:
            module = modules.setdefault(part.module, ModuleNames(part.module))
            try:
                module.add(part.tree)
            except RecursionError:
                continue
        for part in self.parts:
            if part.module == _MAIN and part.cell.origin.endswith(".py"):
                modules.setdefault(_module_name(part.cell.origin), modules[_MAIN])
        return modules

    def names_used_by(self, entry_point: str) -> frozenset[str]:
        """Dotted and bare names that an entry point can reach, NFKC-normalised.

        `F.mean(x)` gives "F.mean", "mean" and, through the import of `F`,
        "torch.nn.functional.mean". Names that the submission defines itself, local variables and
        annotations are not among them: what they stand for is. Empty if there is no such name.
        """
        entry_point = unicodedata.normalize("NFKC", entry_point)
        if entry_point not in self._known:
            search = Search(self.modules)
            main = self.modules[_MAIN]
            if entry_point in main.bound or entry_point in main.imports or main.stars:
                search.use((entry_point,), [], main)
                search.run()
            self._known[entry_point] = frozenset(search.names)
        return self._known[entry_point]


def _module_name(file: str) -> str:
    parts = PurePosixPath(file).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


# -- the student's definitions --------------------------------------------------------------


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
                line = part.cell.source.split("\n")[found.lineno - 1]
                return f"{part.cell.where(found.lineno)}: `{shown(line, MOST_CODE)}`"
    return ""
