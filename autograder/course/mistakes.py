"""Reads mistakes.py: known wrong answers as source text, each to be run in a worker.

The file is parsed, never imported: the judge has no torch, and a mistake is student code. A
mistake is the reference with one definition replaced. What runs is the reference's source,
the file's own imports and undecorated helpers, then that definition under the entry point's
name (or, with `cell=True`, the function's body as a cell).
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.course.load import parameters
from autograder.course.model import Exercise
from autograder.course.texts import read_python, read_text
from autograder.errors import CourseError, did_you_mean

FILE = "mistakes.py"
OPTIONS = ("fails", "replaces", "cell", "ids")


@dataclass(frozen=True, slots=True)
class Mistake:
    """One known wrong answer: `cells` are run after the reference's own source.

    `fails` is the check that catches it first, `hint` what a student who made it reads, `ids`
    the rows of the catalogue of mistakes that it stands for, `line` where it stands in the file.
    """

    name: str
    ids: tuple[str, ...]
    fails: str
    hint: str
    cells: tuple[str, ...]
    line: int = 0


def load_mistakes(exercise: Exercise) -> tuple[Mistake, ...]:
    """The mistakes of an exercise, in the order of its file; none where there is no file."""
    path = exercise.folder / FILE
    checks = {check.name for check in exercise.checks}
    return read_mistakes(path, exercise.entry_points, checks) if path.exists() else ()


def read_mistakes(
    path: Path, entry_points: Mapping[str, tuple[str, ...]], checks: Collection[str]
) -> tuple[Mistake, ...]:
    """The mistakes in a file, for an exercise with these entry points and names of checks."""
    source, tree = read_text(path), read_python(path)
    common = "\n\n".join(
        ast.get_source_segment(source, node, padded=True) or ""
        for node in tree.body
        if _decorator(node) is None and not _is_course_import(node) and not _is_docstring(node)
    )
    found = tuple(
        _mistake(path, entry_points, checks, source, common, node, decorator)
        for node in tree.body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and (decorator := _decorator(node))
    )
    names: set[str] = set()
    for one in found:
        if one.name in names:
            fact = f"the mistake {one.name} is defined twice"
            raise CourseError(path, fact, "rename one of the two", one.line)
        names.add(one.name)
    return found


def _mistake(
    path: Path,
    entry_points: Mapping[str, tuple[str, ...]],
    checks: Collection[str],
    source: str,
    common: str,
    node: ast.FunctionDef | ast.ClassDef,
    decorator: ast.Call,
) -> Mistake:
    options = {word.arg: word.value for word in decorator.keywords}
    fails, hint = _name(options.get("fails")), ast.get_docstring(node)
    target = _constant(options.get("replaces")) or next(iter(entry_points))
    known = ", ".join(entry_points)
    problem = None
    if unknown := [option for option in options if option not in OPTIONS]:
        remedy = f"use one of {', '.join(OPTIONS)}{did_you_mean(str(unknown[0]), OPTIONS)}"
        problem = f"{node.name}: @mistake has no {unknown[0]}=", remedy
    elif fails not in checks:
        problem = f"{node.name}: fails= names no check", "name a check of checks.py or hidden.py"
    elif not hint:
        problem = f"{node.name} has no docstring", "write its hint there, as a question"
    elif target not in entry_points:
        problem = f"{node.name}: replaces={target!r}", f"name an entry point: {known}"
    elif len(entry_points) > 1 and "replaces" not in options and "cell" not in options:
        problem = f"{node.name} does not say what it replaces", f"add replaces= ({known})"
    elif isinstance(node, ast.FunctionDef) and "cell" not in options:
        wanted, has = entry_points[target], parameters(node)
        if has != wanted:
            fact = f"{node.name}({', '.join(has)}) replaces {target}({', '.join(wanted)})"
            problem = fact, "give it the same parameters"
    if problem is not None:
        raise CourseError(path, *problem, node.lineno)
    assert hint is not None
    renamed = f"{_definition(source, node)}\n\n{target} = {node.name}\n"
    cell = _body(source, node) if "cell" in options else renamed
    ids = tuple(part.strip() for part in _constant(options.get("ids")).split(",") if part.strip())
    return Mistake(node.name, ids, fails, " ".join(hint.split()), (common, cell), node.lineno)


def _decorator(node: ast.stmt) -> ast.Call | None:
    for decorator in getattr(node, "decorator_list", ()):
        if isinstance(decorator, ast.Call) and getattr(decorator.func, "id", "") == "mistake":
            return decorator
    return None


def _is_course_import(node: ast.stmt) -> bool:
    """`from autograder.authoring import ..` and `from .checks import ..` are for editors only."""
    if not isinstance(node, ast.ImportFrom):
        return False
    return node.level > 0 or (node.module or "").split(".")[0] == "autograder"


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _name(node: ast.expr | None) -> str:
    """A name, or the text that stands for one."""
    return node.id if isinstance(node, ast.Name) else _constant(node)


def _constant(node: ast.expr | None) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else ""


def _definition(source: str, node: ast.FunctionDef | ast.ClassDef) -> str:
    """The definition without its decorators."""
    lines = source.splitlines()
    return "\n".join(lines[node.lineno - 1 : node.end_lineno])


def _body(source: str, node: ast.FunctionDef | ast.ClassDef) -> str:
    """What stands in the function after its docstring, dedented."""
    lines = source.splitlines()
    first = node.body[1].lineno if len(node.body) > 1 else node.lineno
    return textwrap.dedent("\n".join(lines[first - 1 : node.end_lineno])) + "\n"
