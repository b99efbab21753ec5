"""What can be said of an assignment by reading it: no line of it is run, and it takes no second.

    assignment.toml ─> folders ─> each exercise:
        exercise.toml ─> statement.md ─> solution.py ─> checks.py, hidden.py ─> mistakes, hints

Each problem names file, line and remedy. Of an exercise only the first file that is wrong is
told: what follows from it would be noise.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from autograder.author.leaks import BEGIN, END, solution_lines
from autograder.author.reading import read_checks
from autograder.course.hints import DOCUMENTATION, HINTS, LINK, STEPS, load_hints
from autograder.course.load import (
    FOLDER,
    SHOW,
    VISIBLE,
    exercise_name,
    parse_signature,
    shared_names,
    signature_of,
)
from autograder.course.mistakes import FILE as MISTAKES
from autograder.course.mistakes import read_mistakes
from autograder.course.tables import ASSIGNMENT, EXERCISE, habit_problems, line_of, read_table
from autograder.course.texts import read_python, read_text
from autograder.errors import CourseError, Problem, did_you_mean

WRITTEN = ("statement.md", "solution.py", VISIBLE, MISTAKES, HINTS)
"""What an exercise has besides exercise.toml; hidden.py and show.py are optional."""

PICTURE = re.compile(r"!\[[^\]]*\]\((?!https?:|data:)([^)\s]+)")

OF_AN_ASSIGNMENT = {key: kind for key, kind in ASSIGNMENT.items() if key != "name"}
OF_AN_EXERCISE = {key: kind for key, kind in EXERCISE.items() if key != "hidden_points"}
"""Without what only a release has."""


def validate(folder: Path, only: frozenset[str] = frozenset()) -> list[Problem]:
    """The problems of an assignment in `solutions/`, or of the exercises in `only`."""
    try:
        about = read_table(folder / "assignment.toml", OF_AN_ASSIGNMENT)
        for error in habit_problems(folder / "assignment.toml", about):
            raise error
        if not about.get("title", "").strip():
            raise CourseError(folder / "assignment.toml", "has no title", 'add title = "..."')
    except CourseError as error:
        return [Problem.of(error)]
    if found := list(_folder_problems(folder)):
        return found
    exercises: list[tuple[Path, Iterable[str]]] = []
    for path in sorted(path for path in folder.iterdir() if FOLDER.fullmatch(path.name)):
        if only and exercise_name(path) not in only:
            continue
        try:
            found += _exercise_problems(path, exercises)
        except CourseError as error:
            found.append(Problem.of(error))
    return found or [Problem.of(error) for error in shared_names(exercises)]


def _folder_problems(folder: Path) -> Iterator[Problem]:
    """Exercise folders are numbered, each number once."""
    numbers: dict[str, str] = {}
    paths = [path for path in sorted(folder.iterdir()) if path.is_dir()]
    exercises = [path for path in paths if any((path / name).exists() for name in WRITTEN)]
    for path in exercises:
        number = path.name[:2]
        if not FOLDER.fullmatch(path.name):
            word = re.sub(r"\W+", "_", path.name.lstrip("0123456789_-. ")) or "name"
            fact = "is a folder of an exercise, and not named like one"
            yield Problem(str(path), 0, fact, f"call it {len(paths):02}_{word}")
        elif number in numbers:
            fact = f"has the number of {numbers[number]}"
            yield Problem(str(path), 0, fact, "give each exercise a number of its own")
        numbers.setdefault(number, path.name)
    if not exercises:
        remedy = f"make one with `autograder new {folder.name} NAME`"
        yield Problem(str(folder), 0, "has no exercise", remedy)


def _exercise_problems(folder: Path, exercises: list[tuple[Path, Iterable[str]]]) -> list[Problem]:
    """The problems of the first file that has any. A sound exercise is added to `exercises`."""
    path = folder / "exercise.toml"
    about = read_table(path, OF_AN_EXERCISE)
    for key in ("title", "entry_points"):
        if not about.get(key):
            example = '"The sigmoid"' if key == "title" else '["sigmoid(z)"]'
            return [Problem(str(path), 0, f"has no {key}", f"add {key} = {example}")]
    missing = [name for name in WRITTEN if not (folder / name).exists()]
    if missing:
        remedy = "add it; CONTRIBUTING.md says what it holds"
        return [Problem(str(folder / name), 0, "is missing", remedy) for name in missing]
    if found := list(_statement_problems(folder / "statement.md")):
        return found
    signatures = [(text, signature_of(text)) for text in about["entry_points"]]
    if found := list(_solution_problems(folder / "solution.py", path, signatures)):
        return found
    checks = read_checks(folder)
    if found := checks.problems or list(checks.threshold_problems(about.get("thresholds", {}))):
        return found[:1]
    entry_points = dict(parse_signature(folder, text) for text in about["entry_points"])
    if not read_mistakes(folder / MISTAKES, entry_points, checks.names):
        remedy = "add one with @mistake(fails=...): it shows that the checks see something"
        return [Problem(str(folder / MISTAKES), 0, "has no mistake", remedy)]
    if found := list(_hint_problems(folder, [n for n in checks.names if n in checks.visible])):
        return found
    if (folder / SHOW).exists():
        read_python(folder / SHOW)
    exercises.append((folder, entry_points))
    return []


def _statement_problems(path: Path) -> Iterator[Problem]:
    """It says something, and needs no file that is not handed out."""
    text = read_text(path)
    if not text.strip():
        yield Problem(str(path), 0, "is empty", "write what students read")
    for number, line in enumerate(text.splitlines(), start=1):
        if picture := PICTURE.search(line):
            fact = f"shows {picture[1]}, which students don't have"
            yield Problem(str(path), number, fact, "give its web address, or draw it in show.py")


# -- solution.py ------------------------------------------------------------------------------


def _solution_problems(
    path: Path, table: Path, signatures: list[tuple[str, ast.FunctionDef | None]]
) -> Iterator[Problem]:
    """It parses, has its marks in pairs, and defines each entry point as exercise.toml says."""
    source, tree = read_text(path), read_python(path)
    if problem := _unpaired_mark(source):
        yield Problem(str(path), *problem)
        return
    defined = {
        node.name: node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    for text, signature in signatures:
        if signature is None:
            fact = f"{text!r} is not a signature"
            line = line_of(read_text(table), "entry_points")
            yield Problem(str(table), line, fact, "write it like f(x, y=1)")
        elif signature.name not in defined:
            fact = f"does not define {signature.name}, which exercise.toml lists"
            yield Problem(str(path), 0, fact, f"define {text}, or fix entry_points")
        else:
            yield from _signature_problem(path, defined[signature.name], text, signature)


def _signature_problem(
    path: Path, node: ast.FunctionDef | ast.ClassDef, text: str, signature: ast.FunctionDef
) -> Iterator[Problem]:
    """A definition has the parameters, and the defaults, that its entry point is printed with."""
    function: ast.stmt | None = node
    if isinstance(node, ast.ClassDef):
        named = [part for part in node.body if getattr(part, "name", "") == "__init__"]
        function = named[0] if named else None
    given = ast.arguments([], [], None, [], [], None, [])
    line = node.lineno
    if isinstance(function, ast.FunctionDef):
        given, line = function.args, function.lineno
        if isinstance(node, ast.ClassDef):
            given.args = given.args[1:]  # self
    for arg in (*given.posonlyargs, *given.args, *given.kwonlyargs):
        arg.annotation = None
    found, wanted = ast.unparse(given), ast.unparse(signature.args)
    if found != wanted:
        fact = f"defines {signature.name}({found}), but exercise.toml says {text}"
        yield Problem(str(path), line, fact, "make them the same")


def _unpaired_mark(source: str) -> tuple[int, str, str] | None:
    """Line, fact and remedy of the first solution mark without its partner."""
    begun, seen = 0, False
    for number, line, _ in solution_lines(source):
        if BEGIN in line:
            if begun:
                return begun, f"{BEGIN} has no {END}", f"add {END} below the solution"
            begun, seen = number, True
        elif END in line:
            if not begun:
                return number, f"{END} has no {BEGIN}", f"add {BEGIN} above the solution"
            begun = 0
    if begun:
        return begun, f"{BEGIN} has no {END}", f"add {END} below the solution"
    remedy = f"put {BEGIN} and {END} around what students write"
    return None if seen else (0, "has no solution marks", remedy)


# -- hints.md ---------------------------------------------------------------------------------


def _hint_problems(folder: Path, visible: list[str]) -> Iterator[Problem]:
    """Each visible check has its steps, and no section is left over."""
    path = folder / HINTS
    hints = load_hints(folder)
    lines = read_text(path).splitlines()

    def problem(section: str, fact: str, remedy: str) -> Problem:
        heads = (n for n, line in enumerate(lines, 1) if line.strip("# `") == section)
        return Problem(str(path), next(heads, 0), fact, remedy)

    if unknown := [name for name in hints if name not in visible]:
        remedy = f"rename the section, or remove it{did_you_mean(unknown[0], visible)}"
        yield problem(unknown[0], f"{unknown[0]} is not a visible check", remedy)
        return
    form = "write a question, the idea with a link, and nearly the line, as 1. 2. 3."
    for name in visible:
        steps = hints.get(name, ())
        if not steps:
            yield problem(name, f"{name} has no hints", f"add a section `## {name}`: {form}")
        elif len(steps) != STEPS:
            yield problem(name, f"{name} has {len(steps)} steps", form)
        elif fault := _step_fault(steps):
            yield problem(name, f"{name}: {fault[0]}", fault[1])
    told: set[str] = set()
    for name in hints:
        for step in hints[name]:
            if step in told:
                yield problem(name, f"{name}: a hint appears twice: {step[:40]}", "change one")
            told.add(step)


def _step_fault(steps: tuple[str, ...]) -> tuple[str, str] | None:
    """Fact and remedy for the first step that is not as it should be."""
    for number, step in enumerate(steps, start=1):
        if not step:
            return f"step {number} is empty", "write it"
    if "?" not in steps[0]:
        return "the first step asks nothing", "make it a question"
    if not any(url.startswith(DOCUMENTATION) for _, url in LINK.findall(steps[1])):
        example = f"[`torch.exp`]({DOCUMENTATION[0]}stable/generated/torch.exp.html)"
        return "step 2 has no link into the documentation", f"add one like {example}"
    return None
