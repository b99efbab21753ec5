"""Which definition of a name counts, and what each statement of a cell is."""

from __future__ import annotations

import pytest

from autograder.submissions.cells import Reading, prefer_filled
from autograder.submissions.model import Cell

FUNCTION = "def f(a):\n    return a"
STUB = "def f(a):\n    raise NotImplementedError()"


def read(*cells: str | tuple[str, str]) -> Reading:
    """Cells "cell 1", "cell 2", ...; f was released in the one that is named "home"."""
    reading = Reading()
    for number, cell in enumerate(cells, start=1):
        name, source = cell if isinstance(cell, tuple) else (None, cell)
        reading.add(Cell(source, f"cell {number}", name=name))
    reading.finish()
    prefer_filled(reading, ["f"], {"f": "home"})
    return reading


def counted(reading: Reading) -> list[tuple[str, str]]:
    """(cell, first line of code) of the statements that hand in f."""
    parts = [part for cell in reading.cells for part in cell.statements()]
    return [(p.origin, p.source.strip().split("\n")[0]) for p in parts if p.hands_in]


@pytest.mark.parametrize(
    "below",
    [
        "f = nn.MSELoss()",
        "f = f(1)",
        "x, f = 1, 2",
        "for f in loader:\n    pass",
        "with open('x') as f:\n    pass",
        "if 1:\n    f = 3",
        "from torch import relu as f",
    ],
)
@pytest.mark.parametrize("name", ["home", "other"])
def test_the_definition_counts_whatever_is_below(below, name):
    reading = read((name, FUNCTION), "y = 2\n" + below)
    assert counted(reading) == [("cell 1", "def f(a):")]
    assert len(reading.notes) == 1
    assert "cell 1, line 1" in reading.notes[0]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ((FUNCTION, FUNCTION + " + 1"), [("cell 2", "def f(a):")]),
        ((("home", FUNCTION), FUNCTION + " + 1"), [("cell 1", "def f(a):")]),
        (
            (("home", FUNCTION + "\nf = wrap(f)"),),
            [("cell 1", "def f(a):"), ("cell 1", "f = wrap(f)")],
        ),
        ((("home", STUB), FUNCTION), [("cell 2", "def f(a):")]),
        ((("home", "f = mine"), "f = nn.MSELoss()"), [("cell 1", "f = mine")]),
        (("f = lambda a: a", "f = nn.MSELoss()"), [("cell 1", "f = lambda a: a")]),
        (("from mine import f", "f = nn.MSELoss()"), [("cell 1", "from mine import f")]),
        (("from mine import *", "x = 1"), []),
        ((STUB,), []),
    ],
)
def test_which_definition_counts(cells, expected):
    assert counted(read(*cells)) == expected


def test_a_class_that_passes_layers_on_is_filled_in():
    source = "class f(nn.Sequential):\n    def __init__(self):\n        super().__init__(nn.ReLU())"
    assert counted(read(source)) == [("cell 1", "class f(nn.Sequential):")]


def test_statements_keep_their_lines():
    reading = read("import a\n# why\n@deco\ndef g():\n    pass\nx = 1; y = 2\n\nz = 3")
    parts = list(reading.cells[0].statements())
    assert [part.first_line for part in parts] == [1, 2, 6, 7]
    assert parts[1].where(3) == "cell 1, line 4"
    assert "\n".join(part.source for part in parts) == reading.cells[0].source
