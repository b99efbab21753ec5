"""Notebooks become cells; what is no notebook becomes one clear error."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.errors import SubmissionError
from autograder.submissions.notebooks import read_notebook

from .builders import code_cell, graded, notebook


def cells_of(*cells):
    return read_notebook(notebook(*cells), "lab.ipynb").cells


def test_cells_count_code_cells_from_the_top():
    text = {"cell_type": "markdown", "metadata": {}, "source": "# hi"}
    cells = cells_of("x = 1", text, ["y = 2\n", "z = 3"], code_cell("w = 4", id="abc"))
    assert [cell.where(1) for cell in cells] == [
        "cell 1, line 1",
        "cell 2, line 1",
        "cell 3, line 1",
    ]
    assert cells[1].source == "y = 2\nz = 3"
    assert cells[2].id == "abc"
    assert cells[0].id is None


def test_a_syntax_error_in_a_cell_leaves_its_other_statements():
    reading = read_notebook(notebook("a = 1\nb = = 2\n\ndef f():\n    return 3"), "lab.ipynb")
    assert [cell.where(1) for cell in reading.cells] == ["cell 1, line 1", "cell 1, line 4"]
    assert reading.notes == ["cell 1, line 2: invalid syntax: `b = = 2`"]


def test_locked_checks_are_not_run():
    check = code_cell("check('x')", metadata=graded("t", grade=True, solution=False, locked=True))
    mine = code_cell("x = 1", metadata=graded("s", grade=False, solution=True, locked=False))
    manual = code_cell("y = 1", metadata=graded("m", grade=True, solution=True, locked=False))
    given_code = code_cell(
        "import torch\nEPS = 1e-7\nx = big()\ndef f():\n    return 1\nprint(f())",
        metadata=graded("r", grade=False, solution=False, locked=True),
    )
    cells = cells_of(check, mine, manual, given_code)
    assert [cell.origin for cell in cells] == ["cell 2", "cell 3", "cell 4"]
    assert cells[0].name == "s"
    assert cells[2].source == "import torch\nEPS = 1e-7\n\ndef f():\n    return 1\n"


def test_imports_that_come_too_late_run_first():
    reading = read_notebook(
        notebook("class M(nn.Module): pass", "x = 1", "from torch import nn"), "n"
    )
    assert [cell.origin for cell in reading.cells] == ["cell 3", "cell 1", "cell 2"]
    assert reading.notes == ["cell 3, line 1: imports that earlier cells need: run first"]


def test_imports_that_are_in_time_stay():
    cells = cells_of(
        "def f(): return nn.x", "from torch import nn", "y = nn", "from torch import nn"
    )
    assert [cell.origin for cell in cells] == ["cell 1", "cell 2", "cell 3", "cell 4"]


def test_repeated_grade_ids_are_said():
    meta = graded("crit", grade=False, solution=True, locked=False)
    cell = code_cell("x = 1", metadata=meta)
    assert "cells 1, 2 carry the same" in read_notebook(notebook(cell, cell), "n").notes[0]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("%matplotlib inline\nx = 1", "pass\nx = 1"),
        ("if 1:\n    !pip install x\n    y = 2", "if 1:\n    pass\n    y = 2"),
        ("%%time\nx = 1", "pass\nx = 1"),
        ("%%bash\nls (\n", ""),
        ("files = !ls\nx = 1", "files = get_ipython().getoutput('ls')\nx = 1"),
        (
            "files = %sql select 1\nx = 1",
            "files = get_ipython().run_line_magic('sql', 'select 1')\nx = 1",
        ),
        (
            "%%capture --no-stderr out\nx = 1",
            "out = get_ipython().run_line_magic('capture', '--no-stderr out')\nx = 1",
        ),
        ('!ls\nprint("x=%d" % 3)\nd["k"]=2', 'pass\nprint("x=%d" % 3)\nd["k"]=2'),
        ("torch.mean?\nx = 1", "pass\nx = 1"),
        ("?torch.mean\nx = 1", "pass\nx = 1"),
        ("%time x = f(1)\ny = 2", "x = f(1)\ny = 2"),
        ("!pip install a \\\n  b\nx = 1", "pass\n\nx = 1"),
        ("!echo 'it\nx = 1", "pass\nx = 1"),
        ("x = (5\n%3)\n", "x = (5\n%3)\n"),
        ('!ls\ns = """\n%d\n!x\n"""', 'pass\ns = """\n%d\n!x\n"""'),
        ("!ls\nx = (7\n% 4)", "pass\nx = (7\n% 4)"),
        ("a != b\n!ls", "a != b\npass"),
    ],
)
def test_magics_are_blanked_and_line_numbers_hold(source, expected):
    reading = read_notebook(notebook(source), "n")
    assert "\n".join(cell.source for cell in reading.cells).rstrip() == expected.rstrip()
    assert bool(reading.notes) == (source != expected and "%time " not in source)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("%run a.py\nx = 1", "get_ipython().run_line_magic('run', 'a.py')\nx = 1"),
        ("if 1:\n    %cd data", "if 1:\n    get_ipython().run_line_magic('cd', 'data')"),
        ("%%writefile a.py\nx = 1", "get_ipython().run_cell_magic('writefile', 'a.py', 'x = 1')"),
        (
            "\n%%file -a b.txt\n\n%d\n",
            "\nget_ipython().run_cell_magic('file', '-a b.txt', '\\n%d\\n')",
        ),
    ],
)
def test_magics_that_are_done_are_calls_and_nothing_is_said(source, expected):
    reading = read_notebook(notebook(source), "n")
    assert "\n".join(cell.source for cell in reading.cells).rstrip() == expected
    assert reading.notes == []


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "it is empty"),
        (b"\xff\x00\x00", "not UTF-8"),
        ("{}".encode("utf-16"), "saved as UTF-16"),
        (b"<!DOCTYPE html>\n<html>", "a web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid 1", "Git LFS"),
        (b'{"cells": [\n<<<<<<< HEAD\n1\n=======\n', "marks of a merge"),
        (notebook("x = 1")[:-30], "not complete JSON"),
        (b"[" * 100_000, "nested too deeply|not complete"),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "nested too deeply"),
        (b'{"nbformat": ' + b"1" * 5000 + b"}", "number that is too long"),
        (b"[1, 2]", "not a notebook"),
        (b"{}", "not a notebook"),
        (notebook(nbformat=3), "format is 3, not 4"),
        (notebook(nbformat=99), "format is 99, not 4"),
        (notebook(nbformat="4"), "format is unknown"),
        (notebook(nbformat=True), "format is unknown"),
        (b'{"nbformat": 4}', "no list of cells"),
        (b'{"nbformat": 4, "cells": [3]}', "no list of cells"),
        (notebook({"cell_type": "code", "source": 3}), "source of code cell 1 is not text"),
        (notebook({"cell_type": "code", "source": [3]}), "source of code cell 1 is not text"),
        (notebook(*["x"] * 2001), "2001 code cells"),
        (notebook(*["#" * 200_000] * 2), "more than 256 KiB"),
        (notebook(code_cell("", outputs=["x" * 2**26])), "larger than 64 MiB"),
    ],
    ids=range(23),
)
def test_what_is_no_notebook_is_an_error_with_a_remedy(data, problem):
    with pytest.raises(SubmissionError, match=problem) as caught:
        read_notebook(data, "lab.ipynb")
    assert str(caught.value).startswith("lab.ipynb: ")
    assert "\n" not in str(caught.value)


def test_nan_in_outputs_and_odd_metadata_do_no_harm():
    data = notebook(code_cell("x = 1", metadata=[1], outputs=[float("nan")], id=7))
    assert b"NaN" in data
    assert [c.source for c in read_notebook(data, "n").cells] == ["x = 1"]


def test_lone_surrogates_and_nulls_cost_their_statement():
    reading = read_notebook(notebook("a = '\ud800'\nb = 1", "c = '\0'\nd = 2"), "n")
    assert [c.source for c in reading.cells] == ["b = 1", "d = 2"]
    assert all(note.isprintable() for note in reading.notes)


SOURCES = st.text(st.sampled_from("ab=()[]\"'#%!?:\n \\\t\r\0\ud800"), max_size=60)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["cells", "cell_type", "source", "metadata", "nbgrader", "grade", "id"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


ODD_CELLS = JSON.map(lambda value: json.dumps({"nbformat": 4, "cells": value}).encode())
ODD_METADATA = JSON.map(lambda value: code_cell("x", metadata=value))
ODD_SOURCES = st.lists(ODD_METADATA | SOURCES, max_size=6).map(lambda cells: notebook(*cells))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300) | ODD_CELLS | ODD_SOURCES)
def test_any_bytes_are_a_reading_or_a_submission_error(data):
    try:
        reading = read_notebook(data, "lab.ipynb")
    except SubmissionError:
        return
    for cell in reading.cells:
        compile(cell.source, "cell", "exec", dont_inherit=True)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_cut_or_changed_notebook_is_a_reading_or_an_error(data):
    whole = bytearray(notebook("%time x = 1", "def f():\n    return 1", code_cell(["a\n", "b"])))
    for _ in range(data.draw(st.integers(0, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(whole[: data.draw(st.integers(0, len(whole)))])
    with contextlib.suppress(SubmissionError):
        read_notebook(cut, "lab.ipynb")


def test_check_cells_are_known_without_metadata():
    check = "from autograder.notebook import check_cell\n\ncheck_cell('double')"
    assert read_notebook(notebook(check, "x = 1"), "n").cells[0].source == "x = 1"


def test_definitions_in_a_copied_check_cell_count():
    meta = graded("check_x", grade=True, solution=False, locked=True)
    source = (
        "from autograder.notebook import check_cell\ndef helper():\n    return 1\ncheck_cell('x')"
    )
    cells = read_notebook(notebook(code_cell(source, metadata=meta)), "n").cells
    assert [cell.source for cell in cells] == ["\ndef helper():\n    return 1\n"]


@pytest.mark.parametrize("kind", ["markdown", "raw"])
def test_a_cell_to_write_in_that_became_text_is_read_as_code(kind):
    meta = graded("crit", grade=False, solution=True, locked=False)
    cell = {**code_cell("def f():\n    return 1", metadata=meta), "cell_type": kind}
    reading = read_notebook(notebook("x = 1", cell, "y = 2"), "n")
    assert [c.origin for c in reading.cells] == ["cell 1", "the text cell below cell 1", "cell 2"]
    assert reading.notes == [
        f"the text cell below cell 1 ('crit') was made a {kind} cell: read as code"
    ]


def test_text_that_was_never_code_is_not_read():
    meta = graded("essay", grade=True, solution=True, locked=False)
    meta["nbgrader"]["cell_type"] = "markdown"
    essay = {**code_cell("x = 1", metadata=meta), "cell_type": "markdown"}
    plain = {**code_cell("y = 1"), "cell_type": "markdown"}
    assert read_notebook(notebook(essay, plain), "n").cells == []
