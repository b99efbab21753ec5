"""What `nbgrader autograde` reads and writes notebooks with, once our judge is switched on.

    c.Autograde.exporter_class = "autograder.nbgrader.exporter.JudgingExporter"

That line, in nbgrader_config.py, does three things for the assignments of solutions/:

- `Judge` takes the place of `Execute` in nbgrader's list of preprocessors, whatever else is in it;
- notebooks are repaired where they are read, before nbgrader can stop at them;
- a submission without a notebook is taken up all the same: a script has its turn.
"""

# mypy: disable-error-code="no-untyped-call"
# nbconvert says that it is typed, and leaves its functions without types.

from __future__ import annotations

import glob
import os
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbgrader.converters import Autograde
from nbgrader.preprocessors import Execute, SaveAutoGrades
from traitlets import default

from autograder.nbgrader.log import PRINTABLE
from autograder.nbgrader.patch import accept_scripts
from autograder.nbgrader.preprocessor import Grading, Judge, MarkDoubtful
from autograder.nbgrader.private import autograde_of, is_submitted
from autograder.results import few


class JudgingExporter(NotebookExporter):
    """An exporter of nbgrader's Autograde, its parent."""

    @default("optimistic_validation")
    def _validated_once(self) -> bool:
        """nbconvert checks a notebook after the last preprocessor, and not after each of them."""
        return True

    def __init__(self, **traits: Any):
        super().__init__(**traits)
        self.log.addFilter(PRINTABLE)
        if (autograde := autograde_of(self)) is not None:
            add_stand_ins(autograde)

    def register_preprocessor(self, preprocessor: Any, enabled: bool = False) -> Any:
        """As nbconvert does, with Judge for Execute."""
        if preprocessor in (Execute, "nbgrader.preprocessors.Execute"):
            preprocessor = Judge
        registered = super().register_preprocessor(preprocessor, enabled)
        if preprocessor in (SaveAutoGrades, "nbgrader.preprocessors.SaveAutoGrades"):
            super().register_preprocessor(MarkDoubtful)
        return registered

    def from_filename(self, filename: str, resources: Any = None, **more: Any) -> tuple[Any, Any]:
        """Reads a submitted notebook repaired, and one that is repaired already as it is."""
        about = (resources or {}).get("nbgrader", {})
        autograde = autograde_of(self)
        grading = Grading.of(autograde) if autograde is not None else None
        if (
            grading is None
            or not is_submitted(autograde, filename)
            or not grading.knows(about["assignment"])
            or about["notebook"] != about["assignment"]
        ):
            return super().from_filename(filename, resources=resources, **more)
        repaired = grading.repaired(about)
        for note in few(repaired.notes):
            printed = note.encode("ascii", "backslashreplace").decode()
            self.log.warning("%s: %s", about["student"], printed)
        path = Path(filename)
        resources["metadata"] = {"name": path.stem, "path": str(path.parent), "modified_date": ""}
        notebook, resources = super().from_notebook_node(repaired.notebook, resources, **more)
        return notebook, resources


def add_stand_ins(autograde: Autograde) -> None:
    """Gives each folder that was handed in its assignment's notebook, even if it is not there.

    nbgrader passes over a folder without notebooks, and over notebooks of another name. The file
    is not made: the exporter makes up for it when it is read.
    """
    grading = Grading.of(autograde)
    folders = autograde.coursedir
    pattern = folders.format_path(
        folders.submitted_directory, folders.student_id, folders.assignment_id
    )
    for folder in glob.glob(pattern):
        name = os.path.basename(folder)
        if grading.knows(name) and os.path.isdir(folder):
            expected = os.path.join(folder, f"{name}.ipynb")
            found = autograde.assignments.setdefault(folder, [])
            if expected not in found:
                found.append(expected)


accept_scripts(JudgingExporter, add_stand_ins)
