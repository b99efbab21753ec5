"""What an entry point can reach, read from the code and never run."""

from __future__ import annotations

import pytest

from autograder.errors import CourseError
from autograder.judge.habits import Habit, habits
from autograder.judge.reading import Code
from autograder.submissions.model import Cell

HEAD = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"


def names(source: str, entry_point: str = "criterion", **files: str) -> frozenset[str]:
    cells = [Cell(HEAD, "cell 1"), Cell(source, "cell 2")]
    helpers = {f"{name}.py": text.encode() for name, text in files.items()}
    return Code(cells, helpers).names_used_by(entry_point)


def test_names_are_given_as_written_bare_and_resolved():
    found = names("def criterion(p, y):\n    return torch.mean(F.binary_cross_entropy(p, y))")
    assert {
        "torch.mean",
        "mean",
        "F.binary_cross_entropy",
        "binary_cross_entropy",
        "torch.nn.functional.binary_cross_entropy",
    } <= found


REACHES = {
    "a class of torch": "def criterion(p, y): return nn.BCELoss()(p, y)",
    "an alias of an import": "from torch.nn import BCELoss as L\n"
    "def criterion(p, y): return L()(p, y)",
    "a module variable": "bce = nn.BCELoss()\ndef criterion(p, y): return bce(p, y)",
    "an alias of a module": "m = torch.nn\nn = m\ndef criterion(p, y): return n.BCELoss()(p, y)",
    "a local alias": "def criterion(p, y):\n    m = nn\n    return m.BCELoss()(p, y)",
    "a helper function": "def criterion(p, y): return h(p, y)\n"
    "def h(p, y): return nn.BCELoss()(p, y)",
    "a default argument": "def criterion(p, y, loss=nn.BCELoss()): return loss(p, y)",
    "a decorator": "def d(f): return nn.BCELoss()\n@d\ndef criterion(p, y): pass",
    "a lambda": "criterion = lambda p, y: nn.BCELoss()(p, y)",
    "an alias of the entry point": "def h(p, y): return nn.BCELoss()(p, y)\ncriterion = h",
    "the class itself": "criterion = nn.BCELoss()",
    "a method": "class C:\n    def __call__(self, p, y): return self.g(p, y)\n"
    "    def g(self, p, y): return nn.BCELoss()(p, y)\ncriterion = C()",
    "a base class": "class B:\n    f = nn.BCELoss()\nclass C(B): pass\ncriterion = C()",
    "a table": "t = {}\nt['a'] = nn.BCELoss()\ndef criterion(p, y): return t['a'](p, y)",
    "an attribute": "class C: pass\nC.f = nn.BCELoss()\ndef criterion(p, y): return C.f(p, y)",
    "setattr": "class C: pass\nsetattr(C, 'f', nn.BCELoss())\n"
    "def criterion(p, y): return C.f(p, y)",
    "a global": "def s():\n    global g\n    g = nn.BCELoss()\ns()\n"
    "def criterion(p, y): return g(p, y)",
    "getattr": "def criterion(p, y): return getattr(nn, 'BCE' + 'Loss')()(p, y)",
    "getattr with an f-string": "def criterion(p, y): return getattr(nn, f'BCE{\"Loss\"}')()(p, y)",
    "getattr with join": "def criterion(p, y): return getattr(nn,''.join(('BCE','Loss')))()(p, y)",
    "getattr in full width": "def criterion(p, y): return getattr(nn, 'ＢＣＥＬｏｓｓ')()(p, y)",
    "full width": "def criterion(p, y): return nn.ＢＣＥＬｏｓｓ()(p, y)",
    "eval": "def criterion(p, y): return eval('nn.BCELoss()')(p, y)",
    "a dictionary of names": "def criterion(p, y): return nn.__dict__['BCELoss']()(p, y)",
    "globals": "bce = nn.BCELoss()\ndef criterion(p, y): return globals()['bce'](p, y)",
    "an inner import": "def criterion(p, y):\n    from torch.nn import BCELoss as Q\n"
    "    return Q()(p, y)",
    "importlib": "import importlib\ndef criterion(p, y):\n"
    "    return importlib.import_module('torch.nn').BCELoss()(p, y)",
    "a star import": "from torch.nn import *\ndef criterion(p, y): return BCELoss()(p, y)",
    "a loop": "for f in [nn.BCELoss()]:\n    pass\ndef criterion(p, y): return f(p, y)",
    "with and try": "try:\n    b = nn.BCELoss()\nexcept E:\n    b = 1\n"
    "def criterion(p, y): return b(p, y)",
    "a comprehension": "bce = nn.BCELoss\n"
    "def criterion(p, y): return [bce for bce in [bce()]][0](p, y)",
    "a nested function": "def criterion(p, y):\n    def g(): return nn.BCELoss()\n"
    "    return g()(p, y)",
}


@pytest.mark.parametrize("source", REACHES.values(), ids=REACHES)
def test_a_library_loss_is_reached_through(source):
    found = names(source)
    assert "BCELoss" in found, sorted(found)


@pytest.mark.parametrize(
    "key", ["an alias of an import", "an alias of a module", "getattr", "a star import"]
)
def test_names_are_resolved_through(key):
    assert "torch.nn.BCELoss" in names(REACHES[key])


HONEST = {
    "in another function": "def criterion(p, y): return -y\ndef test(): return nn.BCELoss()",
    "in an annotation": "def criterion(p, y, f: nn.BCELoss = None) -> nn.BCELoss: return -y",
    "in a docstring": "def criterion(p, y):\n    '''not nn.BCELoss'''\n"
    "    # nn.BCELoss\n    return -y",
    "where it is called": "def criterion(p, y): return -y\ncriterion(nn.BCELoss(), 1)",
    "compared at the top": "def criterion(p, y): return -y\nbce = nn.BCELoss()\n"
    "print(bce(1, 2), criterion(1, 2))",
    "under the name of a parameter": "def bce(p, y): return nn.BCELoss()(p, y)\n"
    "def criterion(p, y, bce=None): return bce",
    "under the name of a variable": "p = nn.BCELoss()\ndef criterion(p, y):\n    q = p\n"
    "    return q",
    "in the loop of its use": "def criterion(p, y): return -y\n"
    "for c in [nn.BCELoss(), criterion]:\n    c(1, 2)",
}


@pytest.mark.parametrize("source", HONEST.values(), ids=HONEST)
def test_a_library_loss_elsewhere_is_not_held_against_anyone(source):
    assert not [name for name in names(source) if "BCELoss" in name]


def test_names_of_ones_own_are_followed_and_not_listed():
    source = (
        "def sigmoid(z): return 1 / (1 + torch.exp(-z))\n"
        "class Model(nn.Module):\n"
        "    def forward(self, x): return self.sigmoid(x)\n"
        "    def sigmoid(self, x): return sigmoid(x)\n"
    )
    found = names(source, "Model")
    assert "sigmoid" not in found
    assert "torch.exp" in found
    assert "sigmoid" not in names(source, "sigmoid")
    assert "sigmoid" in names("def criterion(p, y): return torch.sigmoid(p)")
    assert "sigmoid" in names("def criterion(p, y): return p.sigmoid()")


def test_helper_files_are_followed():
    helper = (
        "import torch.nn as tn\ndef loss(p, y): return inner(p)\n"
        "def inner(p): return tn.BCELoss()\n"
    )
    for source in (
        "import helper\ndef criterion(p, y): return helper.loss(p, y)",
        "import helper as h\ndef criterion(p, y): return h.loss(p, y)",
        "from helper import loss\ndef criterion(p, y): return loss(p, y)",
        "from helper import loss as criterion",
        "from helper import *\ndef criterion(p, y): return loss(p, y)",
    ):
        found = names(source, helper=helper)
        assert "torch.nn.BCELoss" in found, source
        assert "loss" not in found


def test_what_is_not_there_uses_nothing():
    assert names("x = 1") == frozenset()
    assert (
        names("from a import b\nfrom b import a", a="from b import b", b="from a import *")
        == frozenset()
    )


@pytest.mark.parametrize(
    "source",
    [
        "x = y = criterion = x.a\n" + "".join(f"x = x.a{n}\n" for n in range(200)),
        "def criterion(): return " + "f(" * 90 + ")" * 90,
        "def criterion(): return a" + ".b" * 900 + "().BCELoss",
        "from c import criterion\n",
        "\n".join(f"def f{n}(): return f{n + 1}()" for n in range(3000)) + "\ncriterion = f0",
        "x=1\n" * 60_000 + "criterion = x",
    ],
    ids=range(6),
)
def test_hostile_code_costs_little(source):
    names(source, c="from d import criterion", d="from c import criterion")


def test_deep_code_gives_all_its_names():
    source = "def criterion(): return a" + "()" * 900 + ".BCELoss"
    assert "BCELoss" in names(source)


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
    code = Code([Cell(HEAD, "cell 1"), Cell(OLD, "lab.py", 11)])
    return habits(code, [Habit.from_table({"says": "why", **pattern}) for pattern in patterns])


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


def test_what_is_not_there_is_not_told():
    assert told({"call": "torch.nn.BCELoss", "keyword": "reduce"}, {"method": "backward"}) == ()


@pytest.mark.parametrize(
    "table", [{}, {"says": "x"}, {"call": "y"}, {"says": "x", "cal": "y"}, {"says": 1, "call": "x"}]
)
def test_a_habit_that_is_none_is_an_error_of_the_course(table):
    with pytest.raises(CourseError):
        Habit.from_table(table)
