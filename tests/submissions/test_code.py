"""What is read in a submission's code, for words: lines, definitions, old habits."""

from __future__ import annotations

import pytest

from autograder.submissions.code import Parsed, read_code
from autograder.submissions.habits import habits
from autograder.submissions.model import Cell, Code, Habit

HEAD = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"

WORK = """
from torch.special import expit as curve
def sigmoid(z):  # not torch.sigmoid
    return torch.sigmoid(z)
class Model(nn.Module):
    def forward(self, x):
        return F.ｓｉｇｍｏｉｄ(x)
"""
CODE = read_code(
    Parsed(
        [Cell(HEAD, "cell 1"), Cell(WORK, "cell 2")], {"mine.py": b"x = y . sigmoid\nz.sigmoid()"}
    )
)


def test_the_lines_that_use_or_import_a_name_are_found_in_cells_and_helper_files():
    assert CODE.lines_with(["sigmoid"]) == [
        "cell 2, line 4: `return torch.sigmoid(z)`",
        "cell 2, line 7: `return F.ｓｉｇｍｏｉｄ(x)`",
        "mine.py, line 2: `z.sigmoid()`",
    ]
    assert CODE.lines_with(["expit", "Sigmoid"]) == [
        "cell 2, line 2: `from torch.special import expit as curve`"
    ]
    assert Code().lines_with(["expit"]) == []


def test_definitions_are_found_with_their_lines():
    assert CODE.names == ["sigmoid", "Model"]
    assert CODE.line_of("Model.forward") == "cell 2, line 6: `def forward(self, x):`"
    assert CODE.line_of("sigmoid") == "cell 2, line 3: `def sigmoid(z):  # not torch.sigmoid`"
    assert CODE.line_of("criterion") == ""


def test_a_helper_is_read_as_python_reads_it():
    """Its line ends and its encoding are the file's own; what is no Python is left out."""
    files = {
        "old_mac.py": b"import math\r\r\rdef mean(x):\r    return math.fsum(x)\r",
        "latin.py": "# coding: latin-1\n\ndef größe():\n    return 1\n".encode("latin-1"),
        "picture.py": b"\x89PNG\0",
    }
    code = read_code(Parsed([], files))
    assert code.line_of("mean") == "old_mac.py, line 4: `def mean(x):`"
    assert code.line_of("größe") == "latin.py, line 3: `def größe():`"
    assert code.lines_with(["fsum"]) == ["old_mac.py, line 5: `return math.fsum(x)`"]


def test_of_two_definitions_the_last_counts_with_its_own_methods():
    twice = "class A:\n    def f(self): pass\nclass A:\n    def g(self): pass"
    code = read_code(Parsed([Cell(twice, "cell 1")]))
    assert code.line_of("A.g") == "cell 1, line 4: `def g(self): pass`"
    assert code.line_of("A.f") == "cell 1, line 3: `class A:`"


@pytest.mark.parametrize(
    "source",
    [
        "def f(): return " + "f(" * 90 + ")" * 90,
        "a" + ".b" * 900 + "().sigmoid",
        "x=1\n" * 60_000,
        "import " + "import," * 60_000 + "sigmoid",
        "not Python (",
    ],
    ids=range(5),
)
def test_hostile_code_is_read_all_the_same(source):
    parsed = Parsed([Cell(source, "cell 1")])
    code = read_code(parsed)
    code.lines_with(["sigmoid"])
    code.line_of("f")
    assert habits(parsed, [Habit(says="why", call="torch.autograd.Variable")]) == ()


OLD = """
from torch.autograd import Variable as V
def train(model, x):
    x = V(x)
    loss = nn.BCELoss(size_average=True)(F.sigmoid(model.forward(x)), x)
    print(loss.data[0])
    return loss.type(torch.ByteTensor), V(x)
class M(nn.Module):
    def forward(self, x):
        return super().forward(x)
"""


def told(*patterns: dict[str, str]) -> tuple[str, ...]:
    code = Parsed([Cell(HEAD, "cell 1"), Cell(OLD, "lab.py", 11)])
    return habits(code, [Habit(says="why", **pattern) for pattern in patterns])


@pytest.mark.parametrize(
    ("pattern", "where"),
    [
        ({"call": "torch.autograd.Variable"}, "lab.py, line 14 (and 1 more): why"),
        ({"keyword": "size_average"}, "lab.py, line 15: why"),
        ({"call": "torch.nn.functional.sigmoid"}, "lab.py, line 15: why"),
        ({"method": "forward"}, "lab.py, line 15: why"),
        ({"attribute": ".data"}, "lab.py, line 16: why"),
        ({"attribute": ".data[0]"}, "lab.py, line 16: why"),
        ({"method": "type", "argument": "torch.ByteTensor"}, "lab.py, line 17: why"),
        ({"name": "torch.ByteTensor"}, "lab.py, line 17: why"),
    ],
)
def test_old_habits_are_told_with_their_first_place(pattern, where):
    assert told(pattern) == (where,)


@pytest.mark.parametrize(
    ("source", "is_told"),
    [
        ("import torch\ntorch.utils.data.DataLoader(x)", False),
        ("from torch import utils as u\nu.data.Dataset", False),
        ("class D:\n    def g(self):\n        return self.data", False),
        ("from sklearn.datasets import load_iris\niris = load_iris()\nx = iris.data", False),
        ("import argparse\np = argparse.Parser()\na = p.parse_args()\na.data", False),
        ("import torch\nw = torch.zeros(3)\nw.data -= 1", True),
        ("class D:\n    def g(self):\n        out = self.layer(1)\n        out.data", True),
        ("model.weight.data", True),
        ("self.layer.weight.data", True),
    ],
)
def test_an_attribute_is_that_of_a_tensor(source, is_told):
    code = Parsed([Cell(source, "cell 1")])
    assert bool(habits(code, [Habit(says="why", attribute=".data")])) == is_told


def test_what_is_not_there_is_not_told():
    assert told({"call": "torch.nn.BCELoss", "keyword": "reduce"}, {"method": "backward"}) == ()
