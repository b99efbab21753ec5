"""Does it compile, and what do its statements bind? Asked of hostile text, without running it.

`compile` parses and never executes; what it can do to its caller is raise, warn or recurse, and
all of that is caught here. Deep nesting ends in RecursionError or MemoryError (the parser's own
limits, tried with 100,000 levels on Python 3.11), not in a crash.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

MOST_KEPT = 8_192
"""Characters of a source whose tree is kept for a while: a tree takes some hundred times that."""
AWAIT_AT_THE_TOP = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
"""As notebooks allow it."""
_TOO_DEEP = "it is nested too deeply"

Function = ast.FunctionDef | ast.AsyncFunctionDef
DefinitionNode = Function | ast.ClassDef
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


@dataclass(frozen=True, slots=True)
class SyntaxProblem:
    """Why a source does not compile: Python's message and the line (1-based) within the source."""

    message: str
    line: int
    incomplete: bool = False


@lru_cache(maxsize=4)
def problem_of(source: str) -> SyntaxProblem | None:
    """What keeps a source from compiling, or None if it compiles."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, "<submission>", "exec", AWAIT_AT_THE_TOP, dont_inherit=True)
    except SyntaxError as error:
        return _from_syntax_error(error, source)
    except (RecursionError, MemoryError):
        return SyntaxProblem(_TOO_DEEP, 1)
    except UnicodeError:
        return SyntaxProblem("it holds characters that are not text (lone surrogates)", 1)
    except (ValueError, OverflowError) as error:
        return SyntaxProblem(str(error) or type(error).__name__, _line_of_null(source))
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


def first_line(node: ast.stmt) -> int:
    """The line (1-based) at which a statement starts, its decorators included."""
    decorators = node.decorator_list if isinstance(node, DefinitionNode) else []
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def flat_statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a module, and those in its `if`, `for`, `try`, `with` and `match`."""
    pending = list(reversed(body))
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, DefinitionNode):
            continue
        inner: list[ast.stmt] = []
        for part in ("body", "orelse", "finalbody"):
            inner += getattr(node, part, [])
        for holder in (*getattr(node, "handlers", []), *getattr(node, "cases", [])):
            inner += holder.body
        pending += reversed(inner)


def bound_names(node: ast.stmt, *, changed: bool = False) -> list[str]:
    """The names that a statement itself binds, by a definition, an import or an assignment.

    "*" is a star import. `changed` adds names of which a part is set: `f` in `f.part = ...` and
    `setattr(f, ...)`. Statements, lambdas and comprehensions inside the statement are left out.
    """
    if isinstance(node, DefinitionNode):
        return [node.name]
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [alias.asname or alias.name.partition(".")[0] for alias in node.names]
    names: list[str] = []
    pending: list[ast.AST] = [node]
    while pending:
        part = pending.pop()
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            names.append(part.id)
        elif changed:
            names += _changed(part)
        inside = ast.iter_child_nodes(part)
        pending += [n for n in inside if not isinstance(n, ast.stmt | ast.Lambda | Comprehension)]
    return names


def _changed(node: ast.AST) -> list[str]:
    """`f` where a node stores to `f.part`, `f[0].part` or `*f`, or calls `setattr(f, ...)`."""
    target: ast.AST | None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        target = node.args[0] if node.func.id == "setattr" and node.args else None
    else:
        target = node if isinstance(getattr(node, "ctx", None), ast.Store) else None
    while isinstance(target, ast.Attribute | ast.Subscript | ast.Starred):
        target = target.value
    return [target.id] if isinstance(target, ast.Name) else []


def shown(line: str, limit: int = 60) -> str:
    """A line of code as part of a note: stripped, cut, without what isn't printable."""
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in line.strip())
    return text if len(text) <= limit else text[: limit - 3] + "..."


def _from_syntax_error(error: SyntaxError, source: str) -> SyntaxProblem:
    message = error.msg or "invalid syntax"
    last = source.count("\n") + 1
    line = min(max(error.lineno or 1, 1), last)
    unfinished = any(word in message for word in ("never closed", "unterminated", "EOF"))
    at_the_end = not "".join(source.split("\n")[line:]).strip()
    return SyntaxProblem(message, line, unfinished or at_the_end)


def _line_of_null(source: str) -> int:
    return source.count("\n", 0, max(source.find("\0"), 0)) + 1
