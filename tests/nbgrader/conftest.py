"""A class of the tiny course as nbgrader lays it out, for tests of what goes into a gradebook."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from nbgrader.api import Gradebook

from autograder.author.release import expected_release
from autograder.course.course import Course
from autograder.grading.grader import Grader
from autograder.nbgrader.class_grading import Class, Written, grade_class
from autograder.nbgrader.gradebook import make_tables

NAME = "tiny"
RIGHT = {
    "double": "def double(x):\n    return x + x\n",
    "shout": (
        "def shout(text):\n    return text.upper()\n\n"
        "class Voice:\n    def __init__(self, volume):\n        self.volume = volume\n"
    ),
}
MISTAKEN = {"double": "def double(x):\n    return 3 * x\n"}


@dataclass
class SmallClass:
    """A folder with `submitted/`, the release, and a gradebook that is not there yet."""

    root: Path
    release: bytes
    grader: Grader
    told: list[Written] = field(default_factory=list)

    @property
    def database(self) -> Path:
        return self.root / "gradebook.db"

    @property
    def url(self) -> str:
        """A locked database is given up after a tenth of a second."""
        return f"sqlite:///{self.database}?timeout=0.1"

    def folder(self, student: str, step: str = "submitted") -> Path:
        return self.root / step / student / NAME

    def hand_in(
        self, student: str, answers: Mapping[str, str] = RIGHT, timestamp: str = ""
    ) -> Path:
        """Lays a filled-in notebook into submitted/."""
        notebook = json.loads(self.release)
        for cell in notebook["cells"]:
            cell["source"] = answers.get(cell["id"], cell["source"])
        return self.hand_in_file(student, f"{NAME}.ipynb", json.dumps(notebook), timestamp)

    def hand_in_file(self, student: str, name: str, text: str, timestamp: str = "") -> Path:
        folder = self.folder(student)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
        if timestamp:
            (folder / "timestamp.txt").write_text(timestamp, encoding="utf-8")
        return folder / name

    def four(self) -> None:
        """A perfect student, one with a mistake, an untouched notebook, a broken one."""
        self.hand_in("ada")
        self.hand_in("grace", {**RIGHT, **MISTAKEN})
        self.hand_in("zoe", {})
        self.hand_in_file("ben", f"{NAME}.ipynb", '{"cells": [')

    def grade(self, *paths: Path, url: str = "") -> Class:
        self.told.clear()
        given = paths or (self.root / "submitted",)
        return grade_class(given, self.grader, url or self.url, self.told.append)

    def states(self, **how) -> dict[str, str]:
        """Grades all; what became of each student."""
        done = self.grade(**how)
        return {
            result.student: state for result, state in zip(done.results, done.states, strict=True)
        }

    def gradebook(self) -> Gradebook:
        """nbgrader's own view of the gradebook."""
        make_tables(self.url)  # nbgrader would run a program for that, which takes seconds
        return Gradebook(f"sqlite:///{self.database}")

    def sql(self, query: str, *values: object) -> list[tuple]:
        """Rows of the gradebook, read or changed past nbgrader."""
        connection = sqlite3.connect(self.database)
        try:
            with connection:
                return connection.execute(query, values).fetchall()
        finally:
            connection.close()

    def rows(self) -> dict[str, list[tuple]]:
        """All that is in the gradebook."""
        tables = [name for (name,) in self.sql("select name from sqlite_master where type='table'")]
        return {table: sorted(self.sql(f"select * from {table}"), key=repr) for table in tables}

    def scores(self, student: str) -> dict[str, tuple]:
        """For each check cell: automatic, manual, extra points; whether a person must look."""
        found = self.sql(
            "select base_cell.name, auto_score, manual_score, extra_credit, needs_manual_grade"
            " from grade join base_cell on grade.cell_id = base_cell.id"
            " join submitted_notebook on grade.notebook_id = submitted_notebook.id"
            " join submitted_assignment"
            " on submitted_notebook.assignment_id = submitted_assignment.id where student_id = ?",
            student,
        )
        return {name: tuple(rest) for name, *rest in found}

    def automatic(self, student: str) -> dict[str, float]:
        return {name: row[0] for name, row in self.scores(student).items()}


@pytest.fixture
def listens() -> Callable[[str], bool]:
    """Whether anyone listens at an address: Jupyter's server names it a moment before it does."""

    def listens(address: str) -> bool:
        place = urlsplit(address)
        try:
            socket.create_connection((place.hostname, place.port)).close()
        except ConnectionRefusedError:
            return False
        return True

    return listens


@pytest.fixture(scope="session")
def tiny_release(tiny: Path) -> bytes:
    """The notebook of the tiny course, as it is handed out."""
    return expected_release(Course.open(tiny).assignment(NAME))[f"{NAME}.ipynb"]


@pytest.fixture
def small_class(
    tmp_path: Path,
    tiny_release: bytes,
    tiny_grader: Grader,
    monkeypatch: pytest.MonkeyPatch,
) -> SmallClass:
    """An empty class; the user's own configuration of Jupyter is out of the way."""
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    monkeypatch.setenv("PATH", programs)  # for nbgrader, which calls alembic by name
    root = tmp_path / "course"
    (root / "submitted").mkdir(parents=True)
    (root / "release" / NAME).mkdir(parents=True)
    (root / "release" / NAME / f"{NAME}.ipynb").write_bytes(tiny_release)
    monkeypatch.chdir(root)
    return SmallClass(root, tiny_release, tiny_grader)
