import os
from pathlib import Path


def make(folder: Path) -> Path:
    made = folder / "ada"
    made.mkdir()
    os.mkfifo(made / "logistic_regression.py")
    return made
