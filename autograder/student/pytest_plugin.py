"""Plain `pytest` in an assignment's folder runs the visible checks: one item a check.

    checks/02_bce_criterion/checks.py  ─ Checks ─┐
    logistic_regression.ipynb (if it is named) ── WorkFile ─ WorkExercise ─┤
                                                 └─ CheckItem ──> Desk: a WarmGrader for the whole
                                                                  session, each exercise run once

So an editor's test panel shows a tree of exercises and checks, and a failure shows what the
`check` command says of it: no frame of ours. `pytest checks/02_bce_criterion` runs one exercise;
`pytest logistic_regression.ipynb` checks that file where there are several.

pytest loads this module wherever the package is installed: until a folder of ours is met, it
imports nothing else of the package and looks at nothing but file names. PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import fnmatch
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from autograder.course.model import Check, Exercise
    from autograder.results import ExerciseResult, Result

CHECKS = "checks.py"
MARK = "assignment.toml"
OWN_COPIES = frozenset({"assignments", "source", "release"})
"""Where a course keeps what it hands out, beside its solutions/: nobody's work."""

WIDTH = 88


# -- collecting -----------------------------------------------------------------------------


@pytest.hookimpl(hookwrapper=True)
def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> Generator[None, Any, None]:
    """Our files are ours alone: never imported as test modules, even if they are named."""
    outcome = yield
    node = _node_for(file_path, parent)
    if node is not None:
        outcome.force_result([node])


def _node_for(path: Path, parent: pytest.Collector) -> pytest.File | None:
    if path.name == CHECKS:
        place = path.parent.parent
        if place.name == "checks" and _is_working_folder(place.parent):
            node: pytest.File = Checks.from_parent(parent, path=path)
            return node
    elif path.suffix in (".py", ".ipynb") and parent.session.isinitpath(path):
        patterns = [*parent.config.getini("python_files"), "conftest.py"]
        is_test = any(fnmatch.fnmatch(path.name, pattern) for pattern in patterns)
        if not is_test and _is_working_folder(path.parent):
            work: pytest.File = WorkFile.from_parent(parent, path=path)
            return work
    return None


def _is_working_folder(folder: Path) -> bool:
    """Whether a student works there: it has checks/, and is not the copy that a course keeps."""
    if not (folder / "checks" / MARK).is_file():
        return False
    beside = folder.parent.parent / "solutions" / folder.name / MARK
    return not (folder.parent.name in OWN_COPIES and beside.is_file())


class Checks(pytest.File):
    """The checks of one exercise, in checks/; they run on the work beside checks/."""

    def collect(self) -> Iterator[pytest.Item]:
        from autograder.course.load import load_exercise
        from autograder.errors import CourseError

        try:
            exercise = load_exercise(self.path.parent)
        except CourseError as error:
            raise self.CollectError(str(error)) from None
        yield from _items(self, exercise, self.path.parents[2])


class WorkFile(pytest.File):
    """A file of the student's that was named on the command line."""

    def collect(self) -> Iterator[pytest.Collector]:
        from autograder.course.load import load_assignment
        from autograder.errors import CourseError

        try:
            assignment = load_assignment(self.path.parent / "checks")
        except CourseError as error:
            raise self.CollectError(str(error)) from None
        for exercise in assignment.exercises:
            yield WorkExercise.from_parent(self, name=exercise.name, exercise=exercise)


class WorkExercise(pytest.Collector):
    """One exercise of such a file."""

    def __init__(self, *, exercise: Exercise, **given: Any):
        super().__init__(**given)
        self.exercise = exercise

    def collect(self) -> Iterator[pytest.Item]:
        yield from _items(self, self.exercise, self.path)


def _items(parent: pytest.Collector, exercise: Exercise, work: Path) -> Iterator[CheckItem]:
    for check in exercise.checks:
        if check.visible:
            yield CheckItem.from_parent(
                parent, name=check.name, exercise=exercise, check=check, work=work
            )


# -- running --------------------------------------------------------------------------------


class NotPassed(AssertionError):
    """Its text is all that the student is to read."""

    def __init__(self, text: str):
        from autograder.reports.escape import printable

        super().__init__(printable(text, 20_000, newlines=True))


class CheckItem(pytest.Item):
    """One visible check of the work at `work`, a file or the folder that holds it."""

    def __init__(self, *, exercise: Exercise, check: Check, work: Path, **given: Any):
        super().__init__(**given)
        self.exercise = exercise
        self.check = check
        self.work = work
        self.extra_keyword_matches.update({exercise.name, *exercise.entry_points})

    def runtest(self) -> None:
        """Passes, skips, or raises NotPassed."""
        from autograder.results import Status

        result, exercise = self._desk().result(self.work, self.exercise)
        if result.error:
            raise NotPassed(result.error)
        verdict = next(verdict for verdict in exercise.checks if verdict.name == self.check.name)
        if verdict.status is Status.SKIPPED:
            reason = verdict.rationale.strip("()")
            raise pytest.skip.Exception(reason, _use_item_location=True)
        if verdict.status is not Status.PASSED:
            from autograder.reports.text import explained, shown_printed

            if printed := self._desk().printed_now(self.work, exercise):
                self.add_report_section("call", "stdout", "\n".join(shown_printed(printed)))
            raise NotPassed(explained(verdict, WIDTH))

    def _desk(self) -> Desk:
        stash = self.config.stash
        if _DESK not in stash:
            stash[_DESK] = Desk()
        return stash[_DESK]

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What the student is to read; a traceback only where the fault is ours."""
        from autograder.errors import AutograderError

        if isinstance(excinfo.value, NotPassed):
            return str(excinfo.value)
        if isinstance(excinfo.value, AutograderError):
            return f"autograder: {excinfo.value}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """The line of the check, for editors."""
        line = self.check.function.__code__.co_firstlineno - 1
        return self.exercise.folder / CHECKS, line, f"{self.exercise.name}: {self.name}"


class Desk:
    """What one pytest session keeps: a grader, and the result of each exercise that ran."""

    def __init__(self) -> None:
        from autograder.grading.warm import WarmGrader

        self.warm = WarmGrader()
        self.results: dict[tuple[Path, str], Result] = {}
        self.notes: dict[str, None] = {}
        self._printed: set[tuple[Path, str]] = set()

    def result(self, work: Path, exercise: Exercise) -> tuple[Result, ExerciseResult]:
        """How an exercise fares; it is run when it is first asked for."""
        key = work, exercise.name
        if key not in self.results:
            folder = exercise.folder.parents[1]
            self.results[key] = self.warm.of_folder(folder).grade(work, only=[exercise.name])
            self._remember(folder, self.results[key])
        result = self.results[key]
        return result, result.exercises[0]

    def _remember(self, folder: Path, result: Result) -> None:
        """Keeps how the exercise stands, and what there is to say below the results."""
        from autograder.reports.student import notes_beside
        from autograder.student.progress import Progress

        if not result.error:
            notes = notes_beside(result, *result.exercises)
            self.notes |= dict.fromkeys(notes + Progress.open(folder).remember(result))

    def printed_now(self, work: Path, exercise: ExerciseResult) -> str:
        """What the code printed, for the first check of the exercise that does not pass."""
        key = work, exercise.name
        first = key not in self._printed
        self._printed.add(key)
        return exercise.printed if first else ""


_DESK = pytest.StashKey[Desk]()


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Remarks on the work as a whole: code that did not run, old spellings."""
    desk = config.stash.get(_DESK, None)
    if desk is None or not desk.notes:
        return
    from autograder.reports.text import shown

    terminalreporter.section("notes on your code")
    for note in desk.notes:
        terminalreporter.line(shown(note))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Ends the forkserver."""
    desk = config.stash.get(_DESK, None)
    if desk is not None:
        desk.warm.close()
