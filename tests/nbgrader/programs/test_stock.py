"""What works without our line in nbgrader_config.py: kernels run the check cells; and formgrader.

The tiny course is laid out as the real one is; two exercises, `double` and `shout`.
"""

import re
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

TINY = Path(__file__).parents[2] / "tiny_course" / "solutions"
STOCK = "--Autograde.exporter_class=nbconvert.exporters.NotebookExporter"


@pytest.fixture(scope="module")
def world(new_world):
    """The tiny course, and eve, who wrote `shout` and not `double`; graded by nbgrader alone."""
    world = new_world(TINY)
    world.nbgrader("generate_assignment", "tiny", "--force")
    folder = world.submitted("eve", "tiny")
    shutil.copytree(world.course / "assignments" / "tiny", folder)
    solved = nbformat.read(world.course / "source" / "tiny" / "tiny.ipynb", as_version=4)
    notebook = nbformat.read(folder / "tiny.ipynb", as_version=4)
    answers = {cell.id: cell.source for cell in solved.cells}
    for cell in notebook.cells:
        if cell.id == "shout":
            cell.source = f"import sys\nprint('note', file=sys.stderr)\n{answers['shout']}"
    nbformat.write(notebook, folder / "tiny.ipynb")
    world.nbgrader("autograde", "tiny", STOCK)
    return world


def test_an_assignment_that_is_not_in_solutions_is_nbgraders_own(world):
    """A teacher's handwritten one, with our line switched on."""
    grading = {"schema_version": 3, "grade": True, "solution": False, "locked": True, "points": 3}
    grading |= {"task": False, "grade_id": "sum"}
    cell = new_code_cell("1 + 1", id="sum", metadata={"nbgrader": grading})
    (world.course / "source" / "hand").mkdir()
    nbformat.write(new_notebook(cells=[cell]), world.course / "source" / "hand" / "hand.ipynb")
    world.nbgrader("generate_assignment", "hand")
    shutil.copytree(world.course / "assignments" / "hand", world.submitted("eve", "hand"))
    world.nbgrader("autograde", "hand")
    assert world.scores("eve", "hand") == {"sum": 2.0}


def test_a_check_cell_gives_the_points_of_visible_checks(world):
    assert world.scores("eve", "tiny") == {"check_double": 0.0, "check_shout": 1.0}


def test_a_check_cell_shows_a_table(world):
    cells = {cell.id: cell for cell in world.autograded("eve", "tiny").cells}
    kinds = [output.output_type for output in cells["check_shout"].outputs]
    assert kinds == ["display_data", "execute_result"]
    assert "<table" in cells["check_shout"].outputs[0].data["text/html"]


def test_validate_is_content_where_all_visible_checks_pass(world, tmp_path):
    shutil.copytree(world.submitted("eve", "tiny"), tmp_path / "tiny")
    said = world.nbgrader("validate", "tiny.ipynb", cwd=tmp_path / "tiny")
    assert 'check_cell("double")' in said
    assert 'check_cell("shout")' not in said


def test_formgrader_opens_on_the_result(world, listens):
    with world.gradebook() as gradebook:
        submission = gradebook.find_submission_notebook("tiny", "tiny", "eve").id
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root"),
            "--ServerApp.jpserver_extensions={'nbgrader.server_extensions.formgrader': True}",
            *("--ServerApp.ip=127.0.0.1", "--ServerApp.port=0"),
            "--IdentityProvider.token=open",
        ],
        cwd=world.course,
        env=world.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stderr
        found = (re.search(r"http://127\.0\.0\.1:\d+/", line) for line in server.stderr)
        address = f"{next(filter(None, found))[0]}formgrader"
        while not listens(address):
            assert server.poll() is None
            time.sleep(0.05)
        assert "tiny" in fetched(f"{address}/gradebook/tiny/tiny")
        assert "shout" in fetched(f"{address}/submissions/{submission}/")
    finally:
        server.terminate()
        server.communicate()


def test_what_fails_through_our_fault_is_for_a_person(world):
    """Our line switched on, and a check that is broken itself."""
    checks = world.course / "solutions" / "tiny" / "02_shout" / "hidden.py"
    text = checks.read_text()
    checks.write_text(
        text.replace("    expect(student.Voice", "    1 / 0\n    expect(student.Voice")
    )
    world.nbgrader("autograde", "tiny", "--student", "eve", "--force")
    with world.gradebook() as gradebook:
        grades = gradebook.find_submission_notebook("tiny", "tiny", "eve").grades
        assert {g.name for g in grades if g.needs_manual_grade} == {"check_shout"}


def fetched(address: str) -> str:
    request = urllib.request.Request(address, headers={"Authorization": "token open"})
    with urllib.request.urlopen(request) as answer:
        return answer.read().decode()
