"""Results on disk: one JSON file a submission, written whole or not at all."""

from __future__ import annotations

import contextlib
import json
import os
import re
import tempfile
from pathlib import Path

from autograder.errors import UsageError
from autograder.results import Report, Result, as_json

NAME_BYTES = 180
"""Of a file's name, before a number and the suffix: file systems take 255 bytes."""


class ResultFolder:
    """A folder of results. Raises UsageError where it can't be made or written."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.names: set[str] = set()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(
                f"--output {folder}: {error.strerror}; name a folder that can be made"
            ) from None

    def write(self, result: Result) -> Path:
        """Writes one result; returns its file. A second student of the same name gets `-2`."""
        path = self.folder / f"{self._name(result)}.json"
        write_whole(path, json.dumps(as_json(Report((result,))), indent=2) + "\n")
        return path

    def _name(self, result: Result) -> str:
        stem = (
            re.sub(r"[^\w.-]+", "_", f"{result.student}-{result.assignment}").strip("._")
            or "submission"
        )
        stem = stem.encode("utf-8", "replace")[:NAME_BYTES].decode("utf-8", "ignore")
        name, count = stem, 1
        while name.casefold() in self.names:
            count += 1
            name = f"{stem}-{count}"
        self.names.add(name.casefold())
        return name


def write_whole(path: Path, content: str | bytes, mode: int = 0o600) -> None:
    """Writes a file so that it is there complete or not at all, even if we are killed.

    Text is written as UTF-8. Raises UsageError where that can't be done.
    """
    temporary = ""
    try:
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
        with os.fdopen(descriptor, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException as error:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        if isinstance(error, OSError):
            raise UsageError(f"{path}: can't be written ({error.strerror})") from None
        raise
