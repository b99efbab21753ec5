"""The one patch of nbgrader: `nbgrader autograde` takes submissions that hold scripts alone.

Autograde.start() calls init_notebooks() before it makes anything that can be configured, and that
search ends in an error where no submission has a notebook (nbgrader/converters/base.py, lines
172 to 182 of 0.9.5 and 0.9.6):

    if len(self.assignments) == 0:
        ...
        raise NbGraderException(msg)

The patch adds the notebooks that are missing before the error is raised again. It is applied when
JudgingExporter is imported: nbgrader does so where an Autograde with that exporter is made, in
`nbgrader autograde` and formgrader, and in no other program. Code that is not known stays as it is.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable

import nbgrader
from nbconvert.exporters import NotebookExporter
from nbgrader.converters import Autograde, BaseConverter, NbGraderException
from traitlets.log import get_logger

KNOWN = {"d67164dfcfe5726a"}
"""Digests of the two methods, as they are in nbgrader 0.9.5 and 0.9.6."""


def accept_scripts(
    exporter: type[NotebookExporter], add_notebooks: Callable[[Autograde], None]
) -> bool:
    """Applies the patch for runs with this exporter; False where nbgrader's code is not known."""
    if _digest() not in KNOWN or "init_notebooks" in vars(Autograde):
        get_logger().warning(
            "autograder does not know nbgrader %s: where all submissions are scripts, "
            "`nbgrader autograde` finds nothing; use `autograder grade --gradebook` instead",
            nbgrader.__version__,
        )
        return False

    def init_notebooks(self: Autograde) -> None:
        try:
            BaseConverter.init_notebooks(self)
        except NbGraderException:
            if issubclass(self.exporter_class, exporter):
                add_notebooks(self)
            if not self.assignments:
                raise

    Autograde.init_notebooks = init_notebooks
    return True


def _digest() -> str:
    """Of the source of the two methods; "" where there is no source."""
    try:
        methods = (BaseConverter.init_notebooks, BaseConverter.start)
        text = "".join(inspect.getsource(method) for method in methods)
    except OSError:
        return ""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
