import os
from pathlib import Path

SOURCE = """
import torch


def criterion(y_hat, y):
    p = y_hat.clamp(1e-7, 1 - 1e-7)
    return -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()
"""
NAMES = (b"\xff\xfe.py", b"a\x1b[2J.py", b"line\nbreak.py", b"n" * 250, b"$(touch hostile_shell).py", b"-rf")


def make(folder: Path) -> Path:
    made = folder / "ada"
    made.mkdir()
    (made / "logistic_regression.py").write_text(SOURCE, encoding="utf-8")
    for name in NAMES:
        with open(os.path.join(os.fsencode(made), name), "wb") as file:
            file.write(b"x = 1\n")
    return made
