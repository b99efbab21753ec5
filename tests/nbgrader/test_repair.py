"""Notebooks as students leave them, made into ones that nbgrader takes."""

import copy
import json
from decimal import Decimal

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell
from nbgrader import utils
from nbgrader.nbgraderformat import MetadataValidator

from autograder.errors import SubmissionError
from autograder.nbgrader.page import ExercisePage, release_notebook
from autograder.nbgrader.repair import repair, stand_in, unreadable
from autograder.submissions.model import Cell
from autograder.submissions.saved import saved_cells

NAMES = {"double": ("double",), "shout": ("shout", "Voice")}
SOLUTION = "def {0}(x):\n    ### BEGIN SOLUTION\n    return x\n    ### END SOLUTION\n"
FILLED = "def double(x):\n    return x + x"


def page(name: str) -> ExercisePage:
    check = f'from autograder.notebook import check_cell\n\ncheck_cell("{name}")'
    points = Decimal("2.5")
    return ExercisePage(name, f"## {name}", SOLUTION.format(name), check, points, f"print({name})")


RELEASED = nbformat.reads(
    release_notebook("small", "# Small", [page("double"), page("shout")]).content.decode(),
    as_version=nbformat.NO_CONVERT,
)
IDS = [cell.id for cell in RELEASED.cells]


def filled_in():
    """The release, with `double` filled in."""
    handed_in = copy.deepcopy(RELEASED)
    cell_of(handed_in, "double").source = FILLED
    return handed_in


@pytest.fixture
def notebook():
    return filled_in()


def cell_of(notebook, cell_id: str):
    return next(cell for cell in notebook.cells if cell.id == cell_id)


def repaired(notebook):
    """The repaired notebook and its notes; it is one that nbgrader takes, with every cell once."""
    data = notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode()
    names = [name for wanted in NAMES.values() for name in wanted]
    try:
        done = repair(saved_cells(data, "small.ipynb", names), RELEASED, NAMES)
    except SubmissionError as error:
        done = unreadable(error, RELEASED)
    nbformat.validate(done.notebook)
    MetadataValidator().validate_nb(done.notebook)
    ids = [c.metadata.nbgrader.grade_id for c in done.notebook.cells if "nbgrader" in c.metadata]
    assert sorted(ids) == sorted(IDS)
    for cell in done.notebook.cells:
        if utils.is_locked(cell):
            assert cell.metadata.nbgrader.checksum == utils.compute_checksum(cell)
    return done.notebook, " / ".join(done.notes)


def test_a_notebook_as_released_stays_as_it_is():
    assert repaired(RELEASED) == (RELEASED, "")


def test_work_is_kept_without_a_word(notebook):
    assert repaired(notebook) == (notebook, "")


def test_of_copies_the_one_with_the_work_is_taken(notebook):
    copied = copy.deepcopy(cell_of(notebook, "double"))
    copied.source = "def double(x):\n    raise NotImplementedError()"
    notebook.cells.insert(0, copied)
    notebook.cells.append(copied)
    done, said = repaired(notebook)
    assert cell_of(done, "double").source == FILLED
    assert "cell 2" in said
    assert "have the id 'double'" in said


def test_a_split_cell_goes_on_as_two(notebook):
    place = notebook.cells.index(cell_of(notebook, "double"))
    half = copy.deepcopy(notebook.cells[place])
    half.source = "import math"
    notebook.cells.insert(place, half)
    done, said = repaired(notebook)
    assert cell_of(done, "double").source == FILLED
    assert "import math" in [cell.source for cell in done.cells]
    assert "cell 2 is used" in said


@pytest.mark.parametrize("missing", IDS)
def test_a_deleted_cell_is_put_back_in_its_place(notebook, missing):
    notebook.cells.remove(cell_of(notebook, missing))
    done, said = repaired(notebook)
    assert [cell.id for cell in done.cells] == IDS
    graded = "double" in missing or "shout" in missing
    is_told = graded and not missing.startswith(("statement", "show-"))
    assert (f"the cell '{missing}' was missing" in said) is is_told


def test_an_edited_check_cell_is_as_released_again(notebook):
    cell_of(notebook, "check_double").source = "5.0"
    done, said = repaired(notebook)
    assert cell_of(done, "check_double") == cell_of(RELEASED, "check_double")
    assert "cell 2 ('check_double') is locked but was edited" in said


def test_points_and_locks_in_metadata_are_those_of_the_release(notebook):
    cell_of(notebook, "check_double").metadata.nbgrader.points = 100
    cell_of(notebook, "double").metadata.nbgrader.update(grade=True, points=100, solution=False)
    done, _ = repaired(notebook)
    assert cell_of(done, "check_double") == cell_of(RELEASED, "check_double")
    assert cell_of(done, "double").metadata == cell_of(RELEASED, "double").metadata


def test_a_pasted_cell_with_a_foreign_id_is_the_students_own(notebook):
    pasted = copy.deepcopy(cell_of(notebook, "check_double"))
    pasted.metadata.nbgrader.grade_id = "check_of_last_week"
    notebook.cells.append(pasted)
    done, said = repaired(notebook)
    assert "nbgrader" not in done.cells[-1].metadata
    assert "the id of another notebook's cell" in said


@pytest.mark.parametrize("schema", [None, 0, 1, 2, 99, "3", {}])
def test_metadata_of_any_schema_is_replaced(notebook, schema):
    cell_of(notebook, "double").metadata.nbgrader["schema_version"] = schema
    assert repaired(notebook) == (filled_in(), "")


def test_a_cell_that_became_text_is_code_again(notebook):
    cell = cell_of(notebook, "double")
    notebook.cells[notebook.cells.index(cell)] = nbformat.from_dict(
        {"cell_type": "markdown", "id": "double", "source": FILLED, "metadata": cell.metadata}
    )
    done, said = repaired(notebook)
    assert cell_of(done, "double").cell_type == "code"
    assert "was changed to a markdown cell" in said


def test_without_metadata_cells_are_known_by_their_ids(notebook):
    for cell in notebook.cells:
        cell.metadata = {}
    done, said = repaired(notebook)
    assert done == filled_in()
    assert "recognized by its cell id" in said


def test_colab_drops_ids_and_metadata(notebook):
    for number, cell in enumerate(notebook.cells):
        del cell["id"]
        cell.metadata = {"id": f"aB{number}xYz"}
    notebook.nbformat_minor = 0
    notebook.metadata = {"colab": {"provenance": []}, "kernelspec": {"name": "python3"}}
    done, said = repaired(notebook)
    assert done == filled_in()
    assert "cell 1 has lost the id 'double': recognized by the names that it defines" in said
    assert "cell 2 has lost the id 'check_double': recognized by its text" in said


def test_vs_code_changes_ids_and_adds_metadata(notebook):
    for number, cell in enumerate(notebook.cells):
        cell.id = f"{number:08x}"
        cell.metadata["vscode"] = {"languageId": "python"}
    done, said = repaired(notebook)
    assert [cell.id for cell in done.cells] == IDS
    assert cell_of(done, "double").source == FILLED
    assert said == ""


def test_nbformat_4_4_has_no_ids(notebook):
    for cell in notebook.cells:
        del cell["id"]
    notebook.nbformat_minor = 4
    done, said = repaired(notebook)
    assert cell_of(done, "double").source == FILLED
    assert said == ""


def test_own_cells_stay_where_they_are(notebook):
    notebook.cells.insert(2, new_code_cell("mine = 1", id="statement-double"))
    notebook.cells.insert(0, new_markdown_cell("# Eve"))
    done, _ = repaired(notebook)
    assert ">Eve<" in done.cells[0].source
    assert done.cells[3].source == "mine = 1"


def test_texts_of_a_student_are_harmless_html(notebook):
    link, html = "[a](javascript:x()) <script>x()</script>", "<b onclick='x()'>b</b>\n  c"
    notebook.cells += [new_markdown_cell(link), new_raw_cell(html)]
    done, _ = repaired(notebook)
    texts = [cell.source for cell in done.cells[-2:]]
    assert "javascript" not in texts[0]
    assert ">a<" in texts[0]
    assert "<pre>&lt;b onclick=&#x27;x()&#x27;&gt;b&lt;/b&gt;&#10;  c</pre>" in texts[1]
    assert {cell.cell_type for cell in done.cells[-2:]} == {"markdown"}


def saved(notebook):
    return saved_cells(json.dumps(notebook).encode(), "small.ipynb", [])


def test_an_answer_in_markdown_is_harmless_and_kept_where_nothing_was_written():
    answer = {"grade_id": "answer", "grade": True, "solution": True, "locked": False, "points": 1}
    answer |= {"schema_version": 3, "task": False}
    cell = new_markdown_cell("YOUR ANSWER *HERE*", id="answer", metadata={"nbgrader": answer})
    released = nbformat.from_dict({**RELEASED, "cells": [cell]})
    untouched = repair(saved(released), released, {}).notebook
    assert untouched.cells[0] == released.cells[0]
    handed_in = copy.deepcopy(released)
    handed_in.cells[0].source = "<b onclick='x()'>b</b>"
    done = repair(saved(handed_in), released, {}).notebook
    assert done.cells[0].metadata == released.cells[0].metadata
    assert "<b>b</b>" in done.cells[0].source


def test_of_outputs_text_and_images_are_kept(notebook):
    html = {"text/html": "<script>", "text/plain": "<p>", "application/javascript": "x()"}
    cell_of(notebook, "double").outputs = [
        new_output("display_data", data=html),
        new_output("display_data", data={"image/png": '"><script>'}),
        new_output("stream", name="stderr", text="note"),
    ]
    cell_of(notebook, "check_double").outputs = [
        new_output("execute_result", data={"text/plain": "2.5"})
    ]
    done, _ = repaired(notebook)
    shown = cell_of(done, "double").outputs
    assert [output.get("data") for output in shown] == [{"text/plain": "<p>"}, None]
    assert cell_of(done, "check_double").outputs == []


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff", b'{"nbformat": 3, "worksheets": []}'])
def test_what_is_no_notebook_gives_the_release(data):
    done, said = repaired(data)
    assert done == RELEASED
    assert "can't be read" in said


def test_a_script_stands_in_the_cells_of_its_exercises():
    code = [
        Cell("import math", "small.py"),
        Cell(FILLED, "small.py", name="double"),
        Cell("def shout(text):\n    return text", "small.py", binds=(("shout", 1),)),
        Cell("class Voice:\n    pass", "small.py", binds=(("Voice", 1),)),
    ]
    done = stand_in(code, RELEASED, NAMES)
    MetadataValidator().validate_nb(done)
    assert "import math" in [cell.source for cell in done.cells]
    assert cell_of(done, "double").source == FILLED
    assert "class Voice" in cell_of(done, "shout").source


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.sampled_from([*IDS, "code", "raw"])
    | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["grade_id", "nbgrader", "text/plain", "data"]), inner)
    ),
    max_leaves=8,
)
CELLS = st.fixed_dictionaries(
    {},
    optional={
        "cell_type": st.sampled_from(["code", "markdown", "raw", "heading"]) | JSON,
        "source": st.sampled_from([FILLED, cell_of(RELEASED, "check_double").source]) | JSON,
        "id": st.sampled_from(IDS) | JSON,
        "metadata": st.fixed_dictionaries(
            {"nbgrader": st.fixed_dictionaries({"grade_id": st.sampled_from(IDS) | JSON}) | JSON}
        )
        | JSON,
        "outputs": st.lists(
            st.fixed_dictionaries(
                {
                    "output_type": st.sampled_from(["stream", "display_data"]),
                    "data": JSON,
                    "text": JSON,
                }
            )
        )
        | JSON,
    },
)


@settings(max_examples=150, deadline=None)
@given(st.lists(CELLS | JSON, max_size=8))
def test_any_cells_can_be_repaired(cells):
    repaired({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})
