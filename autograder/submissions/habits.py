"""Old or unusual forms in a student's code, told kindly: a note, never a reason for fewer points.

The patterns are data, the `[[habits]]` of assignment.toml. Each has `says` and one or more
conditions, which must all hold at one place:

    call = "torch.autograd.Variable"    this function is called, under any import or alias
    method = "forward"                  a method of this name is called
    keyword = "size_average"            a call has this keyword argument
    argument = "torch.ByteTensor"       a call has this name among its arguments
    name = "torch.ByteTensor"           this name is used at all
    attribute = ".data[0]"              this attribute is read, and indexed if "[0]" is given: of a
                                        tensor as far as can be told, so not of a module, of
                                        `self`, or of what another library gave
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence

from autograder.submissions.code import Parsed, dotted
from autograder.submissions.model import Habit

_KINDS = (ast.Call, ast.Attribute, ast.Name, ast.Subscript)
"""All that a condition can be about."""


def habits(code: Parsed, patterns: Sequence[Habit]) -> tuple[str, ...]:
    """One note for each pattern that occurs: its first place, how often, and what it says."""
    text = "\n".join(part.cell.source for part in code.parts)
    occurring = [habit for habit in patterns if _may_occur(habit, text)]
    if not occurring:
        return ()
    places: dict[Habit, list[str]] = {}
    others = _no_tensors(code) if any(habit.attribute for habit in occurring) else {}
    for part in code.parts:
        imports = code.imports[part.module]
        for node in ast.walk(part.tree):
            if not isinstance(node, _KINDS):  # most are not: this is what makes it quick
                continue
            for habit in occurring:
                if _matches(habit, node, imports, others.get(part.module, ())):
                    line = getattr(node, "lineno", 1)
                    places.setdefault(habit, []).append(part.cell.where(line))
    return tuple(
        f"{found[0]}{_more(len(found) - 1)}: {habit.says}"
        for habit in patterns
        if (found := places.get(habit))
    )


def _may_occur(habit: Habit, text: str) -> bool:
    """Whether code could match at all: each part of a name is written somewhere, if only in an
    import. Most code is not walked for it."""
    conditions = (habit.call, habit.keyword, habit.argument, habit.name)
    names = [part for name in conditions if name for part in name.split(".")]
    if habit.method:
        names.append(f".{habit.method}")
    if habit.attribute:
        names.append(habit.attribute.removesuffix("[0]"))
    return all(name in text for name in names)


def _more(count: int) -> str:
    return f" (and {count} more)" if count > 0 else ""


def _matches(
    habit: Habit, node: ast.AST, imports: Mapping[str, str], others: Collection[str]
) -> bool:
    conditions: list[bool] = []
    if habit.call or habit.method or habit.keyword or habit.argument:
        if not isinstance(node, ast.Call):
            return False
        conditions += _call_conditions(habit, node, imports)
    if habit.name:
        conditions.append(habit.name in _resolved(node, imports))
    if habit.attribute:
        conditions.append(_has_attribute(habit.attribute, node, others))
    return all(conditions)


def _call_conditions(habit: Habit, node: ast.Call, imports: Mapping[str, str]) -> Iterator[bool]:
    if habit.call:
        yield habit.call in _resolved(node.func, imports)
    if habit.method:
        yield (
            isinstance(node.func, ast.Attribute)
            and node.func.attr == habit.method
            and not _is_super(node.func.value)
        )
    if habit.keyword:
        yield any(keyword.arg == habit.keyword for keyword in node.keywords)
    if habit.argument:
        arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
        yield any(habit.argument in _resolved(argument, imports) for argument in arguments)


def _resolved(node: ast.AST, imports: Mapping[str, str]) -> set[str]:
    """A dotted name as it is written, and through the imports."""
    chain = dotted(node)
    if chain is None:
        return set()
    written = ".".join(chain)
    full = ".".join([imports.get(chain[0], chain[0]), *chain[1:]])
    return {written, full}


def _no_tensors(code: Parsed) -> dict[str, set[str]]:
    """For each module the names that it imports, and of what other libraries than torch gave."""
    found: dict[str, set[str]] = {}
    for part in code.parts:
        imports = code.imports[part.module]
        names = found.setdefault(part.module, set(imports))
        for node in ast.walk(part.tree):
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                top = (dotted(node.value.func) or [""])[0]
                if top in names and imports.get(top, "").split(".")[0] != "torch":
                    names.update(name.id for name in node.targets if isinstance(name, ast.Name))
    return found


def _has_attribute(pattern: str, node: ast.AST, others: Collection[str]) -> bool:
    if pattern.endswith("[0]"):
        if not (isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant)):
            return False
        if node.slice.value != 0:
            return False
        node, pattern = node.value, pattern.removesuffix("[0]")
    if not (isinstance(node, ast.Attribute) and node.attr == pattern.removeprefix(".")):
        return False
    chain = dotted(node.value) or [""]
    return chain != ["self"] and chain[0] not in others


def _is_super(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"
    )
