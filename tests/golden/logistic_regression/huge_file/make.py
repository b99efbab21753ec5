from pathlib import Path


def make(folder: Path) -> Path:
    made = folder / "logistic_regression.py"
    with made.open("wb") as file:
        file.write(b"x = 1\n")
        file.truncate(100 << 20)
    return made
