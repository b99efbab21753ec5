"""Submissions are read in a process with limits: what is too much costs itself, and nobody else."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from autograder.errors import SubmissionError
from autograder.grading.packed import dump, load
from autograder.grading.reader import Reader
from autograder.grading.reader_process import CPU_SECONDS
from autograder.sandbox.host.start import PLAIN
from autograder.submissions.model import Habit, KnownAssignments, Submission

from ..submissions.builders import COURSE, FILLED, archive, code_cell, folder, notebook

SIZE = 250_000
"""Characters: about as much code as a file may hold."""
SLOW = "a" + "\u0315\u0300" * 40_000 + " = 1"
"""A name that Python itself takes minutes to read: combining marks are sorted one by one."""


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as reader:
        yield reader


def filled(count: int, line: Callable[[int], str]) -> str:
    return "".join(line(n) for n in range(count))


def marks(pairs: int) -> str:
    return "a" + "\u0315\u0300" * pairs


CODE = {
    "brackets": "(" * (SIZE // 2) + ")" * (SIZE // 2),
    "brackets that stay open": "[" * SIZE,
    "braces and colons": "{0:" * (SIZE // 3),
    "signs": "x = " + "-" * SIZE + "1",
    "nots": "x = " + "not " * (SIZE // 4) + "1",
    "a long chain of attributes": "x = a" + ".b" * (SIZE // 2),
    "a long chain of calls": "x = f" + "()" * (SIZE // 2),
    "a long sum": "x = 1" + "+1" * (SIZE // 2),
    "a long comparison": "x = 1" + "<1" * (SIZE // 2),
    "spaces in what does not compile": "def (\n" + " " * SIZE + "\n",
    "spaces and equal signs": "a ? b\n" + " =" * (SIZE // 2) + "\n",
    "quotes and spaces": "a ? b\n" + "' " * (SIZE // 2) + "\n",
    "question marks": "?" * SIZE,
    "empty lines": "def f(:\n" + "\n" * SIZE,
    "joined lines": "!a \\\n" * (SIZE // 5),
    "magics": "%a\n" * (SIZE // 3),
    "combining marks in a name": marks(SIZE // 8),
    "many names of combining marks": f"{marks(300)} = 1\n" * (SIZE // 1300),
    "combining marks in a comment": f"# {marks(SIZE // 8)}\nimport os\n",
    "decorators": "@a\n" * (SIZE // 3) + "def f(): pass\n",
    "decorators of nothing": "@a\n" * (SIZE // 3),
    "an f-string of many parts": 'x = f"' + "{a}" * (SIZE // 3) + '"',
    "f-strings in f-strings": 'x = f"' + "{a:" * 400 + "}" * 400 + '"',
    "lambdas": "x = " + "lambda: " * (SIZE // 8) + "0",
    "lambdas as defaults": "x = " + "lambda a=" * (SIZE // 9) + "0",
    "numbers to be folded": "x = 9**9**9\n" * (SIZE // 12),
    "products to be folded": "x = ((2**64)**9)**9 * 'a' * 10**9\n" * (SIZE // 35),
    "a long number": "x = " + "9" * SIZE,
    "a long hexadecimal number": "x = 0x" + "f" * SIZE,
    "escapes": 'x = "' + "\\N{LATIN SMALL LETTER A}" * (SIZE // 24) + '"',
    "escapes that are none": 'x = "' + "\\q" * (SIZE // 2) + '"',
    "broken escapes": 'x = "\\N{' + "A" * SIZE + '}"',
    "strings that never end": "'''\n\"\"\"\n" * (SIZE // 8),
    "blocks in blocks": filled(700, lambda n: " " * (n % 100) + "if 1:\n"),
    "elses": "if 1: pass\n" + "elif 1: pass\n" * (SIZE // 13),
    "broken statements": "def f(:\n" * (SIZE // 8),
    "broken at the top, whole below": "x = (\n" + "y = 1\n" * (SIZE // 6),
    "definitions of one name": "def criterion(a, b): return a\n" * (SIZE // 30),
    "a class of many methods": "class Model:\n" + " def f(s): pass\n" * (SIZE // 16),
    "uses of a library": "import torch\n" + "a.sigmoid\n" * (SIZE // 10),
    "star imports": "from a import *\n" * (SIZE // 16),
    "a match of many cases": "match x:\n" + " case 1: pass\n" * (SIZE // 14),
    "a dictionary of many": "x = {" + "1:1," * (SIZE // 4) + "}",
    "assignments in a row": "x" + "=x" * (SIZE // 2),
    "percent marks": "# %%\n" * 1900,
    "a title that never ends": "# %% " + "[" * SIZE,
    "a title of options": "# %% " + "a=" * (SIZE // 2),
    "carriage returns": "x = 1\r" * (SIZE // 6),
    "form feeds": "x = 1\f\n" * (SIZE // 7),
    "letters that grow": "x\ufdfa = 1\n" * (SIZE // 10),
}


def is_well(reader: Reader, tmp_path: Path) -> bool:
    """Whether the next student's work is read as ever."""
    path = tmp_path / "next" / "lab.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(FILLED)
    return "criterion" in reader.read(path, COURSE).filled


@pytest.mark.parametrize("name", CODE)
def test_a_file_of_anything_costs_its_own_submission_at_most(name, reader, tmp_path):
    """What takes longer than it may ends the reader, so this ends, whatever the file is."""
    forms = [{"lab.py": CODE[name]}, {"lab.py": FILLED, "mine.py": CODE[name]}]
    forms.append({"lab.ipynb": notebook(CODE[name], FILLED)})
    files = forms[list(CODE).index(name) % len(forms)]
    with suppress(SubmissionError):
        reader.read(folder(tmp_path / "work", files), COURSE)
    assert is_well(reader, tmp_path)


def nested(count: int) -> bytes:
    return b'{"nbformat": 4, "cells": ' + b"[" * count + b"]" * count + b"}"


MARKDOWN = {"cell_type": "markdown", "metadata": {}, "source": "[" * 60_000 + "![](" * 20_000}
NOTEBOOKS = {
    "lists in lists": nested(100_000),
    "lists side by side": b'{"nbformat": 4, "cells": [' + b"[[]]," * 5_000_000 + b"[]]}",
    "many cells": notebook(*["x = 1"] * 1_900),
    "more cells than may be": notebook(*["x = 1"] * 10_000),
    "many sources": notebook(code_cell(["x = 1\n"] * 40_000)),
    "long numbers": b'{"nbformat": 4, "cells": [' + b"9" * SIZE + b"]}",
    "a long exponent": b'{"nbformat": 4, "cells": [1e' + b"9" * SIZE + b"]}",
    "one key again and again": b"{" + b'"a":1,' * (SIZE // 6) + b'"nbformat": 4, "cells": []}',
    "half characters": notebook("x = '\ud800'"),
    "Markdown that no pattern likes": notebook(MARKDOWN, FILLED),
}


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_of_anything_costs_its_own_submission_at_most(name, reader, tmp_path):
    path = tmp_path / "lab.ipynb"
    path.write_bytes(NOTEBOOKS[name])
    with suppress(SubmissionError):
        reader.read(path, COURSE)
    with suppress(SubmissionError):
        reader.saved(path, ["criterion"])
    assert is_well(reader, tmp_path)


def test_what_takes_too_long_is_given_up_and_the_reason_says_what_to_do(reader, tmp_path):
    path = tmp_path / "lab.py"
    path.write_text(SLOW)
    with pytest.raises(SubmissionError) as caught:
        reader.read(path, COURSE)
    assert caught.value.file == str(path)
    assert f"more than {CPU_SECONDS} s" in caught.value.problem
    assert "hand in the code alone" in caught.value.remedy
    assert is_well(reader, tmp_path)


def test_what_takes_too_much_memory_is_given_up(reader, tmp_path):
    path = tmp_path / "lab.ipynb"
    path.write_bytes(NOTEBOOKS["lists side by side"])
    with pytest.raises(SubmissionError, match="of memory"):
        reader.read(path, COURSE)
    assert is_well(reader, tmp_path)


def test_a_reader_that_was_killed_is_started_again(reader, tmp_path):
    assert is_well(reader, tmp_path)
    assert reader._process is not None
    os.kill(reader._process.pid, signal.SIGKILL)
    reader._process.wait()
    assert is_well(reader, tmp_path)


def test_paths_are_those_of_the_judge_and_may_be_of_any_letters(reader, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    name = os.fsdecode(b"caf\xe9")
    folder(Path(name), {"lab.py": FILLED, "data.bin": bytes(range(256))})
    submission = reader.read(Path(name), COURSE)
    assert submission.name == name
    assert submission.files == {"data.bin": bytes(range(256))}


def test_it_gives_what_reading_in_this_process_gives(reader, tmp_path):
    from autograder.submissions.read import read_submission

    work = folder(tmp_path / "ada", {"lab.zip": archive({"lab.ipynb": notebook(FILLED)})})
    path = work / "lab.zip"
    habits = {"lab": (Habit("It is called for you.", method="mean"),)}
    known = KnownAssignments(COURSE.entry_points, habits=habits)
    found = reader.read(path, known)
    assert found.code.habits == ("cell 1, line 16: It is called for you.",)
    assert "criterion" in found.code.defined
    assert found == read_submission(path, known)


def test_where_nothing_is_forked_each_is_read_by_a_process_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv(PLAIN, "1")
    reader = Reader()
    assert is_well(reader, tmp_path)
    path = tmp_path / "lab.py"
    path.write_text(SLOW)
    with pytest.raises(SubmissionError, match="more than"):
        reader.read(path, COURSE)
    with pytest.raises(SubmissionError, match="no such file"):
        reader.read(tmp_path / "none.py", COURSE)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[:-1],
        lambda data: data + b"x",
        lambda data: b"",
        lambda data: data.replace(b'"ada"', b"12345"),
        lambda data: data.replace(b'"ada"', b"null "),
        lambda data: data.replace(b'[["cell', b'[{},"cell'),
    ],
    ids=range(6),
)
def test_an_answer_that_is_none_is_not_taken(change):
    submission = Submission("p", "ada", None, (), {"data": b"\0\1"}, (), "0")
    data = dump(submission)
    assert load(Submission, data) == submission
    changed = change(data)
    if changed != data:
        with pytest.raises(ValueError, match=r"it|expected"):
            load(Submission, changed)


def test_json_that_is_nested_too_deeply_is_no_answer():
    deep = json.dumps(0).encode()
    for _ in range(3):
        deep = b"[" * 100_000 + deep
    with pytest.raises(ValueError, match=r"nested|cut off|expect"):
        load(Submission, len(deep).to_bytes(8, "little") + deep)
