"""Our judge in the place of nbgrader's Execute: no kernel, the engine of `autograder grade`.

    nbgrader autograde
    └── Autograde (one a run) ── Grading (one a run): course, WarmGrader
        └── a student ── JudgingExporter reads submitted/ and repairs ──> autograded/
                      └─ Judge grades submitted/, fills the check cells
                         └─ nbgrader's SaveAutoGrades, then MarkDoubtful; AssignLatePenalties

What is graded is the folder that was handed in, as `autograder grade submitted/<student>/<name>`
grades it, so the scores are the same by construction. Assignments that are not in solutions/ are
executed by nbgrader as ever.
"""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.converters import BaseConverter
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import Execute, NbGraderPreprocessor

from autograder.course.course import Course
from autograder.errors import CourseError
from autograder.grading.warm import WarmGrader
from autograder.nbgrader.judged import HandedIn, doubtful, judged, released_notebook
from autograder.nbgrader.repair import Repaired
from autograder.nbgrader.tree import Place
from autograder.results import Result

DOUBTFUL = "autograder_doubtful"
Processed = tuple[NotebookNode, Mapping[str, Any]]


@dataclass(slots=True, eq=False)
class Grading:
    """What one run of `nbgrader autograde` shares: the course, and a grader."""

    folders: CourseDirectory
    course: Course
    _warm: WarmGrader = field(default_factory=WarmGrader)
    _released: dict[str, NotebookNode] = field(default_factory=dict)
    _last: tuple[HandedIn, Repaired] | None = None

    @classmethod
    def of(cls, converter: BaseConverter) -> Grading:
        """The one that belongs to a run of nbgrader's Autograde; it ends with it."""
        grading = _GRADINGS.get(converter)
        if grading is None:
            try:
                course = Course.open(Path(converter.coursedir.root))
            except CourseError:
                course = Course({})
            grading = cls(converter.coursedir, course)
            _GRADINGS[converter] = grading
            weakref.finalize(converter, grading._warm.close)
        return grading

    def knows(self, assignment: str) -> bool:
        """Whether an assignment is in solutions/, so that we judge it."""
        return assignment in self.course.folders

    def repaired(self, about: Mapping[str, str]) -> Repaired:
        """A student's notebook; `about` is what nbgrader says of it in resources["nbgrader"].

        The forkserver starts meanwhile, if it has not.
        """
        self._warm.of(self.course)
        return self._handed_in(about)[1]

    def result(self, about: Mapping[str, str]) -> tuple[Result, tuple[str, ...]]:
        """A student's result, and what was repaired in their notebook."""
        handed_in, repaired = self._handed_in(about)
        return handed_in.graded(self._warm.of(self.course)), repaired.notes

    def _handed_in(self, about: Mapping[str, str]) -> tuple[HandedIn, Repaired]:
        student, name = about["student"], about["assignment"]
        folder = self._folder(self.folders.submitted_directory, student, name)
        place = Place(student, name, folder)
        if self._last is None or self._last[0].place != place:
            if name not in self._released:
                given = self._folder(self.folders.release_directory, ".", name)
                self._released[name] = released_notebook(given / f"{name}.ipynb")
            reader = self._warm.of(self.course).reader
            handed_in = HandedIn.read(place, self.course, reader)
            assignment = self.course.assignment(name)
            self._last = handed_in, handed_in.repaired(self._released[name], assignment, reader)
        return self._last

    def _folder(self, step: str, student: str, assignment: str) -> Path:
        return Path(self.folders.format_path(step, student, assignment))


_GRADINGS: weakref.WeakKeyDictionary[BaseConverter, Grading] = weakref.WeakKeyDictionary()


class Judge(NbGraderPreprocessor):  # type: ignore[misc]
    """Grades the submission that a notebook belongs to, and fills its check cells."""

    def preprocess(self, nb: NotebookNode, resources: Mapping[str, Any]) -> Processed:
        """Called by nbgrader for each notebook, after it was sanitized."""
        about = resources["nbgrader"]
        grading = Grading.of(self.parent.parent)
        if not grading.knows(about["assignment"]):
            return Execute(parent=self.parent)(nb, resources)  # type: ignore[no-any-return]
        if about["notebook"] != about["assignment"]:
            return nb, resources
        result, repairs = grading.result(about)
        about[DOUBTFUL] = doubtful(result)
        return judged(nb, result, repairs), resources


class MarkDoubtful(NbGraderPreprocessor):  # type: ignore[misc]
    """Comes after SaveAutoGrades: asks a person to look at what could not be judged for sure."""

    def preprocess(self, nb: NotebookNode, resources: Mapping[str, Any]) -> Processed:
        """Called by nbgrader for each notebook that was graded."""
        about = resources["nbgrader"]
        if cells := about.get(DOUBTFUL):
            where = (about["notebook"], about["assignment"], about["student"])
            with Gradebook(about["db_url"]) as gradebook:
                for name in cells:
                    gradebook.find_grade(name, *where).needs_manual_grade = True
                gradebook.db.commit()
            names = ", ".join(sorted(cells))
            self.log.error("%s: a person has to look at %s", about["student"], names)
        return nb, resources
