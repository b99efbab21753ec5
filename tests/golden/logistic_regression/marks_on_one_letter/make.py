from pathlib import Path


def make(folder: Path) -> Path:
    made = folder / "logistic_regression.py"
    made.write_text("e" + "\u0331\u0301" * 40_000 + " = 1\n", encoding="utf-8")
    return made
