"""Scripts become cells whose line numbers hold, whatever else is wrong with them."""

from __future__ import annotations

import ast
import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.errors import SubmissionError
from autograder.submissions.scripts import decode, read_script


def placed(text: str) -> list[tuple[str, int]]:
    """(first line of code, its line number) for each cell."""
    cells = read_script(text, "lab.py").cells
    return [(cell.source.strip().split("\n")[0], cell.first_line) for cell in cells]


def test_each_statement_of_a_plain_script_is_a_cell():
    text = "import torch\nx = 1\n\n\n@deco\n@other(\n 2)\ndef f():\n    return 1\n\nprint(x)\n"
    assert [line for line, _ in placed(text)] == ["import torch", "x = 1", "@deco", "print(x)"]


def test_markers_make_cells_and_markdown_is_no_code():
    text = "# %%\nx = 1\ny = 2\n# %% [markdown]\n# some *text*\nnot python\n# %% a title\nz = 3\n"
    cells = read_script(text, "lab.py").cells
    assert [cell.source.strip() for cell in cells] == ["x = 1\ny = 2", "z = 3"]
    assert cells[1].name == "a title"
    line = cells[1].source.split("\n").index("z = 3") + 1
    assert cells[1].where(line) == "lab.py, line 8"


@pytest.mark.parametrize("marked", [False, True])
def test_a_syntax_error_costs_its_statement_only(marked):
    head = "# %%\n" if marked else "\n"
    text = head + "x = 1\ndef f(a):\n    return a +\n\ndef g():\n    return 2\n"
    reading = read_script(text, "lab.py")
    assert "def g" in reading.cells[-1].source
    assert "x = 1" in reading.cells[0].source
    assert not any("def f" in cell.source for cell in reading.cells)
    assert reading.notes == ["lab.py, line 4: invalid syntax: `return a +`"]
    assert reading.dropped == {"f": reading.notes[0]}


@pytest.mark.parametrize(
    "broken",
    [
        "def f(:\n    pass",
        "def f():\n    x = (1,\n    return x",
        'def f():\n    """never ended\n    return 1',
        "def f():\n    a = 1\n   b = 2",
        "def f():\n\tif 1:\n        return 1",
        "print 'hello'",
        "return 3",
        "x = 'no end",
        "def f():",
        "for i in range(3):\nprint(i)",
        "x = \0",
        "ｘ = ‘quoted’",
    ],
)
def test_what_follows_a_broken_statement_is_kept(broken):
    text = "import torch\n" + broken + "\ndef g(a):\n    '''doc'''\n    return a\n\ndef h(): pass\n"
    reading = read_script(text, "lab.py")
    kept = "\n".join(cell.source for cell in reading.cells)
    assert "import torch" in kept
    assert "def g(a)" in kept
    assert "def h()" in kept
    assert len(reading.notes) >= 1


def test_text_at_column_zero_inside_a_string_stays_inside():
    text = 'def f(:\n    pass\nnote = """\nimport this\nx = (\n"""\ny = [\n1,\n2]\n'
    reading = read_script(text, "lab.py")
    assert [ast.unparse(ast.parse(c.source)) for c in reading.cells] == [
        "note = '\\nimport this\\nx = (\\n'",
        "y = [1, 2]",
    ]


def test_else_and_except_belong_to_what_they_continue():
    text = "x = (\ntry:\n    a = 1\nexcept E:\n    a = 2\nelse:\n    pass\n"
    text += "if a:\n    b\nelif c:\n    d\n"
    reading = read_script(text, "lab.py")
    assert [cell.first_line for cell in reading.cells] == [2, 8]


def test_ipython_lines_are_skipped_and_said():
    reading = read_script("%matplotlib inline\nx = 1\n!ls\n%pwd\n", "lab.py")
    assert [c.source.strip() for c in reading.cells] == ["pass", "x = 1", "pass", "pass"]
    assert len(reading.notes) == 2
    assert "(and 1 more like it)" in reading.notes[0]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"x = 1\r\ny = 2\r", "x = 1\ny = 2\n"),
        (codecs.BOM_UTF8 + b"x = 1", "x = 1"),
        (
            "# -*- coding: latin-1 -*-\nx = '\u00e9'".encode("latin-1"),
            "# -*- coding: latin-1 -*-\nx = 'é'",
        ),
        (
            b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n",
            "#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n",
        ),
        (b"x = 1\n# coding: rot13\n", "x = 1\n# coding: rot13\n"),
    ],
)
def test_encodings_are_read_as_python_reads_them(data, text):
    assert decode(data, "lab.py") == text


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"x = 1\ny = '\xe9'", "line 2 is not valid UTF-8"),
        (b"# coding: rot13\nk = 1", "unusual encoding"),
        (b"\n<html lang='en'>", "a web page"),
        (b"# coding: punycode\nk = 1", "unusual encoding"),
        ("x = 1".encode("utf-16"), "UTF-16"),
        (b"\x7fELF\0\0", "binary"),
        (b"#" * 300_000, "more than 256 KiB"),
    ],
)
def test_what_is_no_text_is_an_error_with_a_remedy(data, problem):
    with pytest.raises(SubmissionError, match=problem) as caught:
        decode(data, "lab.py")
    assert caught.value.remedy


LINES = st.sampled_from(
    ["x = 1", "def f(a):", "    return a", "", "# note", "y = (", ")", '"""', "text", "%magic",
     "# %%", "# %% [markdown]", "@deco", "class C:", "    z = [", "    ]", "if x:", "else:", "x +",
     "\tq = 2", "a = 'b", "obj?", "f = !sh", "\f", "for i in x: pass", "!sh"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(LINES, max_size=25))
def test_every_kept_line_stands_where_it_stood(lines):
    text = "\n".join(lines)
    for cell in read_script(text, "lab.py").cells:
        compile(cell.source, "cell", "exec", dont_inherit=True)
        for offset, line in enumerate(cell.source.split("\n")):
            if line and line.strip() not in ("pass", "f = get_ipython().getoutput('sh')"):
                assert lines[cell.first_line - 1 + offset] == line


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda b: b.decode("latin-1")))
def test_any_text_can_be_read(text):
    for cell in read_script(text, "lab.py").cells:
        compile(cell.source, "cell", "exec", dont_inherit=True)


@pytest.mark.parametrize(
    "text",
    [
        "-" * 100_000 + "1",
        "a" + ".a" * 100_000,
        "(" * 100_000,
        "x = (\n" * 60_000,
        "x;" * 110_000,
        "x\n" * 110_000,
        '"""\n' * 60_001,
        "@a\n" * 80_000,
        "!a\n" * 80_000 + "x +",
        "def f(a):\n return a +\n" * 10_000,
        "'" + "\\\n" * 110_000,
        "(" + '"' * 200_001,
        "# %%\n" * 2000,
        "# %%\nx = (\n" * 2000,
        " " * 255_000 + "(",
        "%x \\\n" * 60_000,
        "a, " * 80_000 + "\n!",
        '["' * 100_000,
    ],
    ids=range(18),
)
def test_hostile_text_costs_little(text):
    read_script(text, "lab.py")


@pytest.mark.parametrize("encoding", ["gbk", "cp1251", "shift_jis", "euc-kr"])
def test_an_encoding_that_is_in_use_somewhere_is_read_where_it_is_declared(encoding):
    word = {"gbk": "损失", "cp1251": "потеря", "shift_jis": "損失", "euc-kr": "손실"}[encoding]
    text = f"# -*- coding: {encoding} -*-\nname = '{word}'\n"
    assert decode(text.encode(encoding), "lab.py") == text


def test_code_whose_marker_was_lost_is_code_and_text_is_none():
    text = "# %% [markdown]\n# From here on\ndef f():\n    return 1\n# %% [markdown]\n# no code\n"
    cells = read_script(text, "lab.py").cells
    assert [cell.source.split("\n")[2] for cell in cells] == ["def f():"]
