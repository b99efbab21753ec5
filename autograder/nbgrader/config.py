"""What nbgrader_config.py says to nbgrader: this repository is the course directory."""

from __future__ import annotations

import functools
import sys
from pathlib import Path
from typing import Any

from autograder.course.load import assignment_names
from autograder.errors import CourseError
from autograder.nbgrader.source import FOLDER, refresh_sources

RELEASE = "assignments"


def configure(c: Any, root: Path) -> None:
    """Names the folders of a course, and brings source/ in step with solutions/.

    `c` is nbgrader's configuration. What is wrong in solutions/ is printed, since nbgrader would
    go on without any configuration if this raised.
    """
    c.CourseDirectory.root = str(root)
    c.CourseDirectory.source_directory = FOLDER
    c.CourseDirectory.release_directory = RELEASE
    c.Autograde.exclude_overwriting = {name: [f"{name}.py"] for name in assignment_names(root)}
    c.ClearOutput.enabled = False
    accept_scripts()
    try:
        refresh_sources(root)
    except (CourseError, OSError) as error:
        print(f"autograder: {error}", file=sys.stderr)


def accept_scripts() -> None:
    """Lets `nbgrader autograde` start where no student of a run has a notebook, but scripts.

    Its search for notebooks ends in an error then, before anything that is configurable runs.
    """
    from nbgrader.converters import Autograde

    search = Autograde.init_notebooks
    if hasattr(search, "__wrapped__"):
        return

    @functools.wraps(search)
    def init_notebooks(self: Any) -> None:
        from nbgrader.converters import NbGraderException

        from autograder.nbgrader.exporter import JudgingExporter, add_stand_ins

        try:
            search(self)
        except NbGraderException:
            if issubclass(self.exporter_class, JudgingExporter):
                add_stand_ins(self)
            if not self.assignments:
                raise

    Autograde.init_notebooks = init_notebooks
