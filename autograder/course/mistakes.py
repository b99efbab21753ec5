"""Reads mistakes.py: known wrong answers as source text, each to be run in a worker.

The file is parsed, never imported: the judge has no torch, and a mistake is student code. A
mistake is the reference with one definition replaced. What runs is the reference's source,
the file's own imports and undecorated helpers, then that definition under the entry point's
name (or, with `cell=True`, the function's body as a cell).
"""

from __future__ import annotations

import ast
import textwrap
from dataclasses import dataclass
from pathlib import Path

from autograder.course.model import Exercise
from autograder.errors import CourseError


@dataclass(frozen=True, slots=True)
class Mistake:
    """One known wrong answer: `cells` are run after the reference's own source.

    `fails` is the check that catches it first, `hint` what a student who made it reads, `ids`
    the rows of the catalogue of mistakes that it stands for.
    """

    name: str
    ids: tuple[str, ...]
    fails: str
    hint: str
    cells: tuple[str, ...]


def load_mistakes(exercise: Exercise) -> tuple[Mistake, ...]:
    """The mistakes of an exercise, in the order of its file; none where there is no file."""
    path = exercise.folder / "mistakes.py"
    if not path.exists():
        return ()
    source = path.read_text(encoding="utf-8")
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise CourseError(path, f"line {error.lineno}: {error.msg}", "mend the syntax") from None
    common = "\n\n".join(
        ast.get_source_segment(source, node, padded=True) or ""
        for node in tree.body
        if _decorator(node) is None and not _is_course_import(node) and not _is_docstring(node)
    )
    found = tuple(
        _mistake(path, exercise, source, common, node, decorator)
        for node in tree.body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and (decorator := _decorator(node))
    )
    names = [mistake.name for mistake in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise CourseError(path, f"{', '.join(twice)} stands twice", "give each a name of its own")
    return found


def _mistake(
    path: Path,
    exercise: Exercise,
    source: str,
    common: str,
    node: ast.FunctionDef | ast.ClassDef,
    decorator: ast.Call,
) -> Mistake:
    options = {word.arg: word.value for word in decorator.keywords}
    fails, hint = options.get("fails"), ast.get_docstring(node)
    if not isinstance(fails, ast.Name) or fails.id not in {check.name for check in exercise.checks}:
        raise CourseError(
            path, f"{node.name}: fails= names no check", "name a function of checks.py"
        )
    if not hint:
        raise CourseError(path, f"{node.name} has no docstring", "write its hint there")
    target = _constant(options.get("replaces")) or next(iter(exercise.entry_points))
    if target not in exercise.entry_points:
        raise CourseError(
            path, f"{node.name}: replaces= {target!r}", "name an entry point of the exercise"
        )
    if len(exercise.entry_points) > 1 and "replaces" not in options and "cell" not in options:
        raise CourseError(
            path, f"{node.name} says not what it replaces", "add replaces='<entry point>'"
        )
    renamed = f"{_definition(source, node)}\n\n{target} = {node.name}\n"
    cell = _body(source, node) if "cell" in options else renamed
    ids = tuple(part.strip() for part in _constant(options.get("id")).split(",") if part.strip())
    return Mistake(node.name, ids, fails.id, " ".join(hint.split()), (common, cell))


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
