"""The order of a notebook's cells: as "Run all" runs them, but for imports that come too late.

A student who moved the import cell to the end, and ran it first, has a notebook that works on
their screen. Only cells that do nothing but import are moved, since nothing else is safe to run
earlier than written.
"""

from __future__ import annotations

import ast

from autograder.submissions.model import Cell
from autograder.submissions.syntax import DefinitionNode, Function, bound_names, parse

_MOST_CELLS = 300


def imports_first(cells: list[Cell]) -> tuple[list[Cell], list[str]]:
    """The cells, late imports before the first cell that needs them; and a note for each move."""
    if len(cells) > _MOST_CELLS:
        return cells, []
    ordered = [(cell, *_names(cell.source)) for cell in cells]
    notes: list[str] = []
    for index in range(len(ordered)):
        cell, bound, _ = ordered[index]
        if not (bound and _only_imports(cell.source)):
            continue
        known: set[str] = set()
        for place, (_, binds, uses) in enumerate(ordered[:index]):
            known |= binds
            if (bound & uses) - known:
                ordered.insert(place, ordered.pop(index))
                notes.append(f"{cell.where(1)}: imports that earlier cells need: run first")
                break
    return [cell for cell, _, _ in ordered], notes


def _only_imports(source: str) -> bool:
    tree = parse(source)
    return tree is not None and all(
        isinstance(node, ast.Import | ast.ImportFrom)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        for node in tree.body
    )


def _names(source: str) -> tuple[frozenset[str], frozenset[str]]:
    """What a cell binds and what it uses when it runs, bodies of functions left aside."""
    tree = parse(source)
    bound: set[str] = set()
    used: set[str] = set()
    pending: list[ast.AST] = [tree] if tree is not None else []
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Name):
            (used if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        elif isinstance(node, ast.Import | ast.ImportFrom | DefinitionNode):
            bound.update(bound_names(node))
        if isinstance(node, Function | ast.Lambda):
            pending += [*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)]
            pending += getattr(node, "decorator_list", [])
        else:
            pending += ast.iter_child_nodes(node)
    return frozenset(bound), frozenset(used)
