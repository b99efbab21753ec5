from pathlib import Path


def make(folder: Path) -> Path:
    (folder / "homework.7z").write_bytes(b"7z\xbc\xaf\x27\x1c" + bytes(100))
    return folder
