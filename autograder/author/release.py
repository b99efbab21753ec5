"""`autograder release`: builds `assignments/<assignment>/` out of `solutions/<assignment>/`.

    solution.py, statement.md, show.py ──nbgrader──> <assignment>.ipynb
                                              stubs ──> <assignment>.py
    exercise.toml ─────────────────────────> README.md, checks/NN_<exercise>/exercise.toml
    checks.py ──prune──────────────────────> checks/NN_<exercise>/checks.py
    fingerprints.json ──of visible checks──> checks/NN_<exercise>/fingerprints.json
    hints.md ──of visible checks───────────> checks/NN_<exercise>/hints.md

The same sources give the same bytes. Nothing is written that holds what is hidden: `leaks` looks
through every file for it, and a leak is a CourseError.

The first design had this in course/; it stands here because it uses judge/ and nbgrader/, and
imports run downward only.
"""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from autograder.course.course import Course
from autograder.course.hints import HINTS, as_markdown, visible_hints
from autograder.course.load import read_toml
from autograder.course.mistakes import load_mistakes
from autograder.course.model import Assignment, Exercise
from autograder.course.prune import leaks, visible_part
from autograder.errors import CourseError
from autograder.judge import diagnosis
from autograder.judge.diagnosis import Fingerprint
from autograder.nbgrader.page import (
    Page,
    ReleasedNotebook,
    as_bytes,
    release_notebook,
    source_notebook,
)
from autograder.results import as_number, shown_points, total

ASSIGNMENT_KEYS = ("title", "habits")
EXERCISE_KEYS = ("title", "entry_points", "minutes", "limits", "thresholds")
Fingerprints = tuple[Fingerprint, ...]
DIRECTIVE = re.compile(r"#\s*(noqa\b|(fmt|type|ruff|mypy|isort|pragma):)")

HOW_TO_WORK = """\
Each exercise has a statement, a cell for your code and a cell that checks it. Replace
`raise NotImplementedError()` by your own code, **save the notebook**, and run the check: it reads
the file, not the memory of this page.
"""
HOW_TO_WORK_IN_A_SCRIPT = """\
Each exercise has a statement and a cell for your code. Replace `raise NotImplementedError()` by
your own code, save, and run `autograder check` in this folder.
"""
YOURS_TO_CHOOSE = """\
The exercises don't need each other: do them in any order. Names and arguments are given; how you
get there is yours to choose.
"""


def release_assignment(course: Course, name: str) -> list[Path]:
    """Brings `assignments/<name>/` in step; the files that it wrote or removed, [] for none.

    Raises CourseError where the sources are not as they should be, before anything is written.
    """
    expected = expected_release(course, name)
    folder = release_folder(course, name)
    changed = [folder / path for path in out_of_step(folder, expected)]
    for path in changed:
        content = expected.get(path.relative_to(folder).as_posix())
        if content is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    for empty in sorted((folder / "checks").glob("*/"), reverse=True):
        if not any(empty.iterdir()):
            empty.rmdir()
    return changed


def release_folder(course: Course, name: str) -> Path:
    """`assignments/<name>` of the course."""
    return course.assignment(name).folder.parent.parent / "assignments" / name


def out_of_step(folder: Path, expected: Mapping[str, bytes]) -> list[str]:
    """Files that differ from what is expected, are missing, or are left over in `checks/`.

    Paths below `folder`, those at its top first. Other files at the top are not ours.
    """
    there = (path for path in (folder / "checks").rglob("*") if path.is_file())
    ours = {
        path.relative_to(folder).as_posix() for path in there if path.parent.name != "__pycache__"
    }
    stale = ours - set(expected)
    wrong = {path for path, content in expected.items() if not _holds(folder / path, content)}
    return sorted(stale | wrong, key=lambda path: (path.count("/"), path))


def _holds(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content


def expected_release(course: Course, name: str) -> dict[str, bytes]:
    """What `assignments/<name>/` should hold: POSIX path below it -> content."""
    assignment = course.assignment(name)
    notebook = release_notebook(name, _welcome(assignment, HOW_TO_WORK), _pages(assignment))
    about = {"name": name, **_chosen(assignment.folder / "assignment.toml", ASSIGNMENT_KEYS)}
    texts = {
        "README.md": readme(assignment),
        f"{name}.py": script(assignment, notebook),
        "checks/assignment.toml": as_toml(about),
    }
    for exercise in assignment.exercises:
        for file, text in _checks_of(exercise).items():
            texts[f"checks/{exercise.folder.name}/{file}"] = text
    files = {f"{name}.ipynb": notebook.content}
    files |= {path: text.encode() for path, text in texts.items()}
    if found := leaks(assignment, files):
        problem = f"would tell what is hidden: {'; '.join(found)}"
        raise CourseError(f"assignments/{name}", problem, "take it out of the sources")
    return files


def teachers_notebook(course: Course, name: str) -> bytes:
    """The notebook that nbgrader makes the release of: solutions and all, for `source/`."""
    assignment = course.assignment(name)
    notebook = source_notebook(_welcome(assignment, HOW_TO_WORK), _pages(assignment))
    return as_bytes(notebook)


def _numbered(assignment: Assignment) -> Iterator[tuple[int, Exercise]]:
    return enumerate(assignment.exercises, start=1)


# -- the notebook ---------------------------------------------------------------------------


def _pages(assignment: Assignment) -> list[Page]:
    return [_page(number, exercise) for number, exercise in _numbered(assignment)]


def _page(number: int, exercise: Exercise) -> Page:
    return Page(
        exercise=exercise.name,
        statement=statement(number, exercise),
        solution=_solution(exercise),
        check=f'from autograder.notebook import check_cell\n\ncheck_cell("{exercise.name}")',
        points=exercise.points,
        show=_show(exercise),
    )


def _welcome(assignment: Assignment, how: str) -> str:
    return f"# {assignment.title}\n\n{how}\n{YOURS_TO_CHOOSE}"


def statement(number: int, exercise: Exercise) -> str:
    """The Markdown above an exercise: heading, points, what to define, statement.md."""
    text = _source(exercise.folder / "statement.md", "write what the student reads").strip()
    names = ", ".join(f"`{signature}`" for signature in exercise.signatures)
    facts = f"*{_minutes(exercise)}{_points(exercise)}.* You write {names}."
    return f"## {number}. {exercise.title}\n\n{facts}\n\n{text}\n"


def _minutes(exercise: Exercise) -> str:
    return f"About {exercise.minutes} minutes, " if exercise.minutes else ""


def _points(exercise: Exercise) -> str:
    hidden = hidden_points(exercise)
    points = f"{shown_points(exercise.points)} points"
    if not hidden:
        return f"{points}, all of them for checks that you can run"
    seen = shown_points(exercise.points - hidden)
    return f"{points}: {seen} for checks that you can run, {shown_points(hidden)} for hidden ones"


def hidden_points(exercise: Exercise) -> Decimal:
    """What the hidden checks of an exercise are worth."""
    return total(check.points for check in exercise.checks if not check.visible)


def _solution(exercise: Exercise) -> str:
    path = exercise.folder / "solution.py"
    source = _source(path, "write the reference there")
    if "### BEGIN SOLUTION" not in source:
        raise CourseError(path, "has no solution region", "put ### BEGIN SOLUTION around it")
    return for_students(path, source)


def _show(exercise: Exercise) -> str:
    path = exercise.folder / "show.py"
    return for_students(path, _source(path, "")) if path.exists() else ""


def for_students(path: Path, source: str) -> str:
    """Source without the module's docstring and without remarks to linters."""
    tree = _parsed(path, source)
    lines = source.splitlines()
    if tree.body and ast.get_docstring(tree) is not None:
        for number in range(tree.body[0].lineno - 1, tree.body[0].end_lineno or 0):
            lines[number] = ""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and DIRECTIVE.match(token.string):
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column].rstrip()
    return "\n".join(lines).strip("\n") + "\n"


# -- the script -----------------------------------------------------------------------------


def script(assignment: Assignment, notebook: ReleasedNotebook) -> str:
    """The same exercises as `# %%` cells. Raises CourseError where it does not compile."""
    cells = [_as_comment(_welcome(assignment, HOW_TO_WORK_IN_A_SCRIPT))]
    for number, exercise in _numbered(assignment):
        cells.append(_as_comment(statement(number, exercise)))
        cells.append(f"# %% {exercise.name}\n{notebook.stubs[exercise.name].rstrip()}\n")
        if show := _show(exercise):
            cells.append(_as_main(exercise, show))
    text = "\n\n".join(cells)
    _parsed(assignment.folder / "the script made of it", text)
    return text


def _as_comment(markdown: str) -> str:
    lines = (f"# {line}".rstrip() for line in markdown.strip().splitlines())
    return "\n".join(["# %% [markdown]", *lines]) + "\n"


def _as_main(exercise: Exercise, show: str) -> str:
    """show.py, for when the script is run, not where it is graded."""
    return f'# %% show {exercise.name}\nif __name__ == "__main__":\n{_indented(show)}\n'


def _indented(source: str) -> str:
    """Each line moved right by four, but for those that are the inside of a string."""
    inside: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr | ast.Constant):
            inside.update(range(node.lineno + 1, (node.end_lineno or node.lineno) + 1))
    lines = source.rstrip().splitlines()
    for number, line in enumerate(lines, start=1):
        if line and number not in inside:
            lines[number - 1] = f"    {line}"
    return "\n".join(lines)


# -- README.md ------------------------------------------------------------------------------


def readme(assignment: Assignment) -> str:
    """How to work, check and hand in, with a table of the exercises."""
    name = assignment.name
    rows = [
        f"| {number} | `{exercise.name}` | {exercise.title} | {exercise.minutes or ''} | "
        f"{_both(exercise.points, hidden_points(exercise))} |"
        for number, exercise in _numbered(assignment)
    ]
    points = total(exercise.points for exercise in assignment.exercises)
    hidden = total(hidden_points(exercise) for exercise in assignment.exercises)
    minutes = sum(exercise.minutes for exercise in assignment.exercises)
    rows.append(f"| | | together | {minutes} | {_both(points, hidden)} |")
    return f"""\
<!-- Made by `autograder release` from solutions/{name}/. What is changed here is lost. -->
# {assignment.title}

| | exercise | what | minutes | points, visible | points, hidden |
|---|---|---|---|---|---|
{chr(10).join(rows)}

## Work

Work in a copy of this folder (`autograder start {name}` makes one), in **one** of the two: the
notebook `{name}.ipynb`, or the script `{name}.py`. Both hold the same exercises. Replace each
`raise NotImplementedError()` by your own code, and keep the names and arguments that are given. An
exercise that is missing or broken costs its own points and no others.

## Check

    autograder check

in the folder, as often as you like. It runs the visible checks on what you have saved and says
what was called, what came back, what was expected, and a hint. `autograder check NAME` runs one
exercise only, `autograder watch` answers each time you save, `autograder list` shows how far you
are. In the notebook, the cell below each exercise does the same: save first.

Stuck? `autograder hint NAME` gives one hint for the first check of an exercise that does not pass,
and one that says more each time you ask again: a question, the idea with a page to read about it,
nearly the line.

The hidden checks run when your work is graded. They ask for what the statements say, with other
numbers: a function that works, and not only for the examples, passes them as well.

## Hand in

The notebook or the script that you filled in, with any file that it imports, or this whole folder
as a zip. `checks/` may stay in it; your grade comes from the teacher's own copy.
"""


def _both(points: Decimal, hidden: Decimal) -> str:
    return f"{shown_points(points - hidden)} | {shown_points(hidden)}"


# -- checks/ --------------------------------------------------------------------------------


def _checks_of(exercise: Exercise) -> dict[str, str]:
    """The files of `checks/NN_<exercise>/`."""
    about = _chosen(exercise.folder / "exercise.toml", EXERCISE_KEYS)
    files = {
        "exercise.toml": as_toml({**about, "hidden_points": as_number(hidden_points(exercise))}),
        "checks.py": visible_part(exercise.folder / "checks.py", exercise.checks),
    }
    digest, known = diagnosis.load(exercise.folder / "fingerprints.json")
    if known:
        files["fingerprints.json"] = diagnosis.dump(visible_fingerprints(exercise, known), digest)
    if hints := visible_hints(exercise):
        files[HINTS] = as_markdown(hints)
    return files


def visible_fingerprints(exercise: Exercise, known: Fingerprints) -> Fingerprints:
    """Mistakes that a visible check catches first, with the evidence of visible checks only."""
    visible = {check.name for check in exercise.checks if check.visible}
    caught = {mistake.name for mistake in load_mistakes(exercise) if mistake.fails in visible}
    found = []
    for one in known:
        if one.mistake in caught:
            profile = {name: ended for name, ended in one.profile.items() if name in visible}
            found.append(Fingerprint(one.mistake, one.hint, profile))
    return tuple(found)


def _chosen(path: Path, keys: tuple[str, ...]) -> dict[str, Any]:
    about = read_toml(path)
    return {key: about[key] for key in keys if key in about}


def as_toml(table: Mapping[str, Any], name: str = "") -> str:
    """TOML text of plain data: numbers, strings, lists, tables and lists of tables."""
    lines, below = [], []
    for key, value in table.items():
        path = f"{name}.{key}" if name else key
        if isinstance(value, Mapping):
            below.append(f"\n[{path}]\n{as_toml(value, path)}")
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            below += [f"\n[[{path}]]\n{as_toml(item, path)}" for item in value]
        else:
            lines.append(f"{key} = {_toml_value(value)}\n")
    return "".join(lines + below)


def _toml_value(value: Any) -> str:
    if isinstance(value, list):
        items = [_toml_value(item) for item in value]
        line = f"[{', '.join(items)}]"
        return line if len(line) < 80 else "[\n" + "".join(f"    {item},\n" for item in items) + "]"
    if isinstance(value, bool | str):
        return json.dumps(value, ensure_ascii=False)
    return repr(value)


# -- reading ---------------------------------------------------------------------------------


def _source(path: Path, remedy: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise CourseError(path, "is missing", remedy) from None


def _parsed(path: Path, source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError as error:
        problem = f"line {error.lineno} does not compile: {error.msg}"
        raise CourseError(path, problem, "mend the syntax") from None
