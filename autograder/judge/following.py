"""Following names from one definition to the next, with Python's scopes."""

from __future__ import annotations

import ast
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from autograder.judge.scopes import (
    Alias,
    ModuleNames,
    aliases_in,
    constant_text,
    dotted,
    local_names,
    own_nodes,
)
from autograder.submissions.syntax import Comprehension, Function, parse

_MOST_NODES = 5000
_MOST_USES = 50_000
_MOST_ALIASES = 10
_BY_TEXT = frozenset({"getattr", "hasattr", "attrgetter", "methodcaller", "setattr"})
_BY_CODE = frozenset({"eval", "exec", "compile"})
_BY_MODULE = frozenset({"import_module", "__import__"})
_TABLES = frozenset({"globals", "locals", "vars"})

Scope = Mapping[str, set[Alias]]


@dataclass(slots=True)
class Search:
    """One walk from an entry point: the `names` found, and what is still to be followed.

    Bounded in nodes and in uses of names, since the code is hostile.
    """

    modules: Mapping[str, ModuleNames]
    names: set[str] = field(default_factory=set)
    _pending: list[tuple[ModuleNames, ast.AST]] = field(default_factory=list)
    _seen: set[int] = field(default_factory=set)
    _aliases: dict[tuple[str, str], set[Alias]] = field(default_factory=dict)
    _uses: int = 0

    def run(self) -> None:
        """Follow everything that was reached."""
        while self._pending and len(self._seen) < _MOST_NODES:
            module, node = self._pending.pop()
            if id(node) in self._seen:
                continue
            self._seen.add(id(node))
            try:
                _Visitor(self, module).visit(node)
            except RecursionError:
                self._take_all(node)

    def use(self, chain: tuple[str, ...], scopes: Sequence[Scope], module: ModuleNames) -> None:
        """Note the use of a name or a dotted name, and follow what it stands for."""
        self._use(chain, scopes, module, _MOST_ALIASES)

    def add(self, parts: Sequence[str]) -> None:
        """Note a dotted name: as a whole, and the attributes in it."""
        parts = [unicodedata.normalize("NFKC", part) for part in parts]
        self.names.add(".".join(parts))
        self.names.update(parts[1:])

    def _use(
        self, chain: tuple[str, ...], scopes: Sequence[Scope], module: ModuleNames, most: int
    ) -> None:
        self._uses += 1
        if most == 0 or self._uses > _MOST_USES:
            return
        root, rest = chain[0], chain[1:]
        depth = _depth_of(root, scopes)
        aliases = self._module_aliases(root, module) if depth < 0 else scopes[depth][root]
        visible = scopes[: depth + 1]
        own = depth >= 0 or root in module.bound
        for absolute, target in aliases:
            if absolute:
                own = self._resolve((*target, *rest), most) or own
            elif target != chain:
                self._use((*target, *rest), visible, module, most - 1)
        is_own_method = root in {"self", "cls"} and rest[:1] and rest[0] in module.methods
        if not is_own_method and (not own or (rest and not self._is_helper(aliases))):
            self.add(chain)

    def _module_aliases(self, root: str, module: ModuleNames) -> set[Alias]:
        """What a name at the top of a module stands for; what binds it is to be followed."""
        if (module.name, root) in self._aliases:
            return self._aliases[module.name, root]
        nodes = list(module.bound.get(root, {}).values())
        self._pending += [(module, node) for node in nodes]
        aliases = {alias for name, alias in aliases_in(nodes) if name == root}
        aliases |= {(True, tuple(full.split("."))) for full in module.imports.get(root, ())}
        if not aliases and not nodes:
            helpers = [star for star in module.stars if star in self.modules]
            binding = [star for star in helpers if self._binds(star, root)]
            stars = binding or module.stars.difference(helpers)
            aliases = {(True, (*star.split("."), root)) for star in stars}
        self._aliases[module.name, root] = aliases
        return aliases

    def _binds(self, module: str, name: str) -> bool:
        helper = self.modules[module]
        return name in helper.bound or name in helper.imports

    def _is_helper(self, aliases: set[Alias]) -> bool:
        return any(absolute and target[0] in self.modules for absolute, target in aliases)

    def _resolve(self, full: tuple[str, ...], most: int) -> bool:
        """An imported name: followed into a helper file (True), or noted (False)."""
        for cut in range(len(full) - 1, 0, -1):
            helper = self.modules.get(".".join(full[:cut]))
            if helper is not None:
                self._use(full[cut:], [], helper, most - 1)
                return True
        self.add(full)
        return False

    def _take_all(self, node: ast.AST) -> None:
        """For code that is nested too deeply to follow: every name in it."""
        for part in ast.walk(node):
            if isinstance(part, ast.Name):
                self.names.add(part.id)
            elif isinstance(part, ast.Attribute):
                self.names.add(part.attr)


class _Visitor(ast.NodeVisitor):
    """Walks one definition with Python's scopes."""

    def __init__(self, search: Search, module: ModuleNames) -> None:
        self.search = search
        self.module = module
        self.scopes: list[Scope] = []

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self.search.use((node.id,), self.scopes, self.module)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        chain = dotted(node)
        if chain is not None:
            self.search.use(tuple(chain), self.scopes, self.module)
        else:
            self.search.names.add(node.attr)
            self.visit(node.value)

    def visit_Call(self, node: ast.Call) -> None:
        self.generic_visit(node)
        called = (dotted(node.func) or [""])[-1]
        texts = [text for text in map(constant_text, node.args) if text is not None]
        if called in _BY_TEXT:
            base = dotted(node.args[0]) if called in {"getattr", "hasattr"} else None
            for text in texts:
                if base is not None:
                    normal = unicodedata.normalize("NFKC", text)
                    self.search.use((*base, normal), self.scopes, self.module)
                else:
                    self.search.names.update(text.split("."))
        elif called in _BY_MODULE:
            for text in texts:
                self.search.add(text.split("."))
        elif called in _BY_CODE:
            for text in texts[:1]:
                tree = parse(text)
                if tree is not None:
                    self.visit(tree)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self.generic_visit(node)
        text = constant_text(node.slice)
        if text is None:
            return
        if isinstance(node.value, ast.Call):
            called = dotted(node.value.func)
            if called is not None and called[-1] in _TABLES:
                self.search.use((text,), [], self.module)
        elif isinstance(node.value, ast.Attribute) and node.value.attr == "__dict__":
            self.search.names.add(text)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.visit(node.target)
        if node.value is not None:
            self.visit(node.value)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._function(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._defaults(node.args)
        self._inside(node, [node.body])

    def visit_ListComp(self, node: ast.ListComp) -> None:
        self._comprehension(node, [node.elt])

    def visit_SetComp(self, node: ast.SetComp) -> None:
        self._comprehension(node, [node.elt])

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> None:
        self._comprehension(node, [node.elt])

    def visit_DictComp(self, node: ast.DictComp) -> None:
        self._comprehension(node, [node.key, node.value])

    def _function(self, node: Function) -> None:
        for decorator in node.decorator_list:
            self.visit(decorator)
        self._defaults(node.args)
        self._inside(node, node.body)

    def _defaults(self, arguments: ast.arguments) -> None:
        for default in (*arguments.defaults, *arguments.kw_defaults):
            if default is not None:
                self.visit(default)

    def _comprehension(self, node: Comprehension, results: Sequence[ast.expr]) -> None:
        self.visit(node.generators[0].iter)
        inside: list[ast.AST] = [part.iter for part in node.generators[1:]]
        inside += [test for part in node.generators for test in part.ifs]
        self._inside(node, [*inside, *results])

    def _inside(
        self, node: Function | ast.Lambda | Comprehension, parts: Sequence[ast.AST]
    ) -> None:
        scope: dict[str, set[Alias]] = {name: set() for name in local_names(node)}
        if isinstance(node, Function):
            for name, alias in aliases_in(own_nodes(node)):
                if name in scope:
                    scope[name].add(alias)
        self.scopes.append(scope)
        for inner in parts:
            self.visit(inner)
        self.scopes.pop()


def _depth_of(root: str, scopes: Sequence[Scope]) -> int:
    """The index of the innermost scope that binds a name; -1 if none does."""
    return next((at for at in range(len(scopes) - 1, -1, -1) if root in scopes[at]), -1)
