"""Which files are code, whatever ending a download gave them, and what the others are."""

from __future__ import annotations

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


def rank(name: str) -> int:
    """Of files that can't be graded, which to name first: archives, then documents, then links."""
    return list(_INSTEAD).index(instead(name) or "")


def instead(name: str) -> str | None:
    """What to do about a file that can't be graded, by its ending; None for any other."""
    if PurePosixPath(name.lower()).name in _BESIDE:
        return None
    suffix = PurePosixPath(name.lower()).suffix
    return next((advice for advice, suffixes in _INSTEAD.items() if suffix in suffixes), None)
