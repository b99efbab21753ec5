"""Runs a submission's code, one statement after another: what fails costs itself. Worker side."""

from __future__ import annotations
import __future__

import ast
import asyncio
import copy
import functools
import inspect
import linecache
import re
import types
from collections.abc import Iterable
from typing import Any

FUTURE_FLAGS = __future__.annotations.compiler_flag
"""The one `from __future__` import that changes anything today holds for later cells, too."""
SEVERAL = re.compile(r";|^[ \t]*(?:import|from)\b[^,]*,", re.MULTILINE)
"""Where several statements may stand in one, or several names in an import."""
NEED_A_LOOP = frozenset({"create_task", "ensure_future", "get_running_loop"})
"""What runs in a notebook without `await`, and not in a script."""


def run_cell(source: str, key: str, namespace: dict[str, Any], future: int = 0) -> int:
    """Runs one cell, a statement as the judge has cut it, in `namespace`; `key` names it in
    tracebacks and in `inspect.getsource`.

    `future` are the compiler flags of `from __future__` imports in earlier cells; returns
    those that hold after this one.
    """
    parts = statements(source, key) if SEVERAL.search(source) else (source,)
    return _run(parts, source, key, namespace, future)


def run_statements(source: str, key: str, namespace: dict[str, Any]) -> None:
    """Runs code of any length to its end, as `run_cell` does."""
    _run(statements(source, key), source, key, namespace, 0)


def _run(
    parts: Iterable[str | ast.Module], source: str, key: str, namespace: dict[str, Any], future: int
) -> int:
    """Runs all parts, whichever of them fail; the first exception is raised afterwards."""
    linecache.cache[key] = (len(source), None, lines(source), key)
    first: Exception | None = None
    for part in parts:
        make = compiled if isinstance(part, str) else compiled.__wrapped__
        try:
            code = make(part, key, future)
            future |= int(code.co_flags & FUTURE_FLAGS)
            execute(code, namespace)
        except Exception as error:
            first = first or error
    if first is not None:
        raise first
    return future


@functools.cache
def compiled(source: str | ast.Module, key: str, future: int) -> types.CodeType:
    """The code of a cell or helper; checks define the same helpers over and over."""
    flags = future | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    code: types.CodeType = compile(source, key, "exec", flags=flags, dont_inherit=True)
    return code


def statements(source: str, key: str) -> list[ast.Module]:
    """What code does, one after another: an import that fails costs no other on its line."""
    found: list[ast.stmt] = []
    for node in ast.parse(source, key).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            found += [_with_one_name(node, alias) for alias in node.names]
        else:
            found.append(node)
    return [ast.Module([node], []) for node in found]


def _with_one_name(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> ast.stmt:
    one = copy.copy(node)
    one.names = [alias]
    return one


def lines(source: str) -> list[str]:
    """The lines as Python counts them; a form feed or a separator of Unicode ends none."""
    return [line + "\n" for line in source.split("\n")]


def execute(code: types.CodeType, namespace: dict[str, Any]) -> None:
    """Runs a statement, in a running loop if it may ask for one."""
    if not (code.co_flags & inspect.CO_COROUTINE or NEED_A_LOOP.intersection(code.co_names)):
        exec(code, namespace)
        return

    async def run() -> None:
        found = eval(code, namespace)
        if code.co_flags & inspect.CO_COROUTINE:
            await found

    _loop().run_until_complete(run())


@functools.cache
def _loop() -> asyncio.AbstractEventLoop:
    """One for all cells, as in Jupyter: a task that one begins another awaits."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    return loop
