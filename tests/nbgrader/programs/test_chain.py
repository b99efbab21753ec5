"""The README's nbgrader commands, run for real: a temporary course, exchange and home.

One run of the whole chain serves all tests here. Its students: ada (all right), grace (typical
mistakes), zoe (nothing filled in), mallory (hostile) hand in through the exchange; the others'
folders are laid into submitted/ as a teacher would who got them by mail.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from autograder.author.leaks import leaks_in_files
from autograder.author.release import expected_release
from autograder.course.course import Course

ROOT = Path(__file__).parents[3]
NAME = "logistic_regression"
FILE = f"{NAME}.ipynb"
HOSTILE = """\
import os, sys
print("<script>alert('printed')</script>", file=sys.stderr)

def criterion(y_hat, y):
    raise ValueError("<script>alert('raised')</script> $\\\\href{javascript:alert(1)}{x}$")
"""


# -- what the students hand in --------------------------------------------------------------


def fill(folder: Path, solved: nbformat.NotebookNode, *exercises: str) -> nbformat.NotebookNode:
    """Fills exercises of the notebook in a folder with the reference; all if none is named."""
    notebook = nbformat.read(folder / FILE, as_version=4)
    answers = {cell.id: cell.source for cell in solved.cells}
    for cell in notebook.cells:
        if cell.metadata.nbgrader.solution and (not exercises or cell.id in exercises):
            cell.source = answers[cell.id]
    nbformat.write(notebook, folder / FILE)
    return notebook


def ada(folder: Path, solved: nbformat.NotebookNode) -> None:
    fill(folder, solved)


def grace(folder: Path, solved: nbformat.NotebookNode) -> None:
    shutil.copy(ROOT / "tests" / "samples" / "grace" / FILE, folder)


def zoe(folder: Path, solved: nbformat.NotebookNode) -> None:
    """Hands in what she was given."""


def mallory(folder: Path, solved: nbformat.NotebookNode) -> None:
    """Prints, ends the process, forges points, and would stop the whole class by a schema."""
    notebook = fill(folder, solved, "accuracy_check")
    for cell in notebook.cells:
        if cell.id == "bce_criterion":
            cell.source = HOSTILE
        if cell.id == "sigmoid_model":
            cell.source = "import os\nos._exit(0)"
        if cell.id == "check_bce_criterion":
            cell.metadata.nbgrader.schema_version = 99
            cell.source = "7.0"
            cell.outputs = [new_output("execute_result", data={"text/plain": "7.0"})]
    notebook.cells.append(
        new_markdown_cell("<script>alert('text')</script> <img src=x onerror=f()>")
    )
    output = new_output("display_data", data={"text/html": "<script>alert('shown')</script>"})
    notebook.cells.append(new_code_cell("'<script>'", outputs=[output]))
    nbformat.write(notebook, folder / FILE)


def bob(folder: Path, solved: nbformat.NotebookNode) -> None:
    """A script instead of the notebook."""
    (folder / FILE).unlink()
    script = f"{solved_source(solved, 'bce_criterion')}\n\n{solved_source(solved, 'sigmoid_model')}"
    (folder / f"{NAME}.py").write_text(script)


def carl(folder: Path, solved: nbformat.NotebookNode) -> None:
    """A script beside the notebook, which is as it was released."""
    (folder / f"{NAME}.py").write_text(solved_source(solved, "bce_criterion"))


def dora(folder: Path, solved: nbformat.NotebookNode) -> None:
    (folder / FILE).write_text('{"cells": [')


def emil(folder: Path, solved: nbformat.NotebookNode) -> None:
    """Copies, deletes, edits, pastes: what happens to cells in an editor."""
    notebook = fill(folder, solved, "bce_criterion", "sigmoid_model")
    by_id = {cell.id: cell for cell in notebook.cells}
    stub = nbformat.from_dict({**by_id["bce_criterion"], "id": "again"})
    stub.source = "def criterion(y_hat, y):\n    raise NotImplementedError()"
    foreign = nbformat.from_dict({**by_id["check_optimizers"], "id": "foreign"})
    foreign.metadata = nbformat.from_dict(
        {"nbgrader": {**foreign.metadata.nbgrader, "grade_id": "check_of_another_week"}}
    )
    by_id["check_activations"].source = "assert True"
    notebook.cells.remove(by_id["check_sigmoid_model"])
    notebook.cells += [stub, foreign]
    nbformat.write(notebook, folder / FILE)


def finn(folder: Path, solved: nbformat.NotebookNode) -> None:
    """nbformat 4.4 without ids or nbgrader's metadata, and under the name that Colab gives."""
    notebook = fill(folder, solved, "bce_criterion")
    for cell in notebook.cells:
        del cell["id"]
        cell.metadata = {"id": "a1B2c3D4"}
    notebook.nbformat_minor = 4
    (folder / FILE).unlink()
    (folder / f"Copy of {FILE}").write_text(json.dumps(notebook))


def solved_source(solved: nbformat.NotebookNode, exercise: str) -> str:
    return next(cell.source for cell in solved.cells if cell.id == exercise)


BY_EXCHANGE: tuple[Callable, ...] = (ada, grace, zoe, mallory)
BY_MAIL: tuple[Callable, ...] = (bob, carl, dora, emil, finn)
STUDENTS = [student.__name__ for student in BY_EXCHANGE + BY_MAIL]


# -- the chain ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def world(new_world):
    """After the whole chain, in the order of the README."""
    world = new_world()
    world.nbgrader("generate_assignment", NAME, "--force")
    world.nbgrader("release_assignment", NAME)
    solved = nbformat.read(world.course / "source" / NAME / FILE, as_version=4)
    first = world.folder / "ada"
    first.mkdir()
    code, _, said = world.program("nbgrader", "list", cwd=first)
    assert code == 0
    assert f"pytorch {NAME}" in said
    world.nbgrader("fetch_assignment", NAME, cwd=first)
    for student in BY_EXCHANGE[1:]:
        shutil.copytree(first, world.folder / student.__name__)
    for student in BY_EXCHANGE:
        name = student.__name__
        student(world.folder / name / NAME, solved)
        world.nbgrader("submit", NAME, "--student", name, cwd=world.folder / name)
    world.nbgrader("collect", NAME)
    for student in BY_MAIL:
        folder = world.submitted(student.__name__, NAME)
        shutil.copytree(world.course / "assignments" / NAME, folder)
        student(folder, solved)
        (folder / "timestamp.txt").write_text("2000-01-01 00:00:00 UTC")
        (folder / "submission_secret.txt").write_text("by mail")
    world.nbgrader("autograde", NAME)
    world.nbgrader("generate_feedback", NAME)
    world.nbgrader("release_feedback", NAME)
    world.nbgrader("fetch_feedback", NAME, "--student", "ada", cwd=first)
    world.nbgrader("export")
    return world


@pytest.fixture(scope="module")
def results(world):
    """What `autograder grade --json` says of the same folders: student -> result."""
    folders = [str(world.submitted(student, NAME)) for student in STUDENTS]
    code, said, errors = world.program(
        "autograder", "grade", *folders, "--assignment", NAME, "--json"
    )
    assert code == 3, errors
    return dict(zip(STUDENTS, json.loads(said)["results"], strict=True))


def feedback(world, student: str) -> str:
    return (world.course / "feedback" / student / NAME / f"{NAME}.html").read_text()


def test_generate_assignment_yields_what_release_yields(world):
    folder = world.course / "assignments" / NAME
    there = [path for path in folder.rglob("*") if path.is_file()]
    expected = expected_release(Course.open(world.course).assignment(NAME))
    assert {path.relative_to(folder).as_posix(): path.read_bytes() for path in there} == expected


def test_nothing_hidden_reaches_the_release_or_the_exchange(world):
    assignment = Course.open(world.course).assignment(NAME)
    hidden = [b"BEGIN SOLUTION", b"@mistake"]
    for exercise in assignment.exercises:
        hidden += [check.name.encode() for check in exercise.checks if not check.visible]
    for folder in (world.course / "assignments", world.exchange / "pytorch" / "outbound"):
        paths = [path for path in folder.rglob("*") if path.is_file()]
        files = {str(path.relative_to(folder)): path.read_bytes() for path in paths}
        assert len(files) > 10
        assert leaks_in_files(assignment, files) == []
        assert [(n, word) for n, data in files.items() for word in hidden if word in data] == []


@pytest.mark.parametrize("student", STUDENTS)
def test_the_gradebook_has_the_scores_of_autograder_grade(world, results, student):
    graded = results[student]["exercises"]
    assert len(graded) == 6
    assert world.scores(student, NAME) == {f"check_{e['name']}": e["score"] for e in graded}


def test_the_students_get_what_they_deserve(results):
    scores = {student: result["score"] for student, result in results.items()}
    points = {e["name"]: e["max_score"] for e in results["ada"]["exercises"]}
    assert scores["ada"] == sum(points.values())
    assert 0 < scores["grace"] < scores["ada"]
    assert scores["zoe"] == scores["dora"] == 0
    assert scores["mallory"] == points["accuracy_check"]
    assert scores["carl"] == scores["finn"] == points["bce_criterion"]
    assert scores["bob"] == scores["emil"] == points["bce_criterion"] + points["sigmoid_model"]


def test_an_exercise_has_one_graded_cell_with_all_its_points(world):
    assignment = Course.open(world.course).assignment(NAME)
    with world.gradebook() as gradebook:
        cells = gradebook.find_notebook(NAME, NAME).grade_cells
        points = {cell.name: cell.max_score for cell in cells}
    assert points == {f"check_{e.name}": e.points for e in assignment.exercises}


def letters(text: str) -> str:
    """What is left alike when a text is laid out as HTML."""
    for tag in ("<code>", "</code>", "&#x27;", "&#39;", "&quot;", "&lt;", "&gt;", "&amp;"):
        text = text.replace(tag, "")
    return "".join(filter(str.isalpha, text))


def test_feedback_shows_the_hints_of_visible_checks(world, results):
    page = letters(feedback(world, "grace"))
    checks = [check for e in results["grace"]["exercises"] for check in e["checks"]]
    failed = [c for c in checks if c["visible"] and c["status"] == "failed" and c["hint"]]
    assert failed
    assert [check["hint"] for check in failed if letters(check["hint"]) not in page] == []


def test_of_hidden_checks_feedback_tells_the_description_only(world, results):
    page = letters(feedback(world, "grace"))
    checks = [check for e in results["grace"]["exercises"] for check in e["checks"]]
    hidden = [check for check in checks if not check["visible"]]
    told = {check["rationale"] for check in checks if check["visible"]}
    assert hidden
    for check in hidden:
        assert letters(check["description"]) in page
        assert letters(check["name"]) not in page
        secret = letters(check["rationale"])
        assert not secret or secret not in page or check["rationale"] in told


def test_nothing_of_a_student_runs_in_a_browser(world):
    page = feedback(world, "mallory")
    for spell in ("printed", "raised", "text", "shown"):
        assert f"<script>alert('{spell}')" not in page
    assert "<img src=x" not in page
    assert "alert('shown')" not in page
    assert "HOSTILE" not in page


def test_a_students_code_is_kept(world):
    notebook = world.autograded("mallory", NAME)
    sources = {cell.id: cell.source for cell in notebook.cells}
    assert sources["bce_criterion"] == HOSTILE
    assert sources["check_bce_criterion"].startswith("from autograder.notebook import check_cell")


def test_repairs_are_said_in_the_notebook(world):
    said = world.autograded("emil", NAME).cells[0].source
    assert "have the id &#x27;bce_criterion&#x27;" in said
    assert "the cell &#x27;check_sigmoid_model&#x27; was missing" in said
    assert "check_activations&#x27;) is locked but was edited" in said
    assert "id of another notebook" in said
    assert "by the names that it defines" in world.autograded("finn", NAME).cells[0].source


def test_what_was_handed_in_is_not_changed(world):
    assert (world.submitted("dora", NAME) / FILE).read_text() == '{"cells": ['
    assert not (world.submitted("bob", NAME) / FILE).exists()


def test_a_script_is_not_overwritten(world):
    for student in ("bob", "carl"):
        handed_in = (world.submitted(student, NAME) / f"{NAME}.py").read_bytes()
        kept = world.course / "autograded" / student / NAME / f"{NAME}.py"
        assert kept.read_bytes() == handed_in
    shown = {cell.id: cell.source for cell in world.autograded("bob", NAME).cells}
    assert "def criterion" in shown["bce_criterion"]


def test_a_student_gets_the_feedback(world):
    pages = list((world.folder / "ada" / NAME / "feedback").rglob(f"{NAME}.html"))
    assert feedback(world, "ada") in [page.read_text() for page in pages]


def test_export_has_every_student(world):
    rows = (world.course / "grades.csv").read_text()
    assert [student for student in STUDENTS if student not in rows] == []


def test_a_script_alone_is_graded_and_late(world):
    """Nothing in the run is a notebook; and nbgrader's own plugin takes its penalty."""
    before = world.scores("bob", NAME)
    with world.gradebook() as gradebook:
        gradebook.update_or_create_assignment(NAME, duedate="1999-01-01 00:00:00 UTC")
    penalty = "--LateSubmissionPlugin.penalty_method=zero"
    world.nbgrader("autograde", NAME, "--student", "bob", "--force", penalty)
    with world.gradebook() as gradebook:
        notebook = gradebook.find_submission_notebook(NAME, NAME, "bob")
        assert notebook.late_submission_penalty == notebook.score == sum(before.values()) > 0
    assert world.scores("bob", NAME) == before
