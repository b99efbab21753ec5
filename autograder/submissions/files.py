"""The bytes of a submission, taken from disk: regular files only, all sizes bounded.

No link is followed and nothing but regular files is opened, so a FIFO can't hang the reader and a
link can't bring in another file (threats.md, section 0, rule 6).
"""

from __future__ import annotations

import hashlib
import os
import stat
import unicodedata
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path, PurePosixPath

from autograder.errors import SubmissionError
from autograder.submissions.forms import code_name, is_code

MOST_FILES = 200
MOST_BYTES = 64 * 1024 * 1024
MOST_DEPTH = 8
_MOST_ENTRIES = 5000
"""Of one folder; in all, four times as many."""
_JOINERS = "\u200c\u200d"
"""Parts of words in some languages, and of emoji."""
_SKIPPED = frozenset({"__pycache__", "__MACOSX", "checks", "node_modules"})


@dataclass(slots=True)
class Files:
    """Relative POSIX names and what is in them, and notes on what was left aside.

    `times` gives when a file was saved, in seconds, as far as that is known; `skipped` says that
    there are more that are nobody's work.
    """

    content: dict[str, bytes] = field(default_factory=dict)
    times: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    skipped: bool = False

    def note(self, text: str) -> None:
        """Keep a note; of very many, the first."""
        if len(self.notes) < 20:
            self.notes.append(text)


def is_skipped(name: str) -> bool:
    """Whether a relative name lies where no student's code is: hidden, caches, released checks."""
    parts = PurePosixPath(name).parts
    return any(part.startswith(".") or part in _SKIPPED for part in parts) or (
        parts[-1].lower() in {"readme.md", "thumbs.db", "desktop.ini"}
    )


def is_text_name(name: str) -> bool:
    """Whether a name can be sent on: valid Unicode without control characters, of usual length."""
    return len(name) <= 200 and all(
        c.isprintable() or c in _JOINERS or unicodedata.category(c) == "Zs" for c in name
    )


def read_file(path: Path, most: int = MOST_BYTES) -> bytes:
    """One regular file. Raises SubmissionError if it is something else, or larger than `most`."""
    shown = str(path)
    try:
        with open(path, "rb", opener=_open_without_waiting) as file:
            status = os.fstat(file.fileno())
            regular = stat.S_ISREG(status.st_mode)
            # no more than there is: room for `most` would cost more than to read a usual file
            data = file.read(min(most, status.st_size) + 1) if regular else b""
    except FileNotFoundError:
        raise SubmissionError(shown, "there is no such file or folder", "check the path") from None
    except (OSError, ValueError) as error:
        if os.path.islink(path):
            raise SubmissionError(shown, "it is a link", "pass what it points to") from None
        reason = getattr(error, "strerror", None) or "invalid path"
        raise SubmissionError(shown, f"it can't be read ({reason})", "check the path") from None
    if not regular:
        raise SubmissionError(shown, "it is not a regular file", "hand in a regular file")
    if len(data) > most:
        problem = f"it is larger than {most // 1024} KiB"
        raise SubmissionError(shown, problem, "hand in the code, not the data")
    return data


def _open_without_waiting(path: str, flags: int) -> int:
    """Follows no link, and does not wait for the other end of a FIFO."""
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))


def read_folder(folder: Path) -> Files:
    """The files of a folder, code before data, those near the top first; what is left aside is
    noted."""
    files = Files()
    left = MOST_BYTES
    found = sorted(_walk(folder, files), key=lambda one: not is_code(code_name(one[0])))
    for name, entry in found:
        if entry.is_symlink():
            files.note(f"{name}: a link: not followed")
        elif not entry.is_file(follow_symlinks=False):
            files.note(f"{name}: not a regular file: left aside")
        elif not is_text_name(name):
            files.note(f"{name}: its name holds unusual characters: left aside")
        elif len(files.content) >= MOST_FILES:
            files.note(f"more than {MOST_FILES} files: the rest was left aside")
            break
        else:
            try:
                data = read_file(Path(entry.path), left)
            except SubmissionError as error:
                files.note(f"{name}: {error.problem}: left aside")
            else:
                files.content[name] = data
                files.times[name] = entry.stat(follow_symlinks=False).st_mtime
                left -= len(data)
    return files


def _walk(folder: Path, files: Files) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Everything below a folder but folders, breadth first, in the order of names."""
    pending = deque([(str(folder), "", 1)])
    seen = 0
    while pending:
        path, prefix, depth = pending.popleft()
        try:
            with os.scandir(path) as scan:
                most = min(_MOST_ENTRIES, 4 * _MOST_ENTRIES - seen)
                entries = sorted(islice(scan, most), key=lambda entry: entry.name)
                if next(scan, None) is not None:
                    files.note(
                        f"{prefix or folder.name}: more than {most} entries: some left aside"
                    )
        except OSError as error:
            if not prefix:
                problem = f"the folder can't be read ({error.strerror})"
                raise SubmissionError(str(folder), problem, "check the path") from None
            files.note(f"{prefix}: the folder can't be read: left aside")
            continue
        seen += len(entries)
        for entry in entries:
            name = prefix + entry.name
            if is_skipped(name):
                files.skipped |= not entry.name.startswith(".")
                continue
            if not entry.is_dir(follow_symlinks=False):
                yield name, entry
            elif os.path.exists(os.path.join(entry.path, "pyvenv.cfg")):
                files.note(f"{name}: a virtual environment: left aside")
            elif depth < MOST_DEPTH:
                pending.append((entry.path, name + "/", depth + 1))
            else:
                files.note(f"{name}: nested too deeply: left aside")


def digest_of(parts: Iterable[str | bytes]) -> str:
    """SHA-256 (hex) of texts and files, told apart by their lengths."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "little") + data)
    return digest.hexdigest()


def digest_of_folder(folder: Path) -> str:
    """SHA-256 (hex) of the names and contents of all files of a trusted folder, but for caches."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    own = (p for p in paths if not {"__pycache__", ".ipynb_checkpoints"} & set(p.parts))
    return digest_of(
        part for path in own for part in (path.relative_to(folder).as_posix(), path.read_bytes())
    )
