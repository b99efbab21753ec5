"""nbgrader's own configuration: what `nbgrader autograde` reads in the course, read the same way.

The names of folders, whether files are shared with a group, the course's id, and the plugin that
says what handing in late costs come from `nbgrader_config.py` and Jupyter's configuration.

nbgrader also runs the `nbgrader_config.py` of the folder that one is in, and imports from there.
That folder may be a student's: here the course's own file counts, and no other.
"""

from __future__ import annotations

import logging
import sys
from dataclasses import dataclass
from pathlib import Path

from nbgrader.plugins import BasePlugin

from autograder.errors import GradebookError
from autograder.nbgrader.private import CourseConfiguration, late_plugin

DEFAULT_COURSE = "default_course"


@dataclass(frozen=True, slots=True)
class Configured:
    """`late` is the plugin that says what handing in late costs; None where it is switched off."""

    course_id: str
    submitted: str
    released: Path
    autograded: Path
    shared: bool
    late: BasePlugin | None

    @classmethod
    def read(cls, root: Path) -> Configured:
        """The configuration of the course in `root`. Raises GradebookError where it is wrong.

        Modules beside `nbgrader_config.py`, such as a plugin of the teacher's, can be imported
        from now on, after all others.
        """
        if str(root) not in sys.path:
            sys.path.append(str(root))
        app = CourseConfiguration()
        app.log_level = logging.ERROR  # a missing configuration is not worth a warning
        try:
            app.initialize([], root=str(root))
            app.log_level = logging.WARNING
            late = late_plugin(app)
        except (SystemExit, Exception) as error:
            raise GradebookError(
                f"{root}: nbgrader's configuration can't be used ({error}): "
                "see what `nbgrader --help` says there"
            ) from error
        folders = app.coursedir
        return cls(
            course_id=folders.course_id or DEFAULT_COURSE,
            submitted=folders.submitted_directory,
            released=root / folders.release_directory,
            autograded=root / folders.autograded_directory,
            shared=folders.groupshared,
            late=late,
        )
