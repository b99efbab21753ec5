"""Filled in or untouched: told from the code alone."""

from __future__ import annotations

import pytest

from autograder.submissions.definitions import definitions, imported_modules

UNTOUCHED = [
    'def f(a):\n    """doc"""\n    # YOUR CODE HERE\n    raise NotImplementedError()',
    "def f(a):\n    raise NotImplementedError",
    "def f(a): ...",
    "def f(a):\n    pass",
    "class f(M):\n    '''d'''\n    def __init__(self):\n        super().__init__()\n"
    "        raise NotImplementedError()",
    "class f:\n    def g(self):\n        raise NotImplementedError()\n    def h(self): pass",
]
FILLED = [
    "def f(a):\n    return a",
    "def f(a):\n    x = a\n    raise NotImplementedError()",
    "class f(M):\n    def forward(self, x):\n        return x\n    def g(self): pass",
    "f = lambda a: a",
    "f: int = 3",
    "from helpers import f",
    "from helpers import g as f",
    "from helpers import *",
    "if 1:\n    def f(a): return a",
    "try:\n    pass\nexcept E:\n    f = 1",
    "e, f = 1, 2",
]
ELSEWHERE = [
    "def g():\n    def f(): return 1",
    "from torch import *",
    "f.x = 1",
    "f += (",
    "class g:\n    f = 1",
]


@pytest.mark.parametrize("source", UNTOUCHED)
def test_stubs_are_untouched(source):
    assert [d.filled for d in definitions(source, ["f"])] == [False]


@pytest.mark.parametrize("source", FILLED)
def test_work_is_filled_in(source):
    assert [d.filled for d in definitions(source, ["f"])] == [True]


@pytest.mark.parametrize("source", ELSEWHERE)
def test_other_code_defines_nothing(source):
    assert definitions(source, ["f"]) == []


def test_lines_include_decorators():
    found = definitions("x = 1\n@a\n@b\ndef f():\n    return 1\n", ["f"])[0]
    assert (found.first_line, found.last_line, found.alone) == (2, 5, True)


def test_imports_are_found_anywhere():
    source = "import a.b\nfrom c.d import e\ndef f():\n    import g as h\n    from . import i"
    assert imported_modules(source) == {"a", "c", "g", "i"}
