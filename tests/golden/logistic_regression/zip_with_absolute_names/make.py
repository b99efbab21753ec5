import zipfile
from pathlib import Path


def make(folder: Path) -> Path:
    made = folder / "ada.zip"
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("/tmp/hostile_climbed.py", "print('out')\n")
        archive.writestr("C:\\hostile_climbed.py", "print('out')\n")
    return made
