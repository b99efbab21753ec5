"""What the names of a submission's modules stand for: the ground of the static reading.

A `ModuleNames` knows, for one module, which statements bind a name at its top level and which
dotted name an import gives it. All cells of a submission are one module, as they are when they
run; each helper file is another.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from autograder.submissions.syntax import (
    Comprehension,
    DefinitionNode,
    Function,
    bound_names,
    flat_statements,
)


@dataclass
class ModuleNames:
    """The top level of one module: `bound` name -> nodes by id, `imports` name -> dotted names.

    `imports` may hold several meanings of one name, all of which are meant; `stars` are modules
    imported with `*`; `kept` are names whose meaning was stored under another name.
    """

    name: str
    bound: dict[str, dict[int, ast.AST]] = field(default_factory=dict)
    imports: dict[str, set[str]] = field(default_factory=dict)
    stars: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)

    def add(self, tree: ast.Module) -> None:
        """Take in the statements of one cell.

        A definition at the very top replaces what its name stood for in earlier cells (an
        experiment with `criterion = nn.BCELoss()` is over once `criterion` is written by hand),
        unless something kept the earlier meaning under another name.
        """
        for node in flat_statements(tree.body):
            if isinstance(node, DefinitionNode):
                if node in tree.body and node.name not in self.kept:
                    self.bound.pop(node.name, None)
                    self.imports.pop(node.name, None)
                self._bind(node.name, node)
            elif isinstance(node, ast.Import | ast.ImportFrom):
                self._import(node)
            else:
                self.kept |= kept_names(node)
                for root in bound_names(node, changed=True):
                    for part in _own_parts(node):
                        self._bind(root, part)
        for node in flat_statements(tree.body):
            if isinstance(node, DefinitionNode):
                for part in ast.walk(node):
                    if isinstance(part, ast.Global):
                        for name in part.names:
                            self._bind(name, node)

    def _bind(self, name: str, node: ast.AST) -> None:
        self.bound.setdefault(name, {})[id(node)] = node

    @cached_property
    def methods(self) -> frozenset[str]:
        """The names of all methods that the classes of this module define."""
        classes = [
            node
            for nodes in self.bound.values()
            for node in nodes.values()
            if isinstance(node, ast.ClassDef)
        ]
        return frozenset(
            part.name for node in classes for part in node.body if isinstance(part, DefinitionNode)
        )

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        for local, dotted in imported(node):
            if local == "*":
                self.stars.add(dotted)
            else:
                self.imports.setdefault(local, set()).add(dotted)


def kept_names(node: ast.stmt) -> set[str]:
    """Names whose value a statement stores elsewhere: `c` in `old = c`, `[c]`, `partial(c)`.

    What is only called, or given to a call that is no more than a statement, is not stored.
    """
    if not isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) or node.value is None:
        return set()
    called = {
        id(part.func)
        for part in ast.walk(node.value)
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Name)
    }
    return {
        part.id
        for part in ast.walk(node.value)
        if isinstance(part, ast.Name) and id(part) not in called
    }


def imported(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    """(local name, dotted name) for each name that an import binds; "*" for all of a module."""
    for alias in node.names:
        if isinstance(node, ast.Import):
            top = alias.name.partition(".")[0]
            yield (alias.asname, alias.name) if alias.asname else (top, top)
        elif alias.name == "*":
            yield "*", node.module or ""
        else:
            dotted = f"{node.module}.{alias.name}" if node.module else alias.name
            yield alias.asname or alias.name, dotted


Alias = tuple[bool, tuple[str, ...]]


def aliases_in(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, Alias]]:
    """(name, what it stands for), by an import (True: absolute) or by `name = other.name`."""
    for node in nodes:
        if isinstance(node, ast.Import | ast.ImportFrom):
            for local, full in imported(node):
                yield local, (True, tuple(full.split(".")))
        elif isinstance(node, ast.Assign):
            chain = dotted(node.value)
            for target in node.targets:
                if isinstance(target, ast.Name) and chain is not None:
                    yield target.id, (False, tuple(chain))


def own_nodes(function: Function) -> Iterator[ast.AST]:
    """The nodes in the body of a function, those of functions inside it left aside."""
    pending: list[ast.AST] = list(function.body)
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, DefinitionNode | ast.Lambda):
            pending += ast.iter_child_nodes(node)


def _own_parts(node: ast.stmt) -> list[ast.AST]:
    """A simple statement itself; of a compound one what stands before its body."""
    if not hasattr(node, "body"):
        return [node]
    children = ast.iter_child_nodes(node)
    return [part for part in children if not isinstance(part, ast.stmt | ast.ExceptHandler)]


def local_names(node: Function | ast.Lambda | Comprehension) -> set[str]:
    """The names that are local to a function or comprehension, those of nested ones left aside."""
    names: set[str] = set()
    outer: set[str] = set()
    pending: list[ast.AST] = []
    if isinstance(node, Comprehension):
        pending += [part.target for part in node.generators]
    else:
        every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        every += [arg for arg in (node.args.vararg, node.args.kwarg) if arg is not None]
        names.update(arg.arg for arg in every)
        pending += node.body if isinstance(node, Function) else [node.body]
    while pending:
        part = pending.pop()
        if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load):
            names.add(part.id)
        elif isinstance(part, ast.Import | ast.ImportFrom):
            names.update(local for local, _ in imported(part) if local != "*")
        elif isinstance(part, ast.Global | ast.Nonlocal):
            outer.update(part.names)
        elif isinstance(part, DefinitionNode):
            names.add(part.name)
            continue
        elif isinstance(part, ast.Lambda | Comprehension):
            continue
        elif isinstance(part, ast.ExceptHandler) and part.name:
            names.add(part.name)
        pending += ast.iter_child_nodes(part)
    return names - outer


def dotted(node: ast.AST) -> list[str] | None:
    """["torch", "nn", "BCELoss"] for `torch.nn.BCELoss`; None if it isn't names all the way."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    return [node.id, *reversed(parts)]


def constant_text(node: ast.AST, most: int = 50) -> str | None:
    """A string that is written as one, or as a sum, f-string or join of such; else None."""
    if most <= 0:
        return None
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = constant_text(node.left, most - 1), constant_text(node.right, most - 1)
        return left + right if left is not None and right is not None else None
    if isinstance(node, ast.JoinedStr):
        return _joined("", list(node.values), most)
    if isinstance(node, ast.FormattedValue) and node.format_spec is None:
        return constant_text(node.value, most - 1)
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "join"
        and len(node.args) == 1
        and isinstance(node.args[0], ast.List | ast.Tuple)
    ):
        between = constant_text(node.func.value, most - 1)
        return _joined(between, node.args[0].elts, most) if between is not None else None
    return None


def _joined(between: str, parts: list[ast.expr], most: int) -> str | None:
    texts = [constant_text(part, most - 1) for part in parts]
    known = [text for text in texts if text is not None]
    return between.join(known) if len(known) == len(texts) else None
