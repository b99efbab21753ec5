"""What is hidden: taken out of a checks.py, and looked for in all that is released.

What stays of a checks.py: its docstring, the visible checks, and every import, constant and
helper that they use, directly or through each other. What goes: hidden checks and all that only
they use, with the comments above it. The text that stays is the author's own, line by line.

A part of the file is one top-level statement with the comment right above it. A comment that
stands alone, between blank lines, heads the parts down to the next such comment, and stays if
one of them does.
"""

from __future__ import annotations

import ast
import json
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autograder.course.hints import HINTS
from autograder.course.mistakes import load_mistakes
from autograder.course.model import Assignment, Check, Exercise
from autograder.errors import CourseError

LINE = 100
REGION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)
TELLING = 16
"""Lines of a solution or a mistake with so many characters must not be released."""
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
Import = ast.Import | ast.ImportFrom
Target = ast.Name | ast.Attribute | ast.Subscript


@dataclass(slots=True)
class Part:
    """Lines `first` to `last` (1-based, with the comment above), and the statements in them."""

    first: int
    last: int
    nodes: list[ast.stmt]
    heading: tuple[int, int] | None = None
    bound: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)


def visible_part(path: Path, checks: Sequence[Check]) -> str:
    """The source of `path` without what is hidden; `checks` are those that it defines.

    Raises CourseError where a visible check comes after a hidden one, or uses one.
    """
    source = path.read_text(encoding="utf-8")
    hidden = {check.name for check in checks if not check.visible}
    visible = {check.name for check in checks if check.visible}
    for check in checks:
        if check.visible and (before := hidden.intersection(check.after)):
            problem = (
                f"the visible check {check.name} comes after {_listed(before)}, which is hidden"
            )
            raise CourseError(path, problem, "hide both, or neither")
    parts = _parts(source)
    kept, used = _closure(parts, visible)
    if reached := hidden & used:
        problem = f"what the visible checks use mentions {_listed(reached)}, which is hidden"
        raise CourseError(path, problem, "take the name out, or hide the check that uses it")
    return _text(source.splitlines(), parts, kept, used)


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names))


# -- reading the parts ----------------------------------------------------------------------


def _parts(source: str) -> list[Part]:
    """The top-level statements in their order; those that share a line are one part, and so are
    a constant and the string below it."""
    lines = source.splitlines()
    parts: list[Part] = []
    heading: tuple[int, int] | None = None
    for node in ast.parse(source).body:
        first, last = _first_line(node), node.end_lineno or node.lineno
        if parts and (first <= parts[-1].last or _describes(node, parts[-1])):
            part = parts[-1]
            part.last = max(part.last, last)
            part.nodes.append(node)
        else:
            above = _comments(lines, parts[-1].last + 1 if parts else 1, first - 1)
            attached = above.pop()[0] if above and above[-1][1] == first - 1 else first
            heading = above[-1] if above else heading
            part = Part(attached, last, [node], heading)
            parts.append(part)
        part.bound |= set(_bound(node))
        part.used |= {leaf.id for leaf in ast.walk(node) if isinstance(leaf, ast.Name)}
    return parts


def _describes(node: ast.stmt, part: Part) -> bool:
    """A string right below a constant is what documents it."""
    return _is_docstring(node) and isinstance(part.nodes[-1], ast.Assign | ast.AnnAssign)


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _comments(lines: Sequence[str], first: int, last: int) -> list[tuple[int, int]]:
    """Blocks of comment lines between two lines (1-based, both included)."""
    blocks: list[tuple[int, int]] = []
    for number in range(first, last + 1):
        if not lines[number - 1].strip():
            continue
        if blocks and blocks[-1][1] == number - 1:
            blocks[-1] = (blocks[-1][0], number)
        else:
            blocks.append((number, number))
    return blocks


def _bound(node: ast.AST) -> Iterator[str]:
    """Names that a statement gives or changes at module level: `a = `, `a[0] = `, `def a`."""
    if isinstance(node, Definition):
        yield node.name
    elif isinstance(node, Import):
        yield from map(_local_name, node.names)
    elif isinstance(node, Target) and not isinstance(node.ctx, ast.Load):
        root: ast.expr = node
        while isinstance(root, ast.Attribute | ast.Subscript):
            root = root.value
        if isinstance(root, ast.Name):
            yield root.id
    elif not isinstance(node, ast.Lambda):
        for child in ast.iter_child_nodes(node):
            yield from _bound(child)


def _local_name(alias: ast.alias) -> str:
    return alias.asname or alias.name.partition(".")[0]


# -- choosing -------------------------------------------------------------------------------


def _closure(parts: Sequence[Part], wanted: set[str]) -> tuple[list[Part], set[str]]:
    """The parts that give the wanted names, and those that they use in turn; and all names.

    A statement that gives no name (a call for its effect) stays if all it uses stays anyway.
    """
    names = set(wanted)
    chosen: set[int] = set()
    known = {name for part in parts for name in part.bound}
    while True:
        more = {
            index
            for index, part in enumerate(parts)
            if index not in chosen
            and (part.bound & names or _is_future(part) or _only_uses(part, names, known))
        }
        if not more:
            return [part for index, part in enumerate(parts) if index in chosen], names
        chosen |= more
        for index in more:
            if not all(isinstance(node, Import) for node in parts[index].nodes):
                names |= parts[index].used | parts[index].bound


def _only_uses(part: Part, names: set[str], known: set[str]) -> bool:
    own = part.used & known
    return not part.bound and bool(own) and own <= names


def _is_future(part: Part) -> bool:
    (node, *_) = part.nodes
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


# -- writing --------------------------------------------------------------------------------


def _text(lines: Sequence[str], parts: Sequence[Part], kept: Sequence[Part], used: set[str]) -> str:
    """The kept parts as they stand, blank lines between them as they were, two at most."""
    out: list[str] = []
    shown_heading: tuple[int, int] | None = None
    if parts and _is_docstring(parts[0].nodes[0]) and parts[0] not in kept:
        kept = [parts[0], *kept]
    for part in kept:
        blocks = [_source(lines, part, used)]
        first = part.first
        if part.heading and part.heading != shown_heading:
            shown_heading = part.heading
            between = _blank_lines_above(lines, part.first)
            first = part.heading[0]
            blocks[:0] = [*lines[part.heading[0] - 1 : part.heading[1]], *[""] * between]
        if out:
            out += [""] * _blank_lines_above(lines, first)
        out += blocks
    return "\n".join(out) + "\n"


def _blank_lines_above(lines: Sequence[str], number: int) -> int:
    count = 0
    while count < 2 and number - 2 - count >= 0 and not lines[number - 2 - count].strip():
        count += 1
    return count


def _source(lines: Sequence[str], part: Part, used: set[str]) -> str:
    """The part's own lines; an import of several names only with those that are used."""
    (node, *others) = part.nodes
    if not others and isinstance(node, Import):
        names = [alias for alias in node.names if _local_name(alias) in used]
        if len(names) < len(node.names) and not _is_future(part):
            node.names = names
            return _wrapped(ast.unparse(node))
    return "\n".join(lines[part.first - 1 : part.last])


def _wrapped(line: str) -> str:
    if len(line) <= LINE or " import " not in line:
        return line
    head, _, names = line.partition(" import ")
    body = textwrap.fill(names, LINE, initial_indent="    ", subsequent_indent="    ")
    return f"{head} import (\n{body},\n)"


def _is_docstring(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


# -- looking for what is hidden -------------------------------------------------------------


def leaks(assignment: Assignment, files: Mapping[str, bytes]) -> list[str]:
    """Where the files hold a hidden check's name, or a line of a solution or of a mistake.

    Lines that a visible check, a stub or show.py has as well don't count: they are idioms
    (`optimizer.zero_grad()`), or shown on purpose. Hints are prose, so such a line is looked for
    in the middle of theirs, too.
    """
    secrets = _secrets(assignment)
    found = []
    for path, content in files.items():
        text = content.decode()
        there = set(re.findall(r"\w+", text)) | {_bare(line) for line in text.splitlines()}
        if path.endswith(HINTS):
            there |= {secret for secret in secrets if secret in text}
        for secret in sorted(there & set(secrets)):
            found.append(f"{path} holds {secrets[secret]} `{textwrap.shorten(secret, 60)}`")
    return found


def _secrets(assignment: Assignment) -> dict[str, str]:
    """What must stay hidden -> what it is."""
    secrets: dict[str, str] = {}
    public = set(assignment.entry_points)
    for exercise in assignment.exercises:
        folder = exercise.folder.name
        solution = _text_of(exercise, "solution.py")
        secrets |= dict.fromkeys(
            _lines("\n".join(REGION.findall(solution))), f"{folder}/solution.py:"
        )
        for mistake in load_mistakes(exercise):
            secrets |= dict.fromkeys(_lines(mistake.cells[-1]), f"{folder}/mistakes.py:")
        hidden = [check.name for check in exercise.checks if not check.visible]
        secrets |= dict.fromkeys(hidden, f"the hidden check of {folder}:")
        public |= {check.name for check in exercise.checks if check.visible}
        public |= _lines(visible_part(exercise.folder / "checks.py", exercise.checks))
        public |= _lines(REGION.sub("", solution)) | _lines(_text_of(exercise, "show.py"))
    return {secret: what for secret, what in secrets.items() if secret not in public}


def _bare(line: str) -> str:
    """A line of code as it stands in a script, in a comment there, or in a notebook's JSON."""
    line = line.strip()
    if line.startswith('"') and line.endswith(('"', '",')):
        try:
            line = str(json.loads(line.removesuffix(",")))
        except ValueError:
            return line
    return line.strip().removeprefix("# ").strip()


def _lines(code: str) -> set[str]:
    return {line.strip() for line in code.splitlines() if len(line.strip()) >= TELLING}


def _text_of(exercise: Exercise, name: str) -> str:
    path = exercise.folder / name
    return path.read_text(encoding="utf-8") if path.exists() else ""
