"""nbgrader's source folder, made from solutions/."""

import shutil
import subprocess
import sys

import nbformat
import pytest

from autograder.author.source import digest_of_sources, refresh_sources
from autograder.errors import CourseError

REFRESH = "from pathlib import Path; from autograder.author.source import refresh_sources as r; "


@pytest.fixture
def root(tiny, tmp_path):
    """A copy of the tiny course."""
    without = shutil.ignore_patterns("__pycache__")
    shutil.copytree(tiny / "solutions", tmp_path / "solutions", ignore=without)
    return tmp_path


def solution(root):
    return root / "solutions" / "tiny" / "01_double" / "solution.py"


def test_it_is_made_once(root):
    assert refresh_sources(root) == ["tiny"]
    assert refresh_sources(root) == []
    notebook = nbformat.read(root / "source" / "tiny" / "tiny.ipynb", as_version=4)
    assert "BEGIN SOLUTION" in next(c.source for c in notebook.cells if c.id == "double")
    assert (root / "source" / "tiny" / "checks" / "assignment.toml").exists()


def test_a_change_makes_it_anew(root):
    refresh_sources(root)
    text = solution(root).read_text()
    solution(root).write_text(text.replace("### BEGIN", "changed = 1\n    ### BEGIN"))
    assert refresh_sources(root) == ["tiny"]
    assert "changed = 1" in (root / "source" / "tiny" / "tiny.ipynb").read_text()


def test_what_was_removed_there_comes_back(root):
    refresh_sources(root)
    shutil.rmtree(root / "source" / "tiny")
    assert refresh_sources(root) == ["tiny"]


def test_caches_change_nothing(root):
    before = digest_of_sources(root / "solutions" / "tiny")
    (root / "solutions" / "tiny" / "__pycache__").mkdir()
    (root / "solutions" / "tiny" / "__pycache__" / "x.pyc").write_bytes(b"1")
    assert digest_of_sources(root / "solutions" / "tiny") == before


def test_a_broken_course_leaves_nothing_old_to_hand_out(root):
    refresh_sources(root)
    solution(root).write_text("def double(x:")
    with pytest.raises(CourseError):
        refresh_sources(root)
    assert not (root / "source" / "tiny").exists()


def test_what_shows_a_solution_is_not_handed_out(root):
    statement = root / "solutions" / "tiny" / "02_shout" / "statement.md"
    statement.write_text(f"{statement.read_text()}\n    return text.upper()\n")
    with pytest.raises(CourseError, match="shows"):
        refresh_sources(root)
    assert not (root / "source" / "tiny" / "tiny.ipynb").exists()


def test_a_folder_that_a_person_made_is_left_alone(root):
    mine = root / "source" / "tiny" / "mine.txt"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    with pytest.raises(CourseError, match="not made from solutions"):
        refresh_sources(root)
    assert mine.read_text() == "mine"


def test_several_at_once_make_it_once(root):
    command = [sys.executable, "-c", f"{REFRESH}print(r(Path({str(root)!r})))"]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    said = [process.communicate(timeout=120)[0].strip() for process in started]
    assert sorted(said) == ["['tiny']", "[]", "[]"]
    assert sorted(p.name for p in (root / "source").iterdir()) == [".lock", ".tiny.stamp", "tiny"]


def test_reading_the_configuration_starts_nothing(root):
    """Every program of nbgrader reads it, those of students too."""
    refresh_sources(root)
    code = (
        "import sys; from pathlib import Path; from traitlets.config import Config\n"
        "from autograder.author.source import configure\n"
        f"configure(Config(), Path({str(root)!r}))\n"
        "print({'nbgrader', 'nbconvert', 'torch', 'autograder.author.release'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
