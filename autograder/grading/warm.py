"""A Grader that stays, for a notebook's kernel, `watch`, pytest and nbgrader."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from autograder.course.course import Course
from autograder.grading.grader import Grader, Settings

CHECK_FILES = (".py", ".toml", ".json")


@dataclass(slots=True)
class WarmGrader:
    """One Grader, opened when it is first needed; opened anew where this process is a fork of the
    one that it belongs to, which keeps it."""

    settings: Settings = field(default_factory=Settings)
    _grader: Grader | None = None
    _process: int = 0
    _handed_out: tuple[object, Course] | None = None

    def of(self, course: Course) -> Grader:
        """The grader, for this course."""
        grader = self._grader
        if grader is None or self._process != os.getpid():
            self.close()
            grader = Grader(course, self.settings).open()
            self._grader, self._process = grader, os.getpid()
        elif grader.course is not course:
            grader.use(course)
        return grader

    def of_folder(self, folder: Path) -> Grader:
        """The grader for a folder that was handed out, with its checks/ as they are now."""
        files = (path for path in (folder / "checks").rglob("*") if path.suffix in CHECK_FILES)
        stamp = folder, sorted((path, path.stat().st_mtime_ns) for path in files)
        if self._handed_out is None or self._handed_out[0] != stamp:
            self._handed_out = stamp, Course.handed_out(folder)
        return self.of(self._handed_out[1])

    def close(self) -> None:
        """Ends the forkserver, unless it is another process's."""
        grader, self._grader = self._grader, None
        if grader is not None and self._process == os.getpid():
            grader.close()
