"""The released notebook, as nbformat and nbgrader see it."""

import os
from decimal import Decimal

import nbformat
import pytest
from nbgrader import utils
from nbgrader.nbgraderformat import MetadataValidator

from autograder.errors import CourseError
from autograder.nbgrader.page import STUB, ExercisePage, release_notebook

SOLUTION = """\
import torch


def NAME(x):
    ### BEGIN SOLUTION
    return x * 2
    ### END SOLUTION


class Other:
    def method(self):
        ### BEGIN SOLUTION
        return 12345
        ### END SOLUTION
"""


def page(name: str, **changes) -> ExercisePage:
    """A page of an exercise of that name."""
    content = {
        "statement": f"## {name}",
        "solution": SOLUTION.replace("NAME", name),
        "check": f'from autograder.notebook import check_cell\n\ncheck_cell("{name}")',
        "points": Decimal("2.5"),
        "show": f"print({name}(1))",
    }
    return ExercisePage(name, **{**content, **changes})


@pytest.fixture(scope="module")
def released():
    return release_notebook("small", "# Small", [page("double"), page("twice", show="")])


@pytest.fixture
def notebook(released):
    return nbformat.reads(released.content.decode(), as_version=nbformat.NO_CONVERT)


def test_nbformat_and_nbgrader_accept_it(notebook):
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    nbformat.validate(notebook)
    MetadataValidator().validate_nb(notebook)


def test_its_cells_stand_in_order_under_ids_that_never_change(notebook):
    names = ["welcome"]
    names += ["statement-double", "double", "check_double", "show-double"]
    names += ["statement-twice", "twice", "check_twice"]
    assert [cell.id for cell in notebook.cells] == names
    assert [cell.metadata.nbgrader.grade_id for cell in notebook.cells] == names


def test_cells_are_graded_solved_and_locked_as_they_should_be(notebook):
    for cell in notebook.cells:
        kind = cell.metadata.nbgrader
        is_check, is_yours = cell.id.startswith("check_"), cell.id in ("double", "twice")
        assert (kind.grade, kind.solution, kind.locked) == (is_check, is_yours, not is_yours)
        assert kind.get("points") == (2.5 if is_check else None)
        assert cell.metadata.deletable is False
        assert cell.metadata.get("editable", True) is is_yours


def test_the_checksums_are_nbgraders_own(notebook):
    for cell in notebook.cells:
        assert cell.metadata.nbgrader.checksum == utils.compute_checksum(cell)


def test_solutions_are_cleared_to_the_stub_at_their_indentation(released, notebook):
    cells = {cell.id: cell.source for cell in notebook.cells}
    assert released.stubs == {"double": cells["double"], "twice": cells["twice"]}
    one, other = STUB.splitlines()
    assert f"def double(x):\n    {one}\n    {other}\n" in cells["double"]
    assert f"    def method(self):\n        {one}\n        {other}" in cells["double"]
    assert b"12345" not in released.content
    assert b"SOLUTION" not in released.content


def test_the_same_pages_give_the_same_bytes(released):
    again = release_notebook("small", "# Small", [page("double"), page("twice", show="")])
    assert again.content == released.content


def test_nothing_is_left_behind_or_printed(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    release_notebook("small", "# Small", [page("double")])
    assert list(tmp_path.iterdir()) == []
    assert os.getcwd() == str(tmp_path)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("solution", "message"),
    [
        ("def f(x):\n    ### BEGIN SOLUTION\n    return 1", "no end solution"),
        ("### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION", "nested begin solution"),
    ],
)
def test_broken_regions_are_an_error_with_nbgraders_reason(solution, message):
    with pytest.raises(CourseError, match=message):
        release_notebook("small", "# Small", [page("double", solution=solution)])
