"""An assignment's notebook: written with nbgrader's metadata, then released by nbgrader itself.

    pages ──> source notebook ── GenerateAssignment (a course of its own, in a temporary folder)
                                      └──> release notebook, and the stub of each exercise

nbgrader clears the solutions, locks cells and computes the checksums by which it knows them
again. No gradebook takes part: the teacher's own comes in where the release is imported.
Nothing of it depends on the time or the machine: the same pages give the same bytes.
"""

# mypy: disable-error-code="no-untyped-call"
# nbformat says that it is typed, and leaves most of its functions without types.

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from logging.handlers import BufferingHandler
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.nbgraderformat import MetadataValidator
from traitlets.config import Config

from autograder.errors import CourseError
from autograder.nbgrader.autograded import as_bytes
from autograder.results import as_number

FORMAT_MINOR = 5
SCHEMA = MetadataValidator.schema_version
STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
METADATA = {"kernelspec": KERNEL, "language_info": {"name": "python"}}


@dataclass(frozen=True, slots=True)
class ExercisePage:
    """One exercise in the notebook. `solution` holds its solution regions, `show` may be ""."""

    exercise: str
    statement: str
    solution: str
    check: str
    points: Decimal
    show: str = ""


@dataclass(frozen=True, slots=True)
class ReleasedNotebook:
    """The notebook file, and for each exercise the source of its solution cell."""

    content: bytes
    stubs: dict[str, str]


def release_notebook(
    assignment: str, welcome: str, pages: Sequence[ExercisePage]
) -> ReleasedNotebook:
    """The notebook that students get; `welcome` is the Markdown above the first exercise.

    Raises CourseError where nbgrader does not accept it.
    """
    source = source_notebook(welcome, pages)
    with tempfile.TemporaryDirectory(prefix="autograder-release-") as folder:
        notebook = _generate(Path(folder), assignment, source)
    notebook.metadata = nbformat.from_dict(METADATA)
    nbformat.validate(notebook)
    MetadataValidator().validate_nb(notebook)
    names = {page.exercise for page in pages}
    stubs = {cell.id: cell.source for cell in notebook.cells if cell.id in names}
    return ReleasedNotebook(as_bytes(notebook), stubs)


def source_notebook(welcome: str, pages: Sequence[ExercisePage]) -> nbformat.NotebookNode:
    """The teacher's notebook, solutions and all."""
    cells = [_cell(new_markdown_cell, "welcome", welcome, locked=True)]
    for page in pages:
        name = f"statement-{page.exercise}"
        cells.append(_cell(new_markdown_cell, name, page.statement, locked=True))
        yours = {"solution": True, "locked": False}
        cells.append(_cell(new_code_cell, page.exercise, page.solution, **yours))
        graded = {"grade": True, "locked": True, "points": as_number(page.points)}
        cells.append(_cell(new_code_cell, f"check_{page.exercise}", page.check, **graded))
        if page.show:
            name = f"show-{page.exercise}"
            cells.append(_cell(new_code_cell, name, page.show, locked=True))
    notebook: nbformat.NotebookNode = new_notebook(cells=cells, metadata=METADATA)
    notebook.nbformat_minor = FORMAT_MINOR
    return notebook


def _cell(
    make: Callable[..., Any], name: str, source: str, **grading: Any
) -> nbformat.NotebookNode:
    """A cell whose id and nbgrader id are both `name`."""
    kind = {"grade": False, "solution": False, "task": False, **grading}
    metadata = {"nbgrader": {"schema_version": SCHEMA, "grade_id": name, **kind}}
    cell: nbformat.NotebookNode = make(source=source.strip("\n"), id=name, metadata=metadata)
    return cell


def _generate(root: Path, assignment: str, source: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Runs GenerateAssignment on a course in `root` that has nothing but this notebook."""
    folder = root / "source" / assignment
    folder.mkdir(parents=True)
    nbformat.write(source, folder / f"{assignment}.ipynb", version=nbformat.NO_CONVERT)
    config = Config()
    config.CourseDirectory.root = str(root)
    config.CourseDirectory.assignment_id = assignment
    config.GenerateAssignment.no_database = True
    config.SaveCells.enabled = False
    config.ClearSolutions.code_stub = {"python": STUB}
    log = logging.Logger("autograder.nbgrader", logging.ERROR)
    errors = BufferingHandler(capacity=1_000)
    log.addHandler(errors)
    course = CourseDirectory(config=config, log=log)
    try:
        GenerateAssignment(coursedir=course, config=config, log=log).start()
    except Exception as error:
        logged = [record.getMessage() for record in errors.buffer]
        problem = next((text for text in logged if "Traceback" in text), str(error))
        problem = problem.strip().splitlines()[-1]
        raise CourseError(
            f"solutions/{assignment}",
            f"nbgrader can't release it: {problem}",
            "fix the solution regions of its solution.py files",
        ) from error
    released = root / "release" / assignment / f"{assignment}.ipynb"
    notebook: nbformat.NotebookNode = nbformat.read(released, as_version=nbformat.NO_CONVERT)
    return notebook
