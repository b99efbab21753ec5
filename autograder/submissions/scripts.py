"""A Python file -> cells.

`# %%` markers (the percent format of jupytext, Spyder and VS Code) make the cells; without them
each top-level statement is one, so that an error in one leaves the others alone.
"""

from __future__ import annotations

import codecs
import re

from autograder.errors import SubmissionError
from autograder.submissions.cells import Reading
from autograder.submissions.forms import mistaken
from autograder.submissions.model import Cell

MOST_CODE = 256 * 1024
MOST_CELLS = 2000
_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_AS_UTF_8 = frozenset("ascii us-ascii utf8 utf-8 utf-8-sig".split())
_OTHERS = frozenset("latin-1 latin1 iso-8859-1 iso-8859-15 cp1252 windows-1252".split())
_ASIAN_AND_EASTERN = frozenset(
    "gbk gb2312 gb18030 cp936 big5 cp950 euc-jp shift-jis cp932 euc-kr cp949 cp1250 cp1251 cp1253"
    " cp1254 koi8-r iso-8859-2 iso-8859-9".split()
)
_MARKER = re.compile(r"^#[ \t]*%%(?P<title>(?!%).*)$", re.MULTILINE)
_NOT_CODE = re.compile(r"\[(?:markdown|md|raw)\]", re.IGNORECASE)
_LINE_OF_CODE = re.compile(r"^(?:@|import |from |(?:async )?def |class |\w+ = )", re.MULTILINE)
_OPTIONS = re.compile(r"\[\w+\]|[\w.-]+=(?:\"[^\"]*\"|'[^']*'|\S+)|\{.*\}")


def decode(data: bytes, file: str) -> str:
    """The text of a Python file, as Python itself would read it (PEP 263), lines ended by LF.

    Raises SubmissionError for binary data, other encodings and more than 256 KiB.
    """
    if len(data) > MOST_CODE:
        problem = f"it holds more than {MOST_CODE // 1024} KiB"
        raise SubmissionError(file, problem, "hand in the code only, not data")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise SubmissionError(file, "it is saved as UTF-16", "save it again as UTF-8")
    if b"\0" in data:
        raise SubmissionError(file, "it is binary data, not a Python file", "hand in the source")
    encoding = "utf-8" if data.startswith(codecs.BOM_UTF8) else _encoding(data, file)
    try:
        text = data.removeprefix(codecs.BOM_UTF8).decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problem = f"line {line} is not valid {encoding.upper()}"
        raise SubmissionError(file, problem, "save it again as UTF-8") from None
    if told := mistaken(text):
        raise SubmissionError(file, *told)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_script(text: str, file: str) -> Reading:
    """The cells of a script whose text is decoded already; `file` is the name to show.

    Raises SubmissionError if it has more than 2000 `# %%` cells.
    """
    reading = Reading()
    markers = list(_MARKER.finditer(text))
    if len(markers) > MOST_CELLS:
        raise SubmissionError(file, f"it has {len(markers)} cells", f"keep it below {MOST_CELLS}")
    starts = [0, *(marker.end() for marker in markers)]
    ends = [*(marker.start() for marker in markers), len(text)]
    titles = ["", *(marker["title"] for marker in markers)]
    first_line = 1
    for start, end, title in zip(starts, ends, titles, strict=True):
        # in a script, text is a comment: what is none runs, wherever a marker was lost
        if not _NOT_CODE.search(title) or _LINE_OF_CODE.search(text, start, end):
            name = _OPTIONS.sub("", title[:200]).strip() or None
            cell = Cell(text[start:end], file, first_line, name=name)
            reading.add(cell, by_statement=not markers)
        first_line += text.count("\n", start, end)
    reading.finish()
    return reading


def _encoding(data: bytes, file: str) -> str:
    """The encoding that one of the first two lines declares: those in use, not all of Python's."""
    for line in data.split(b"\n", 2)[:2]:
        if cookie := _COOKIE.match(line):
            name = cookie[1].decode("ascii", "replace").lower().replace("_", "-")
            if name in _OTHERS or name in _ASIAN_AND_EASTERN:
                return name
            if name not in _AS_UTF_8:
                problem = "it declares an unusual encoding"
                raise SubmissionError(file, problem, "save it again as UTF-8")
            break
        if line.strip() and not line.lstrip().startswith(b"#"):
            break
    return "utf-8"
