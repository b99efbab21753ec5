"""Text from a submission, made safe to show: what is not visible is spelled out.

A name, a message or printed output can hold terminal commands (OSC 52 writes the clipboard), line
ends that forge a line of the report, or bidi overrides that show text in another order. Escaping
here is for terminals and plain text; a format with a syntax of its own (HTML, CSV) escapes that
syntax as well.
"""

from __future__ import annotations

import re
import unicodedata

_CUT = "..."
# Letters by category, but shown as nothing: Hangul fillers and the Braille blank.
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
# Control (Cc, which holds C0, DEL and C1), format (Cf: bidi, zero width, tags), surrogates, private
# use, unassigned, and the line and paragraph separators.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_MOST_MARKS = 3
_PLAIN = re.compile(r"[ -~]*")
_PLAIN_LINES = re.compile(r"[ -~\t\n]*")


def printable(text: str, limit: int = 2000, *, newlines: bool = False) -> str:
    r"""`text` with everything invisible spelled out (`\x1b`, `\u202e`), cut after `limit`.

    `limit` counts characters of the result, the "..." that marks the cut included. A tab becomes
    `\t` and a line end `\n`, unless `newlines` keeps both as they are. Of marks piled on one
    character, three are kept. A backslash stays: the result is for reading, not for parsing.
    """
    if len(text) <= limit and (_PLAIN_LINES if newlines else _PLAIN).fullmatch(text):
        return text
    parts: list[str] = []
    length = 0
    marks = 0
    for character in text[: limit + 1]:
        marks = marks + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        part = _escape(character, newlines) if marks <= _MOST_MARKS else _spelled(character)
        parts.append(part)
        length += len(part)
        if length > limit:
            return _cut(parts, limit)
    return "".join(parts)


def _cut(parts: list[str], limit: int) -> str:
    """Whole parts only, so that no escape is cut in two."""
    room = max(limit - len(_CUT), 0)
    while parts and sum(map(len, parts)) > room:
        parts.pop()
    return "".join(parts) + _CUT[: max(limit, 0)]


def _escape(character: str, newlines: bool) -> str:
    if newlines and character in "\n\t":
        return character
    is_hidden = character in _BLANK or unicodedata.category(character) in _HIDDEN
    return _spelled(character) if is_hidden else character


def _spelled(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
