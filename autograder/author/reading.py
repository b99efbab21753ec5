"""What can be said of checks.py and hidden.py without running them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from autograder.authoring import read_points
from autograder.course.load import HIDDEN, VISIBLE, parameters
from autograder.course.model import FIXTURES
from autograder.course.texts import read_python
from autograder.errors import Problem, did_you_mean
from autograder.judge.expect import Expectation

MATCHERS = frozenset(name for name in vars(Expectation) if not name.startswith("_"))
HEAVY = frozenset({"torch", "torchvision", "tensorflow"})
VERDICTS = frozenset({"expect", "fail", "credit"})
"""What can fail a check."""


@dataclass(slots=True)
class CheckFiles:
    """The checks of an exercise as far as they were read: names in order, and what is wrong.

    `judging` are the functions that can fail a check, `unmarked` those without any decorator,
    `thresholds` where names are used.
    """

    folder: Path
    path: Path
    problems: list[Problem] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    visible: set[str] = field(default_factory=set)
    judging: set[str] = field(default_factory=set)
    unmarked: set[str] = field(default_factory=set)
    thresholds: dict[str, tuple[Path, int]] = field(default_factory=dict)

    @property
    def is_hidden(self) -> bool:
        """Whether the file that is being read is hidden.py."""
        return self.path.name == HIDDEN

    def add(self, node: ast.AST, fact: str, remedy: str) -> None:
        """Keeps a problem at the line of a node."""
        self.problems.append(Problem(str(self.path), getattr(node, "lineno", 0), fact, remedy))

    def threshold_problems(self, thresholds: Mapping[str, object]) -> Iterator[Problem]:
        """Names of [thresholds] that are not used, or used and not there."""
        for name in sorted(self.thresholds.keys() - thresholds.keys()):
            file, line = self.thresholds[name]
            remedy = f"add it to [thresholds] in exercise.toml{did_you_mean(name, thresholds)}"
            yield Problem(str(file), line, f"uses thresholds.{name}, which is not there", remedy)
        for name in sorted(thresholds.keys() - self.thresholds.keys()):
            table, fact = str(self.folder / "exercise.toml"), f"no check uses thresholds.{name}"
            yield Problem(table, 0, fact, "remove it, or use it")


def read_checks(folder: Path) -> CheckFiles:
    """Reads checks.py, and hidden.py where it is there and nothing is wrong so far."""
    checks = CheckFiles(folder, folder / VISIBLE)
    _read(checks)
    checks.visible = set(checks.names)
    if not checks.names and not checks.problems:
        problem = Problem(
            str(checks.path), 0, "defines no check", "write one with @check(points=1)"
        )
        checks.problems.append(problem)
    if (folder / HIDDEN).exists() and not checks.problems:
        checks.path = folder / HIDDEN
        _read(checks)
    return checks


def _read(checks: CheckFiles) -> None:
    """Adds what one file has; of what is wrong in it the first."""
    tree = read_python(checks.path)
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    _find_judging(functions, checks.judging)
    checks.unmarked.update(one.name for one in functions if not one.decorator_list)
    for node in ast.walk(tree):
        _read_node(node, checks)
    for function in functions:
        for decorator in function.decorator_list:
            call = decorator.func if isinstance(decorator, ast.Call) else decorator
            if isinstance(call, ast.Name) and call.id == "check":
                _read_check(function, decorator, checks)
    checks.problems = sorted(checks.problems, key=lambda problem: problem.line)[:1]


def _find_judging(functions: list[ast.FunctionDef], judging: set[str]) -> None:
    """Functions that can fail a check, by themselves or through another one."""
    found = True
    while found:
        found = False
        for function in functions:
            names = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
            if function.name not in judging and names & (VERDICTS | judging):
                judging.add(function.name)
                found = True


def _read_node(node: ast.AST, checks: CheckFiles) -> None:
    """What may be wrong anywhere in the file."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        _read_import(node, checks)
    elif isinstance(node, ast.Attribute):
        if isinstance(node.value, ast.Name) and node.value.id == "thresholds":
            checks.thresholds.setdefault(node.attr, (checks.path, node.lineno))
        elif _is_expectation(node.value) and node.attr not in MATCHERS:
            known = f"use one of its methods{did_you_mean(node.attr, MATCHERS)}"
            checks.add(node, f"expect(...) has no {node.attr}", known)
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        name = getattr(node.value.func, "id", "")
        if name == "expect":
            checks.add(node, "expect(...) compares nothing", "add e.g. .close_to(0.5)")
        elif name == "print":
            checks.add(node, "a check prints, and nobody sees it", "remove the print")


def _is_expectation(node: ast.expr) -> bool:
    """Whether it is `expect(...)`, or that with methods called on it."""
    while isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name):
            return node.func.id == "expect"
        if not isinstance(node.func, ast.Attribute):
            return False
        node = node.func.value
    return False


def _read_import(node: ast.Import | ast.ImportFrom, checks: CheckFiles) -> None:
    module = getattr(node, "module", None) or ""
    modules = [module] if isinstance(node, ast.ImportFrom) else [name.name for name in node.names]
    heavy = [name for name in modules if name.partition(".")[0] in HEAVY]
    if heavy:
        remedy = "use numpy here, or student.torch for what has to run in the worker"
        checks.add(node, f"imports {heavy[0]}, which the judge does not load", remedy)
    elif getattr(node, "level", 0) and not checks.is_hidden:
        names = f".{module}" if module else "its own package"
        fact = f"imports from {names}, which students don't have"
        checks.add(node, fact, f"write what it needs here, or move the check to {HIDDEN}")
    elif getattr(node, "level", 0) and module != "checks":
        checks.add(node, f"imports from .{module}", "import from .checks, or ask for `reference`")


def _read_check(function: ast.FunctionDef, decorator: ast.expr, checks: CheckFiles) -> None:
    """One check: its decorator, its parameters, its docstring, and whether it can fail."""
    name, before = function.name, list(checks.names)
    checks.names.append(name)
    options = {}
    if isinstance(decorator, ast.Call):
        options = {word.arg or "": word.value for word in decorator.keywords}
    problem = (
        _points_problem(name, options.get("points"))
        or _option_problem(name, options)
        or _after_problem(name, options.get("after"), before, checks.unmarked)
        or _parameter_problem(name, parameters(function), hidden=checks.is_hidden)
    )
    if problem is None and name in before:
        problem = f"the check {name} is defined twice", "rename one of the two"
    elif problem is None and not (ast.get_docstring(function) or "").strip():
        problem = f"{name} has no docstring", "write the line that a student reads there"
    elif problem is None and name not in checks.judging:
        problem = f"{name} expects nothing", "add an expect(...), or fail(...) where it is wrong"
    if problem is not None:
        checks.add(function, *problem)


def _points_problem(name: str, points: ast.expr | None) -> tuple[str, str] | None:
    remedy = "write e.g. @check(points=1)"
    if points is None:
        return f"{name} says no points", remedy
    try:
        read_points(ast.literal_eval(points))
    except (TypeError, ValueError):
        if not isinstance(points, ast.Constant | ast.UnaryOp):
            return None  # computed: known when the file is loaded
        return f"{name} has points={ast.unparse(points)}, not a number above 0", remedy
    return None


def _option_problem(name: str, options: Mapping[str, ast.expr]) -> tuple[str, str] | None:
    known = ("points", "after", "hint")
    for option in options:
        if option == "visible":
            return f"{name} says visible=", f"remove it: what stands in {HIDDEN} is hidden"
        if option not in known:
            return f"{name}: @check has no {option}=", f"use one of {', '.join(known)}"
    return None


def _after_problem(
    name: str, after: ast.expr | None, before: list[str], unmarked: set[str]
) -> tuple[str, str] | None:
    """`after` is a check above, by name or by text, or a tuple of such."""
    several = after.elts if isinstance(after, ast.Tuple | ast.List) else [after] if after else []
    for one in several:
        told = one.id if isinstance(one, ast.Name) else getattr(one, "value", None)
        if told not in before:
            shown = ast.unparse(one)
            if told in unmarked:
                remedy = "write @check(points=1) over its def"
                return f"{name} comes after {told}, which has no @check", remedy
            remedy = f"name a check that stands above{did_you_mean(str(told), before)}"
            return f"{name} comes after {shown}, which is not a check above it", remedy
    return None


def _parameter_problem(
    name: str, wants: tuple[str, ...], *, hidden: bool
) -> tuple[str, str] | None:
    for want in wants:
        if want == "code":
            remedy = "use student.watch(...), then expect(...).is_by_hand(...)"
            return f"{name} asks for code, which is gone", remedy
        if want not in FIXTURES:
            known = f"there is {', '.join(sorted(FIXTURES))}{did_you_mean(want, FIXTURES)}"
            return f"{name} asks for {want}, which is not known", known
    if "reference" in wants and not hidden:
        return f"{name} asks for `reference`, which students don't have", f"move it to {HIDDEN}"
    return None
