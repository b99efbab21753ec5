"""What `nbgrader generate_feedback` writes pages with: nbconvert's HTML, and a policy for browsers.

    c.GenerateFeedback.exporter_class = "autograder.nbgrader.feedback.FeedbackExporter"

What a student wrote is harmless already when it comes here (student_text). The policy stands behind
that: a page may load MathJax, from where nbgrader's template has it, and nothing else. Pages of
assignments that are not in solutions/ are nbgrader's own, and stay as they are.

nbgrader copies what else was handed in beside the page; a file or folder of the page's own name
(a notebook saved as HTML) would be in its way, and is removed.
"""

# mypy: disable-error-code="no-untyped-call"
# nbconvert says that it is typed, and leaves its functions without types.

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nbconvert.exporters import HTMLExporter
from nbgrader.coursedir import CourseDirectory

from autograder.nbgrader.log import PRINTABLE

MATHJAX = "https://cdnjs.cloudflare.com/ajax/libs/mathjax/"
POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; "
    f"script-src {MATHJAX} 'unsafe-eval'; style-src 'unsafe-inline'; font-src {MATHJAX}; "
    "connect-src https://api.cdnjs.com"
)
"""MathJax 2 evaluates its configuration, styles by `style`, and asks for the latest version."""


class FeedbackExporter(HTMLExporter):
    """An exporter of nbgrader's GenerateFeedback, its parent."""

    def __init__(self, **traits: Any):
        super().__init__(**traits)
        self.log.addFilter(PRINTABLE)

    def from_filename(self, filename: str, resources: Any = None, **more: Any) -> tuple[Any, Any]:
        """As nbconvert does, with room for the page."""
        if self.parent is not None and "nbgrader" in (resources or {}):
            make_room(page_of(self.parent.coursedir, resources["nbgrader"]))
        return super().from_filename(filename, resources=resources, **more)

    def from_notebook_node(self, nb: Any, resources: Any = None, **more: Any) -> tuple[Any, Any]:
        """As nbconvert does, with the policy first in the page's head."""
        page, resources = super().from_notebook_node(nb, resources, **more)
        about = resources.get("nbgrader", {})
        if self.parent is not None and is_ours(Path(self.parent.coursedir.root), about):
            policy = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"/>'
            page = page.replace("<head>", f"<head>\n{policy}", 1)
        return page, resources


def page_of(folders: CourseDirectory, about: Mapping[str, str]) -> Path:
    """Where the page of a notebook will be, as nbgrader tells of it."""
    place = folders.format_path(folders.feedback_directory, about["student"], about["assignment"])
    return Path(place) / f"{about['notebook']}.html"


def make_room(page: Path) -> None:
    """Removes the copy of what a student handed in under the name of the page."""
    if page.is_dir():
        shutil.rmtree(page)
    else:
        page.unlink(missing_ok=True)


def is_ours(course: Path, about: Mapping[str, str]) -> bool:
    """Whether a notebook, as nbgrader tells of it, belongs to an assignment of solutions/."""
    return "assignment" in about and (course / "solutions" / about["assignment"]).is_dir()
