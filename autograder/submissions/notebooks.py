"""A Jupyter notebook -> cells.

Strict JSON, nbformat 4 (with or without cell ids). "cell N" counts the code cells from the top,
1-based, the ones that don't run among them: what a student counts on the screen. A cell to write
in that was turned into text is read as code all the same.

Not run: check cells, known by what they call where an editor dropped their metadata. Of graded
cells and other locked ones imports, definitions and plain constants are kept, since the student's
code may stand on them (a copied check cell is a cell like any other to a student who writes into
it); what they would print or draw is not needed.
"""

from __future__ import annotations

import ast
import codecs
import json
from collections.abc import Mapping
from typing import Any

from autograder.errors import SubmissionError
from autograder.submissions.cells import Reading
from autograder.submissions.forms import mistaken
from autograder.submissions.magics import without_margin
from autograder.submissions.model import Cell
from autograder.submissions.order import imports_first
from autograder.submissions.scripts import MOST_CELLS, MOST_CODE
from autograder.submissions.syntax import first_line, parse, problem_of

MOST_BYTES = 64 * 1024 * 1024
_AGAIN = "open it in Jupyter, save it and hand it in again"


def read_notebook(data: bytes, file: str) -> Reading:
    """The cells of a notebook; `file` is the name to show in errors.

    Raises SubmissionError if it is not a notebook of format 4, or holds more code than 256 KiB.
    """
    reading = Reading()
    ids: dict[str, list[int]] = {}
    size = number = 0
    for raw in _cells(notebook_json(data, file), file):
        kind = raw.get("cell_type")
        number += kind == "code"
        if kind != "code" and not _was_code(raw):
            continue
        origin = f"cell {number}" if kind == "code" else f"the text cell below cell {number}"
        source = joined_text(raw.get("source", ""))
        if source is None:
            raise SubmissionError(file, f"the source of code cell {number} is not text", _AGAIN)
        size += len(source)
        if size > MOST_CODE:
            problem = f"it holds more than {MOST_CODE // 1024} KiB of code"
            raise SubmissionError(file, problem, "leave out the data")
        grading = grading_of(raw)
        name, cell_id = short_text(grading.get("grade_id")), short_text(raw.get("id"))
        if kind != "code":
            reading.notes.append(f"{origin} ({name!r}) was made a {kind} cell: read as code")
        elif name is not None:
            ids.setdefault(name, []).append(number)
        if _is_check(source):
            continue
        locked = grading.get("grade") is True or grading.get("locked") is True
        if locked and grading.get("solution") is not True:
            source = _foundations(source)
        if problem_of(source) is not None:
            source = without_margin(source)
        reading.add(Cell(source, origin, 1, cell_id, name))
    for numbers in ids.values():
        if len(numbers) > 1:
            listed = ", ".join(map(str, numbers[:5]))
            reading.notes.append(f"cells {listed} carry the same nbgrader id: copies of one cell")
    reading.finish()
    reading.cells, moved = imports_first(reading.cells)
    reading.notes += moved
    return reading


def notebook_json(data: bytes, file: str) -> dict[str, Any]:
    """A notebook's JSON, of which no more is known than that it is an object of format 4.

    Raises SubmissionError.
    """
    if len(data) > MOST_BYTES:
        problem = f"it is larger than {MOST_BYTES // 1024 // 1024} MiB"
        raise SubmissionError(file, problem, "clear its outputs and save it")
    if not data.strip():
        raise SubmissionError(file, "it is empty", _AGAIN)
    try:
        notebook = json.loads(data.decode("utf-8-sig"), parse_constant=lambda _: None)
    except UnicodeDecodeError:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise SubmissionError(file, "it is saved as UTF-16", "save it again as UTF-8") from None
        raise SubmissionError(file, "it is not UTF-8 text, so not a notebook", _AGAIN) from None
    except json.JSONDecodeError as error:
        if told := mistaken(error.doc):
            raise SubmissionError(file, *told) from None
        if "\n<<<<<<< " in error.doc:
            problem = "it holds the marks of a merge in Git (<<<<<<<)"
            raise SubmissionError(file, problem, "resolve the conflict, " + _AGAIN) from None
        problem = f"it is not complete JSON (line {error.lineno}: {error.msg})"
        raise SubmissionError(file, problem, _AGAIN) from None
    except RecursionError:
        raise SubmissionError(file, "its JSON is nested too deeply", _AGAIN) from None
    except ValueError:
        raise SubmissionError(file, "its JSON holds a number that is too long", _AGAIN) from None
    if not isinstance(notebook, dict) or "nbformat" not in notebook:
        raise SubmissionError(file, "it is JSON, but not a notebook", _AGAIN)
    version = notebook["nbformat"]
    if type(version) is not int or version != 4:
        shown = str(version) if type(version) is int and abs(version) < 1000 else "unknown"
        raise SubmissionError(file, f"its notebook format is {shown}, not 4", _AGAIN)
    return notebook


def helper_notebook(data: bytes, file: str) -> bytes:
    """A notebook that another one runs or imports: the code alone, without magics, in its cells.

    Raises SubmissionError as `read_notebook`.
    """
    reading = read_notebook(data, file)
    cells = [{"cell_type": "code", "source": cell.source} for cell in reading.cells]
    return json.dumps({"cells": cells, "nbformat": 4}).encode()


def _cells(notebook: Mapping[str, Any], file: str) -> list[dict[str, Any]]:
    cells = notebook.get("cells")
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise SubmissionError(file, "it has no list of cells", _AGAIN)
    count = sum(cell.get("cell_type") == "code" for cell in cells)
    if count > MOST_CELLS:
        raise SubmissionError(file, f"it has {count} code cells", f"keep it below {MOST_CELLS}")
    return cells


def _was_code(cell: Mapping[str, Any]) -> bool:
    """Whether a text cell is one to write code in, whose kind was changed."""
    grading = grading_of(cell)
    kind = cell.get("cell_type")
    return (
        kind in ("markdown", "raw")
        and grading.get("solution") is True
        and grading.get("cell_type", "code") == "code"
        and short_text(grading.get("grade_id")) is not None
        and bool((joined_text(cell.get("source", "")) or "").strip())
    )


def joined_text(value: object) -> str | None:
    """A text, or a list of its lines, as notebooks hold them: one text, its lines ended by LF."""
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        value = "".join(value)
    if not isinstance(value, str):
        return None
    return value.replace("\r\n", "\n").replace("\r", "\n")


def grading_of(cell: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a cell's metadata hold for nbgrader."""
    metadata = cell.get("metadata")
    grading = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return grading if isinstance(grading, dict) else {}


def short_text(value: object) -> str | None:
    """An id or a name."""
    return value if isinstance(value, str) and len(value) <= 200 else None


def _is_check(source: str) -> bool:
    """Whether a cell does nothing but call the check of an exercise, as released cells do."""
    tree = parse(source) if "check_cell" in source else None
    return tree is not None and all(_belongs_to_check(node) for node in tree.body)


def _belongs_to_check(node: ast.stmt) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.module == "autograder.notebook"
    call = node.value if isinstance(node, ast.Expr) else None
    return (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "check_cell"
    )


def _foundations(source: str) -> str:
    """The imports, definitions and constants of a read-only cell; other lines are blanked."""
    tree = parse(source)
    if tree is None:
        return ""
    lines = source.split("\n")
    kept: set[int] = set()
    for node in tree.body:
        if _is_foundation(node):
            kept.update(range(first_line(node), (node.end_lineno or node.lineno) + 1))
    return "\n".join(line if at in kept else "" for at, line in enumerate(lines, start=1))


def _is_foundation(node: ast.stmt) -> bool:
    if _belongs_to_check(node):
        return False
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return not any(isinstance(part, ast.Call | ast.Await) for part in ast.walk(node))
    return isinstance(
        node,
        ast.Import | ast.ImportFrom | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef,
    )
