import struct
import zipfile
from pathlib import Path


def make(folder: Path) -> Path:
    made = folder / "ada.zip"
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("logistic_regression.py", "x = 1\n")
    data = bytearray(made.read_bytes())
    for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = data.index(signature) + offset
        data[at : at + 2] = struct.pack("<H", 1)
    made.write_bytes(data)
    return made
