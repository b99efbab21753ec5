from pathlib import Path


def make(folder: Path) -> Path:
    return folder / "nobody"
