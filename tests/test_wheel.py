"""What `pip wheel` makes: built in this process, unpacked, and used from outside of any clone."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from importlib.metadata import Distribution, PathDistribution
from pathlib import Path
from zipfile import ZipFile

import pytest
from hatchling.builders.wheel import WheelBuilder
from packaging.requirements import Requirement

import autograder

ROOT = Path(__file__).parents[1]
HANDOUTS = "autograder/handouts/"
NEVER_HANDED_OUT = {"hidden.py", "solution.py", "mistakes.py", "statement.md", "show.py"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the wheel's files are unpacked to."""
    place = tmp_path_factory.mktemp("wheel")
    (built,) = WheelBuilder(str(ROOT)).build(directory=str(place), versions=["standard"])
    with ZipFile(built) as archive:
        archive.extractall(place / "unpacked")
    return place / "unpacked"


@pytest.fixture(scope="module")
def distribution(wheel: Path) -> Distribution:
    (found,) = wheel.glob("*.dist-info")
    return PathDistribution(found)


def names(folder: Path) -> set[str]:
    """The files below a folder, relative to it, without what Python keeps there for itself."""
    files = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {
        str(path)
        for path in files
        if not any(part == "__pycache__" or part.startswith(".") for part in path.parts)
    }


def run(wheel: Path, place: Path, *arguments: str) -> str:
    """The output of `python ...`, which finds the unpacked wheel first; it must exit 0."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(wheel)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_is_called_torch_autograder_and_has_one_command(distribution):
    assert distribution.name == "torch-autograder"
    assert distribution.version == autograder.__version__
    (command,) = distribution.entry_points.select(group="console_scripts")
    assert (command.name, command.value) == ("autograder", "autograder.cli.main:main")


def test_a_student_gets_torch_nbgrader_and_pytest_but_no_tool_of_authors(distribution):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    required = [Requirement(text) for text in distribution.requires]
    plain = {one.name for one in required if one.marker is None}
    assert {"torch", "numpy", "nbgrader", "pytest"} <= plain
    assert plain == {Requirement(text).name for text in project["dependencies"]}


def test_it_holds_the_package_and_what_is_handed_out_and_nothing_else(wheel, distribution):
    handed_out = {HANDOUTS + name for name in names(ROOT / "assignments")}
    package = {f"autograder/{name}" for name in names(ROOT / "autograder")}
    about = {name for name in names(wheel) if ".dist-info/" in name}
    assert HANDOUTS + "logistic_regression/logistic_regression.ipynb" in handed_out
    assert names(wheel) - about == handed_out | package
    for name in handed_out:
        source = ROOT / "assignments" / name.removeprefix(HANDOUTS)
        assert (wheel / name).read_bytes() == source.read_bytes(), name


def test_nothing_hidden_and_no_solution_is_handed_out(wheel):
    assert not {path.name for path in (wheel / HANDOUTS).rglob("*")} & NEVER_HANDED_OUT
    text = "\n".join(path.read_text() for path in (wheel / HANDOUTS).rglob("*") if path.is_file())
    assert "BEGIN SOLUTION" not in text
    assert "BEGIN HIDDEN TESTS" not in text


def test_list_start_and_pytest_work_outside_of_any_clone(wheel, tmp_path):
    used = run(wheel, tmp_path, "-c", "import autograder; print(autograder.__file__)")
    assert used.strip() == str(wheel / "autograder" / "__init__.py")
    listed = run(wheel, tmp_path, "-m", "autograder", "list")
    assert "autograder start logistic_regression" in listed
    run(wheel, tmp_path, "-m", "autograder", "start", "logistic_regression", "lab")
    assert names(tmp_path / "lab") == names(ROOT / "assignments" / "logistic_regression")
    collected = run(wheel, tmp_path / "lab", "-m", "pytest", "--collect-only", "-q")
    assert "bce_criterion/checks.py::matches_the_definition" in collected
