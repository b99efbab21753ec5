"""Syntax of a newer Python is called that; an ordinary mistake never is."""

from __future__ import annotations

import sys

import pytest

from autograder.submissions.newer import newer_than_here
from autograder.submissions.scripts import read_script

OLDEST = (3, 11)
NEW = [
    ("def first[T](items: list[T]) -> T:\n    return items[0]\n", "3.12", 1),
    ("x = 1\nasync def g[*Ts, **P](x): pass\n", "3.12", 2),
    ("class Box[T: (int, str)](Base):\n    pass\n", "3.12", 1),
    ("type Number = int | float\n", "3.12", 1),
    ("type Pair[T] = tuple[T, T]\n", "3.12", 1),
    ("def first[T = int](items): pass\n", "3.13", 1),
    ("try:\n    pass\nexcept ValueError, os.error:\n    pass\n", "3.14", 3),
    ("x = 1\ny = t'hello {name}'\n", "3.14", 2),
    ("lazy import numpy as np\n", "3.15", 1),
]
NEW_STRINGS = [
    'print(f"{d["k"]}")',
    'print(f"{x!r:>{w["k"]}} {y=}")',
    "print(f'{'\\n'.join(a)}')",
    'x = f"{\n  y  # why\n}"',
    'f"{f"{f"{1}"}"}"',
    'f"""{d["""k"""]}"""',
    'f"{x["a"]:{"<"}10}"',
    'f"{"a" if x != 1 else "b"}: {loss:.3f}"',
]
WRONG = [
    "def f(x:\n  pass",
    'print "x"',
    "try:\n    pass\nexcept ValueError, e:\n    pass",
    "type = ",
    "type X int",
    "def f[](x): pass",
    "def f[T](x:\n    return x",
    "def train[model, x]:\n    pass",
    "class A[nn.Module]:\n    pass",
    "class A[1]: pass",
    'x = f"{"',
    'f"{a b}"',
    'f"{d["k]}"',
    'f"{}"',
    'f"{a["b"}"',
    "f'{x!}'",
    'x = "don"t"',
    'x = t "a"',
    "t'a' b",
    'f"{d["k"]}" b',
    "x = (",
    "",
]


@pytest.mark.parametrize(("source", "version", "line"), NEW)
def test_new_syntax_has_its_version_and_its_line(source, version, line):
    assert newer_than_here(source, OLDEST) == (version, line)


@pytest.mark.parametrize("source", NEW_STRINGS)
@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this Python takes it")
def test_strings_with_free_code_in_them_are_new(source):
    assert newer_than_here("x = 1\n" + source) == ("3.12", 2)


@pytest.mark.parametrize("source", WRONG)
def test_a_mistake_is_not_called_new(source):
    assert newer_than_here(source, OLDEST) is None


def test_what_this_python_takes_is_not_new():
    assert newer_than_here("try:\n    pass\nexcept A, B:\n    pass\n", (3, 14)) is None


@pytest.mark.parametrize(
    "source",
    [
        'f"{' * 5_000,
        'f"{x["a"]}"\n' * 1_200 + "(",
        "def f[T](\n" * 1_500,
        "def f[[]" + "[]" * 8_000,
        "except A" + ",A" * 8_000,
        'f"' + "{x:" * 5_000,
        "def f(x:\n" * 100_000,
    ],
    ids=lambda source: source[:8],
)
def test_any_text_comes_to_an_end(source):
    assert newer_than_here(source, OLDEST) is None


def test_the_note_says_it():
    reading = read_script("try:\n    x = 1\nexcept A, B:\n    x = 2\ny = 3\n", "lab.py")
    assert "lab.py, line 3: this is syntax of Python 3.14; this grader runs 3." in reading.notes[0]
    assert [cell.source.strip() for cell in reading.cells] == ["y = 3"]
