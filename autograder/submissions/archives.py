"""A zip archive -> its files, unpacked in memory.

Everything that the directory of the archive declares is judged before anything is unpacked: names,
kinds, the number and the total of sizes. Nothing is written to disk.
"""

from __future__ import annotations

import calendar
import io
import stat
import struct
import zipfile
import zlib

from autograder.errors import SubmissionError
from autograder.submissions.files import (
    MOST_BYTES,
    MOST_DEPTH,
    MOST_FILES,
    Files,
    is_skipped,
    is_text_name,
)
from autograder.submissions.forms import code_name, is_code
from autograder.submissions.syntax import shown

_MOST_ENTRIES = 2000
_MOST_RATIO = 200
_RATIO_FREE = 1024 * 1024
_AGAIN = "make the zip again from the files to hand in"
_ENTRY = b"PK\x01\x02"


def read_archive(data: bytes, file: str) -> Files:
    """The files in a zip, by their names there. `file` is the name of the zip to show in errors.

    Raises SubmissionError for what is not a valid zip file, for names that lead out, links,
    encryption, and for more than 64 MiB or 2000 entries.
    """
    if data.count(_ENTRY) > _MOST_ENTRIES:
        raise SubmissionError(file, f"it holds more than {_MOST_ENTRIES} entries", _AGAIN)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = _members(archive.infolist(), len(data), file)
            files = Files()
            code = {name for name in members if is_code(code_name(name))}
            for name in sorted(members, key=lambda name: name not in code):
                _take(archive, name, members[name], files, beside_code=bool(code))
    except RecursionError:
        raise SubmissionError(file, "it can't be unpacked", _AGAIN) from None
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError) as error:
        reason = shown(str(error), 80) or type(error).__name__
        raise SubmissionError(file, f"it is not a valid zip file ({reason})", _AGAIN) from None
    except (NotImplementedError, RuntimeError, ValueError, LookupError, OverflowError):
        raise SubmissionError(file, "it is packed in an unusual way", _AGAIN) from None
    return files


def _members(entries: list[zipfile.ZipInfo], size: int, file: str) -> dict[str, zipfile.ZipInfo]:
    """The entries to unpack by their names, if the archive as a whole can be trusted to be one."""
    members: dict[str, zipfile.ZipInfo] = {}
    for entry in entries:
        name = entry.filename.replace("\\", "/")
        problem = _problem(name, entry)
        if problem is not None:
            raise SubmissionError(file, f"it holds {problem}", _AGAIN)
        if entry.is_dir() or name.endswith("/"):
            continue
        if name in members:
            raise SubmissionError(file, "it holds two files of the same name", _AGAIN)
        members[name] = entry
    total = sum(entry.file_size for entry in entries)
    if total > MOST_BYTES:
        problem = f"it unpacks to more than {MOST_BYTES // 1024 // 1024} MiB"
        raise SubmissionError(file, problem, "leave out the data")
    if total > _RATIO_FREE and total > _MOST_RATIO * size:
        raise SubmissionError(file, "it unpacks to far more than its size", "leave out the data")
    return {name: entry for name, entry in members.items() if not is_skipped(name)}


def _problem(name: str, entry: zipfile.ZipInfo) -> str | None:
    parts = name.split("/")
    if ".." in parts or name.startswith("/") or parts[0].endswith(":"):
        return "a name that leads out of the archive"
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return "a link"
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "something that is neither file nor folder"
    if entry.flag_bits & 0x1:
        return "an encrypted file"
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "a file that is packed in an unusual way"
    return None


def _take(
    archive: zipfile.ZipFile, name: str, entry: zipfile.ZipInfo, files: Files, *, beside_code: bool
) -> None:
    """Unpacks a member; of archives only a zip, where it may be what holds the code."""
    parts = name.split("/")
    archives = (".tar", ".gz", ".tgz", ".7z", ".rar", *((".zip",) if beside_code else ()))
    if not is_text_name(name) or "" in parts or "." in parts:
        files.note(f"{name}: its name holds unusual characters: left aside")
    elif name.lower().endswith(archives):
        files.note(f"{name}: an archive inside the archive: left aside")
    elif len(parts) > MOST_DEPTH or len(files.content) >= MOST_FILES:
        files.note(f"{name}: too many or too deeply nested files: left aside")
    else:
        with archive.open(entry) as packed:
            files.content[name] = packed.read(entry.file_size)
        files.times[name] = float(calendar.timegm((*entry.date_time, 0, 0, 0)))
