"""A zip is judged by its directory before anything in it is unpacked."""

from __future__ import annotations

import io
import stat
import struct
import time
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.errors import SubmissionError
from autograder.submissions.archives import read_archive

from .builders import archive


def special(kind: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        info = zipfile.ZipInfo("lab.py")
        info.external_attr = (kind | 0o777) << 16
        packed.writestr(info, "/etc/passwd")
    return buffer.getvalue()


def with_flag(flag: int) -> bytes:
    data = bytearray(archive({"lab.py": "x = 1"}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(signature) + offset] |= flag
    return bytes(data)


def declared(size: int) -> bytes:
    """A zip whose directory claims another size than is there."""
    data = bytearray(archive({"lab.py": "x = 1"}))
    struct.pack_into("<I", data, data.find(b"PK\x01\x02") + 24, size)
    return bytes(data)


def compressed(method: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as packed:
        packed.writestr("lab.py", "x = 1")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (archive({"../lab.py": "x"}), "leads out"),
        (archive({"a/../../lab.py": "x"}), "leads out"),
        (archive({"/etc/lab.py": "x"}), "leads out"),
        (archive({"a\\..\\..\\lab.py": "x"}), "leads out"),
        (archive({"C:\\lab.py": "x"}), "leads out"),
        (special(stat.S_IFLNK), "a link"),
        (special(stat.S_IFIFO), "neither file nor folder"),
        (special(stat.S_IFCHR), "neither file nor folder"),
        (with_flag(1), "encrypted"),
        (compressed(zipfile.ZIP_LZMA), "unusual way"),
        (compressed(zipfile.ZIP_BZIP2), "unusual way"),
        (archive({"a.csv": b"\0" * 20_000_000}), "far more than its size"),
        (archive({f"{n}.csv": b"\0" * 9_000_000 for n in range(8)}), "more than 64 MiB"),
        (archive({f"{n}": "" for n in range(2100)}), "more than 2000 entries"),
        (b"", "not a valid zip file"),
        (b"PK\x03\x04" + b"x" * 100, "not a valid zip file"),
        (archive({"lab.py": "x = 1"})[:-30], "not a valid zip file"),
        (declared(2**31), "more than 64 MiB"),
    ],
    ids=range(18),
)
def test_what_climbs_out_or_explodes_is_refused(data, problem):
    began = time.process_time()
    with pytest.raises(SubmissionError, match=problem) as caught:
        read_archive(data, "alice.zip")
    assert time.process_time() - began < 5
    assert caught.value.remedy


def test_a_file_that_is_larger_than_declared_is_cut_off_or_refused():
    with pytest.raises(SubmissionError):
        read_archive(declared(1), "alice.zip")


def test_files_are_kept_by_their_names():
    files = read_archive(archive({"a/lab.py": "x", "a/data.csv": "1", "a/.hidden": "h"}), "z")
    assert files.content == {"a/lab.py": b"x", "a/data.csv": b"1"}


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_bytes_are_files_or_a_submission_error(data):
    whole = bytearray(archive({"lab.py": "x = 1" * 50, "d/h.py": "y = 2"}))
    for _ in range(data.draw(st.integers(0, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(whole[data.draw(st.integers(0, 3)) : data.draw(st.integers(0, len(whole)))])
    for content in (bytes(whole), cut, data.draw(st.binary(max_size=80))):
        try:
            files = read_archive(content, "alice.zip")
        except SubmissionError:
            continue
        assert all(".." not in name.split("/") for name in files.content)
