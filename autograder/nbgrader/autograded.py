"""The files of `autograded/`: each whole or not at all, and read-only as nbgrader leaves them.

Notebooks are written without nbconvert, which takes some 0.1 s for the same. Nothing depends on the
time or the machine: the same submission and Result give the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4.nbjson import JSONWriter

from autograder.reports.files import write_whole


def as_bytes(notebook: NotebookNode) -> bytes:
    """A notebook as it stands in a file."""
    text: str = JSONWriter().writes(notebook)  # type: ignore[no-untyped-call]
    return (text.rstrip("\n") + "\n").encode()


def write_files(folder: Path, files: Mapping[str, bytes], shared: bool = False) -> bool:
    """Writes files below a folder, each whole or not at all; whether any of them changed.

    They are read-only, as nbgrader leaves them (`shared`: their group may write). Raises OSError
    or UsageError where that can't be done.
    """
    changed = [name for name, data in files.items() if _write(folder / name, data, shared)]
    return bool(changed)


def _write(path: Path, data: bytes, shared: bool) -> bool:
    if path.is_file() and path.read_bytes() == data:
        return False
    _make_folder(path.parent, shared)
    write_whole(path, data, mode=0o664 if shared else 0o444)
    return True


def _make_folder(folder: Path, shared: bool) -> None:
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for path in missing if shared else ():
        path.chmod((path.stat().st_mode | 0o2770) & 0o2777)
