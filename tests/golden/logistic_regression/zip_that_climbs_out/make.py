import zipfile
from pathlib import Path


def make(folder: Path) -> Path:
    made = folder / "ada.zip"
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("logistic_regression.py", "def criterion(y_hat, y):\n    return 0.0\n")
        archive.writestr("../../hostile_climbed.py", "print('out')\n")
    return made
