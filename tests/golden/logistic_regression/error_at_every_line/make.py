"""300 statements, each of which raises an error with a long text."""

from pathlib import Path


def make(folder: Path) -> Path:
    path = folder / "logistic_regression.py"
    lines = (f"raise TypeError('step {n} ' + 'of many ' * 200)" for n in range(1, 301))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder
