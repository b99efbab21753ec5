"""Adds to a wheel what pyproject.toml can't say: assignments/, as autograder/handouts/.

`autograder start` lays out working copies from there. An editable install needs no copy: it
finds the course's own assignments/.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).parent


class BuildWithHandouts(build_py):
    """The usual build, then the assignments as they are handed out."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            target = Path(self.build_lib) / "autograder" / "handouts"
            shutil.rmtree(target, ignore_errors=True)
            ignored = shutil.ignore_patterns("__pycache__", ".*")
            shutil.copytree(HERE / "assignments", target, ignore=ignored)


setup(cmdclass={"build_py": BuildWithHandouts})
