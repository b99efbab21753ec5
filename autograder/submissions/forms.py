"""Which files are code, whatever ending a download gave them, and what the others are."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

KINDS = (".py", ".ipynb")
_ADDED = (".txt", ".json")
"""What browsers and mail programs hang onto the name of a file that they don't know."""
_BESIDE = frozenset({"timestamp.txt", "requirements.txt"})
"""What lies beside work and is none."""
_INSTEAD = {
    "unpack it and hand in the .ipynb or .py": (
        *(".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".tbz", ".xz", ".txz", ".zst"),
    ),
    "hand in the .ipynb or .py that it was made from": (
        *(".pdf", ".docx", ".doc", ".odt", ".rtf", ".pages", ".html", ".htm", ".mhtml", ".md"),
        *(".txt", ".pyc", ".pyo", ".png", ".jpg", ".jpeg", ".heic"),
    ),
    "it leads to the file and is not the file: download the .ipynb or .py and hand in that": (
        *(".url", ".webloc", ".lnk", ".gdoc", ".gsheet", ".desktop"),
    ),
}

_MAY_HOLD_A_NOTEBOOK = frozenset({"", ".py", ".json", ".txt"})
_MOST_START = 4096
_PYTHON = re.compile(rb"#|\"{3}|'{3}|@|(?:import|from|def|class)\b")
_MISTAKEN = (
    (
        re.compile(r"\s*<(?:!doctype html|html|\?xml)", re.IGNORECASE),
        "it is a web page, not the file that the page shows",
        "download the .ipynb or .py itself (on GitHub: Raw) and hand in that",
    ),
    (
        re.compile(r"version https://git-lfs"),
        "it stands for a file that Git LFS keeps, and is not the file",
        "run git lfs pull and hand in the file",
    ),
)


def is_code(name: str) -> bool:
    """Whether a name ends as scripts and notebooks do."""
    return name.lower().endswith(KINDS)


def code_name(name: str) -> str:
    """`lab.ipynb` for `lab.ipynb.txt` and `lab.ipynb.json`, as for itself; other names as is."""
    lowered = name.lower()
    for added in _ADDED:
        if lowered.endswith(tuple(kind + added for kind in KINDS)):
            return name[: -len(added)]
    return name


def name_by_content(name: str, data: bytes) -> str:
    """The name with the ending that the content asks for: a notebook saved as `lab.py`, as
    `lab.json` or without any, a script saved as `lab.ipynb`. Other names as is."""
    path = PurePosixPath(name)
    suffix, start = path.suffix.lower(), data[:_MOST_START].lstrip(b"\xef\xbb\xbf \t\r\n")
    if suffix in _MAY_HOLD_A_NOTEBOOK and start.startswith(b"{"):
        holds = all(part in data for part in (b'"nbformat"', b'"cells"', b'"cell_type"'))
        return name[: len(name) - len(suffix)] + ".ipynb" if holds else name
    if suffix == ".ipynb" and _PYTHON.match(start):
        return name[: -len(suffix)] + ".py"
    return name


def mistaken(text: str) -> tuple[str, str] | None:
    """What a file is that was saved in the place of code, and what to do; None for any other."""
    for pattern, problem, remedy in _MISTAKEN:
        if pattern.match(text):
            return problem, remedy
    return None


def rank(name: str) -> int:
    """Of files that can't be graded, which to name first: archives, then documents, then links."""
    return list(_INSTEAD).index(instead(name) or "")


def instead(name: str) -> str | None:
    """What to do about a file that can't be graded, by its ending; None for any other."""
    if PurePosixPath(name.lower()).name in _BESIDE:
        return None
    suffix = PurePosixPath(name.lower()).suffix
    return next((advice for advice, suffixes in _INSTEAD.items() if suffix in suffixes), None)
