"""Where assignments come from: a course with its solutions, or a folder handed out to students."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from autograder.course import load
from autograder.course.model import Assignment, Exercise
from autograder.course.texts import read_text
from autograder.errors import CourseError, UsageError
from autograder.submissions.model import Habit, KnownAssignments


@dataclass(slots=True)
class Course:
    """The assignments that can be graded here.

    `folders` maps an assignment's name to the folder that describes it: `solutions/<name>` in
    a course, `checks/` in what was handed out. Assignments are loaded when they are needed.
    """

    folders: dict[str, Path]
    _loaded: dict[str, Assignment] = field(default_factory=dict)

    @classmethod
    def open(cls, folder: Path) -> Course:
        """The course at `folder` or above it."""
        root = load.find_course(folder.resolve())
        return cls({name: root / "solutions" / name for name in load.assignment_names(root)})

    @classmethod
    def handed_out(cls, folder: Path) -> Course:
        """The one assignment of a working folder, which has the visible checks in `checks/`."""
        checks = folder / "checks"
        if not (checks / "assignment.toml").exists():
            raise CourseError(
                "this folder" if folder == Path() else folder,
                "is not a working copy of an assignment (it has no checks/)",
                "cd into your copy of the assignment, or make one: `autograder start NAME`",
            )
        assignment = load.load_assignment(checks)
        return cls({assignment.name: checks}, {assignment.name: assignment})

    @property
    def handout(self) -> Assignment:
        """The one assignment of what was handed out."""
        (name,) = self.folders
        return self.assignment(name)

    def folder(self, name: str) -> Path:
        """The folder that describes an assignment; UsageError with the names that there are."""
        if name not in self.folders:
            raise UsageError(f"unknown assignment {name!r}; there is {', '.join(self.folders)}")
        return self.folders[name]

    def holding(self, exercises: frozenset[str]) -> list[str]:
        """The names of the assignments that hold one of these exercises; all, where none does."""
        return [
            name
            for name, folder in self.folders.items()
            if exercises & {load.exercise_name(path) for path in load.exercise_folders(folder)}
        ] or list(self.folders)

    def assignment(self, name: str) -> Assignment:
        """The assignment of that name, loaded once; UsageError as `folder`."""
        if name not in self._loaded:
            self._loaded[name] = load.load_assignment(self.folder(name))
        return self._loaded[name]

    def known(self, preferred: str | None = None) -> KnownAssignments:
        """What the reader of submissions has to know."""
        if preferred is not None:
            self.assignment(preferred)
        assignments = [self.assignment(name) for name in self.folders]
        return KnownAssignments(
            {one.name: one.entry_points for one in assignments},
            preferred,
            homes={
                one.name: {name: part.name for part in one.exercises for name in part.entry_points}
                for one in assignments
            },
            habits={one.name: tuple(Habit(**table) for table in one.habits) for one in assignments},
        )


def solution_source(exercise: Exercise) -> str | None:
    """The reference's source; None where it is not here (a folder handed out)."""
    path = exercise.folder / "solution.py"
    return read_text(path) if path.exists() else None
