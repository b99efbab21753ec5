"""A world of its own for nbgrader's programs: course, exchange and home in a temporary folder."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

ROOT = Path(__file__).parents[3]
SECONDS = 300
SERVER = """\
import json, os, sys, tempfile
from nbgrader.apps.nbgraderapp import main

for line in sys.stdin:
    words, cwd = json.loads(line)
    with tempfile.TemporaryFile() as said:
        child = os.fork()
        if not child:
            os.chdir(cwd)
            os.dup2(said.fileno(), 1)
            os.dup2(said.fileno(), 2)
            sys.stdout, sys.stderr = open(1, "w"), open(2, "w")
            sys.argv = ["nbgrader", *words]
            sys.exit(main())
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        said.seek(0)
        print(json.dumps([code, said.read().decode()]), flush=True)
"""
"""Runs nbgrader's program for each line that it reads, in a process of its own. Importing nbgrader
takes most of a command's time; here it is imported once."""


class World:
    """A copy of a course, an exchange, a home: nothing of the real user's is touched."""

    def __init__(self, folder: Path, solutions: Path, config: str):
        self.folder = folder
        self.course = folder / "course"
        self.exchange = folder / "exchange"
        self.home = folder / "home"
        without = shutil.ignore_patterns("__pycache__")
        shutil.copytree(solutions, self.course / "solutions", ignore=without)
        shutil.copy(ROOT / "nbgrader_config.py", self.course)
        self.exchange.mkdir()
        self.exchange.chmod(0o777)
        self.home.mkdir()
        of_site = f'c.Exchange.root = "{self.exchange}"\nc.CourseDirectory.course_id = "pytorch"\n'
        text = f"c = get_config()\n{of_site}{config}"
        (self.home / "nbgrader_config.py").write_text(text)
        self.server: subprocess.Popen[str] | None = None

    # -- where things are -------------------------------------------------------------------

    def submitted(self, student: str, name: str) -> Path:
        return self.course / "submitted" / student / name

    def autograded(self, student: str, name: str) -> nbformat.NotebookNode:
        path = self.course / "autograded" / student / name / f"{name}.ipynb"
        return nbformat.read(path, as_version=4)

    def gradebook(self) -> Gradebook:
        return Gradebook(f"sqlite:///{self.course}/gradebook.db")

    def scores(self, student: str, name: str) -> dict[str, float]:
        """Automatic scores in the gradebook, by check cell."""
        with self.gradebook() as gradebook:
            notebook = gradebook.find_submission_notebook(name, name, student)
            return {grade.name: grade.auto_score for grade in notebook.grades}

    # -- programs ---------------------------------------------------------------------------

    def environment(self) -> dict[str, str]:
        programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        named = {"HOME": self.home, "JUPYTER_CONFIG_DIR": self.home}
        named |= {"JUPYTER_DATA_DIR": self.home / "data", "IPYTHONDIR": self.home / "ipython"}
        named |= {"JUPYTER_RUNTIME_DIR": self.home / "runtime"}
        return {**os.environ, "PATH": programs, **{k: str(path) for k, path in named.items()}}

    def program(self, *words: str, cwd: Path | None = None) -> tuple[int, str, str]:
        """Runs a program: exit code, stdout, stderr."""
        done = subprocess.run(
            words,
            cwd=cwd or self.course,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        return done.returncode, done.stdout, done.stderr

    def nbgrader(self, *words: str, cwd: Path | None = None) -> str:
        """Runs an nbgrader command, which must end well; what it said."""
        if self.server is None:
            self.server = subprocess.Popen(
                [sys.executable, "-c", SERVER],
                env=self.environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self.server.stdin
        assert self.server.stdout
        self.server.stdin.write(json.dumps([words, str(cwd or self.course)]) + "\n")
        self.server.stdin.flush()
        code, said = json.loads(self.server.stdout.readline())
        assert code == 0, f"nbgrader {' '.join(words)} ended with {code}:\n{said}"
        return said

    def close(self) -> None:
        if self.server is not None:
            self.server.communicate(timeout=SECONDS)


@pytest.fixture(scope="module")
def new_world(tmp_path_factory) -> Iterator[Callable[..., World]]:
    """Makes a World: `new_world(solutions, config="")`."""
    worlds = []

    def make(solutions: Path = ROOT / "solutions", config: str = "") -> World:
        worlds.append(World(tmp_path_factory.mktemp("nbgrader"), solutions, config))
        return worlds[-1]

    yield make
    for world in worlds:
        world.close()
