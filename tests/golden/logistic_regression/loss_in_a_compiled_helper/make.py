import py_compile
from pathlib import Path

WORK = """
from mylosses import loss

def criterion(y_hat, y):
    return loss(y_hat, y)
"""
HELPER = """
from torch.nn.functional import binary_cross_entropy

def loss(y_hat, y):
    return binary_cross_entropy(y_hat.clamp(1e-7, 1 - 1e-7), y)
"""


def make(folder: Path) -> Path:
    source = folder / "mylosses.txt"
    source.write_text(HELPER, encoding="utf-8")
    made = folder / "submission"
    made.mkdir()
    py_compile.compile(str(source), cfile=str(made / "mylosses.pyc"))
    (made / "logistic_regression.py").write_text(WORK, encoding="utf-8")
    return made
