import hashlib
from pathlib import Path


def make(folder: Path) -> Path:
    junk = b"\x7fELF\0\0\xff\xfe" + b"".join(hashlib.sha256(bytes([n])).digest() for n in range(256))
    made = folder / "logistic_regression.py"
    made.write_bytes(junk)
    return made
