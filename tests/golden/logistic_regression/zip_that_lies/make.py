import struct
import zipfile
from pathlib import Path


def make(folder: Path) -> Path:
    made = folder / "ada.zip"
    size = 64 << 20
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("logistic_regression.py", bytes(size))
    data = made.read_bytes().replace(struct.pack("<I", size), struct.pack("<I", 40))
    made.write_bytes(data)
    return made
