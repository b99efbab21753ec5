from pathlib import Path


def make(folder: Path) -> Path:
    made = folder / "ada"
    made.mkdir()
    return made
