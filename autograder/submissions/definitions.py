"""Which entry points a source defines, and whether they are filled in.

A definition is untouched if its body holds nothing but a docstring, `pass`, `super().__init__()`
and `raise NotImplementedError`. A class is untouched if all its methods are.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterable
from dataclasses import dataclass

from autograder.submissions.syntax import (
    MOST_KEPT,
    DefinitionNode,
    bound_names,
    first_line,
    flat_statements,
    parse,
)

_Binding = DefinitionNode | ast.Import | ast.ImportFrom | ast.Assign | ast.AnnAssign


@dataclass(frozen=True, slots=True)
class Definition:
    """One place that binds an entry point; lines are 1-based and include decorators.

    `code` compares: two definitions with the same code differ in comments and layout only.
    `alone` says that the lines hold nothing else, so that they can be blanked; `rank` is 3 for a
    function or class, 2 for an import of one, 1 for other ways, and 0 for what may bring it in, a
    star import or `%run`; `builds_on` are names that it passes on, as `f = wrap(f)` does.
    """

    name: str
    first_line: int
    last_line: int
    filled: bool
    code: str
    alone: bool
    rank: int = 3
    builds_on: frozenset[str] = frozenset()


def definitions(source: str, names: Iterable[str]) -> list[Definition]:
    """All top-level bindings of `names` in a source that compiles, in order; [] if it doesn't."""
    find = _found if len(source) <= MOST_KEPT else _found.__wrapped__
    return list(find(source, frozenset(names)))


@functools.lru_cache(maxsize=256)
def _found(source: str, wanted: frozenset[str]) -> tuple[Definition, ...]:
    """Kept for a while: reading, choosing and repairing ask the same of the same cells."""
    tree = parse(source)
    if tree is None:
        return ()
    found: list[Definition] = []
    at_top = {id(node) for node in tree.body if node.col_offset == 0}
    for node in flat_statements(tree.body):
        bound = _bound_names(node, wanted)
        if not bound:
            continue
        code = _code(node)
        filled = not (isinstance(node, DefinitionNode) and _untouched(node))
        first, last = first_line(node), node.end_lineno or node.lineno
        alone, rank, builds_on = id(node) in at_top, _rank(node), _passed_on(node)
        found += [
            Definition(name, first, last, filled, code, alone, rank, builds_on) for name in bound
        ]
    return tuple(found)


def bindings(source: str) -> list[tuple[str, int]]:
    """(name, line) for each name that a source binds at the top level, in any way."""
    tree = parse(source)
    body = tree.body if tree is not None else []
    nodes = ((node, first_line(node)) for node in flat_statements(body))
    found = ((name, line) for node, line in nodes for name in bound_names(node) if name != "*")
    return list(dict.fromkeys(found))


def imported_modules(source: str) -> frozenset[str]:
    """The top-level modules that a source imports anywhere."""
    tree = parse(source)
    found: set[str] = set()
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.Import):
            found.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = (node.module or "").partition(".")[0]
            found.update([module] if module else [alias.name for alias in node.names])
    return frozenset(found)


def _bound_names(node: ast.stmt, wanted: frozenset[str]) -> list[str]:
    if _runs_a_file(node):
        return sorted(wanted)
    if not isinstance(node, _Binding):
        return []
    names = bound_names(node)
    if names == ["*"] and _is_local(node):
        names = sorted(wanted)
    return [name for name in dict.fromkeys(names) if name in wanted]


def _is_local(node: ast.stmt) -> bool:
    """Whether a star import may bring in a student's own module, not one of the libraries."""
    module = getattr(node, "module", None) or ""
    return module.partition(".")[0] not in {"torch", "numpy", "math", "matplotlib", "typing"}


def _runs_a_file(node: ast.stmt) -> bool:
    """`%run file`, as it reads without magics: it may bring in anything."""
    call = node.value if isinstance(node, ast.Expr) else None
    return (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in ("run_line_magic", "magic")
        and bool(call.args)
        and isinstance(call.args[0], ast.Constant)
        and str(call.args[0].value).split(" ")[0] == "run"
    )


def _rank(node: ast.stmt) -> int:
    value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
    if isinstance(node, DefinitionNode) or isinstance(value, ast.Lambda):
        return 3
    if isinstance(node, ast.Expr) or bound_names(node) == ["*"]:
        return 0
    return 2 if isinstance(node, ast.ImportFrom) and _is_local(node) else 1


def _passed_on(node: ast.stmt) -> frozenset[str]:
    """Names that an assignment uses otherwise than by calling them."""
    value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
    parts = list(ast.walk(value)) if value is not None else []
    called = {id(part.func) for part in parts if isinstance(part, ast.Call)}
    return frozenset(p.id for p in parts if isinstance(p, ast.Name) and id(p) not in called)


def _untouched(node: DefinitionNode) -> bool:
    if not isinstance(node, ast.ClassDef):
        return all(_placeholder(statement) for statement in node.body)
    methods = [part for part in node.body if isinstance(part, DefinitionNode)]
    others = [part for part in node.body if not isinstance(part, DefinitionNode)]
    if not all(_placeholder(statement) for statement in others):
        return False
    return all(isinstance(method, ast.FunctionDef) and _untouched(method) for method in methods)


def _placeholder(node: ast.stmt) -> bool:
    if isinstance(node, ast.Pass):
        return True
    if isinstance(node, ast.Raise):
        error = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        return isinstance(error, ast.Name) and error.id == "NotImplementedError"
    if not isinstance(node, ast.Expr):
        return False
    return isinstance(node.value, ast.Constant) or _calls_super_init(node.value)


def _calls_super_init(node: ast.expr) -> bool:
    """`super().__init__()`, in either spelling, which does nothing by itself."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    if node.args or node.keywords:
        return False
    owner = node.func.value
    return (
        node.func.attr == "__init__"
        and isinstance(owner, ast.Call)
        and isinstance(owner.func, ast.Name)
        and owner.func.id == "super"
    )


def _code(node: ast.stmt) -> str:
    try:
        return ast.dump(node)
    except RecursionError:
        return f"line {node.lineno}"
