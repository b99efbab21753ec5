import zipfile
from pathlib import Path


def make(folder: Path) -> Path:
    made = folder / "ada.zip"
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("logistic_regression.py", "w") as file:
            for _ in range(200):
                file.write(bytes(1 << 20))
    return made
