import zipfile
from pathlib import Path


def make(folder: Path) -> Path:
    made = folder / "ada.zip"
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("logistic_regression.py", "x = 1\n" * 100)
    made.write_bytes(made.read_bytes()[:300])
    return made
