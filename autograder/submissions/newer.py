"""Is it syntax of a newer Python? Told by writing the new forms as older ones: then it compiles.

So an ordinary mistake is never called new: what is wrong for another reason stays wrong.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator

from autograder.submissions.syntax import problem_of

Version = tuple[int, int]
NEWER = "this is syntax of Python"
HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
_BRACKETS = r"\[[^\[\]\n]*(?:\[[^\[\]\n]*\][^\[\]\n]*)*+\]"
_PARAMETERS = re.compile(
    rf"^([ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+\w+)[ \t]*(?P<types>{_BRACKETS})[ \t]*([(:])",
    re.MULTILINE,
)
_ALIAS = re.compile(
    rf"^([ \t]*)type[ \t]+(\w+)[ \t]*(?P<types>{_BRACKETS})?[ \t]*=(?!=)", re.MULTILINE
)
_ERROR = r"(?:[A-Z]\w*|\w+(?:\.\w+)+)"
"""`except TypeError, e:` is no new Python but an old one."""
_EXCEPT = re.compile(
    rf"^([ \t]*except\*?[ \t]+)({_ERROR}(?:[ \t]*,[ \t]*{_ERROR})+)[ \t]*:", re.MULTILINE
)
_LAZY = re.compile(r"^lazy[ \t]+(?=(?:import|from)\b)", re.MULTILINE)
_PREFIX = re.compile(r"(?<![\w\"'])([rRbBuUfFtT]{0,2})(\"{3}|'{3}|\"|')|#[^\n]*")
_MOST_NESTED = 20
_MOST_READ = 16_384


def newer_than_here(source: str, here: Version | None = None) -> tuple[str, int] | None:
    """("3.12", line) if the source would compile with the syntax of that Python; else None.

    `here` is the version that grades. Of several new forms it is the newest one that is named.
    """
    if len(source) > _MOST_READ:
        return None
    here = here or (sys.version_info.major, sys.version_info.minor)
    found: list[tuple[Version, int]] = []
    text = source
    for since, rewrite in _FORMS:
        if since <= here:
            continue
        try:
            older, line = rewrite(text)
        except _NotAString:
            continue
        if line:
            text = older
            found.append((since, line))
    if not found or problem_of(text) is not None:
        return None
    version, line = max(found, key=lambda one: (one[0], -one[1]))
    return f"{version[0]}.{version[1]}", line


Rewrite = Callable[[str], tuple[str, int]]


Wanted = Callable[[re.Match[str]], bool]


def _by(pattern: re.Pattern[str], old: str, wanted: Wanted = lambda _: True) -> Rewrite:
    """Rewrites what matches; the line is that of the first match, 0 if there is none."""

    def rewrite(text: str) -> tuple[str, int]:
        first = next((match for match in pattern.finditer(text) if wanted(match)), None)
        if first is None:
            return text, 0
        older = pattern.sub(lambda found: found.expand(old) if wanted(found) else found[0], text)
        return older, text.count("\n", 0, first.end()) + 1

    return rewrite


def _has_parameters(found: re.Match[str]) -> bool:
    """Whether there are type parameters in brackets: they look like those of a function."""
    inside = (found["types"] or "[]")[1:-1]
    return bool(inside.strip()) and problem_of(f"def _({inside}): pass") is None


def _has_defaults(found: re.Match[str]) -> bool:
    return "=" in (found["types"] or "") and _has_parameters(found)


def _is_alias(found: re.Match[str]) -> bool:
    return found["types"] is None or _has_parameters(found)


# -- strings with code in them ----------------------------------------------------------------


class _NotAString(Exception):
    """A string that no version of Python takes."""


def _of_template_strings(text: str) -> tuple[str, int]:
    """t-strings as f-strings."""
    line, position = 0, 0
    pieces: list[str] = []
    for start, _, prefix in _strings(text):
        if "t" in prefix:
            line = line or text.count("\n", 0, start) + 1
            pieces += [text[position:start], prefix.replace("t", "f")]
            position = start + len(prefix)
    return "".join([*pieces, text[position:]]), line


def _of_free_f_strings(text: str) -> tuple[str, int]:
    """f-strings as plain strings, if what is in their braces is Python by itself."""
    line, position = 0, 0
    pieces: list[str] = []
    for start, end, prefix in _strings(text):
        if "f" in prefix and problem_of(_alone(text[start:end])) is not None:
            line = line or text.count("\n", 0, start) + 1
            pieces += [text[position:start], "(''" + "\n" * text.count("\n", start, end) + ")"]
            position = end
    return "".join([*pieces, text[position:]]), line


def _alone(literal: str) -> str:
    return f"(\n{literal}\n)"


def _strings(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, prefix in lower case) of a source's strings, those inside others left out."""
    position = 0
    while found := _PREFIX.search(text, position):
        position = found.end()
        if found[2]:
            prefix = found[1].lower()
            position = _end_of_string(text, position, prefix, found[2], 0)
            yield found.start(), position, prefix


def _end_of_string(text: str, position: int, prefix: str, quote: str, depth: int) -> int:
    """After the closing quote of a string, as Python 3.12 reads it. Raises _NotAString."""
    holds_code = "f" in prefix or "t" in prefix
    special = re.compile(r"\\[\s\S]|\{\{|\{|\n|" + quote if holds_code else r"\\[\s\S]|\n|" + quote)
    while found := special.search(text, position):
        position = found.end()
        if found[0] == quote:
            return position
        if found[0] == "\n" and len(quote) == 1:
            break
        if found[0] == "{":
            position = _end_of_code(text, position, quote, depth + 1)
    raise _NotAString


_IN_CODE = re.compile(r"([rRbBuUfFtT]{0,2})(\"{3}|'{3}|\"|')|#[^\n]*|[()\[\]{}]|[!:](?!=)|!=")


_CONVERSION = re.compile(r"[rsa][ \t]*(?=[:}])")


def _end_of_code(text: str, position: int, quote: str, depth: int) -> int:
    """After the brace that closes code in a string; the code itself must be Python."""
    if depth > _MOST_NESTED:
        raise _NotAString
    begun, open_brackets, code_end = position, 0, 0
    while found := _IN_CODE.search(text, position):
        position, mark = found.end(), found[0]
        if found[2]:
            position = _end_of_string(text, position, found[1].lower(), found[2], depth)
        elif mark == "}" and not open_brackets:
            code = text[begun : code_end or found.start()].rstrip().removesuffix("=")
            if not code.strip() or not _is_expression(code):
                raise _NotAString
            return position
        elif mark in "([{":
            open_brackets += 1
        elif mark in ")]}":
            open_brackets -= 1
        elif mark in "!:" and not open_brackets:
            code_end = code_end or found.start()
            if mark == "!" and not _CONVERSION.match(text, position):
                raise _NotAString
            if mark == ":":
                position = _end_of_format(text, position, depth)
    raise _NotAString


def _end_of_format(text: str, position: int, depth: int) -> int:
    """At the brace that ends a format like `.3f`, which may have code in braces again."""
    for found in re.compile(r"[{}\n]").finditer(text, position):
        if found.start() < position:
            continue
        if found[0] == "}":
            return found.start()
        if found[0] == "\n":
            break
        position = _end_of_code(text, found.end(), "", depth + 1)
    raise _NotAString


def _is_expression(code: str) -> bool:
    """Whether it is an expression, perhaps with f-strings that are new themselves."""
    source = _alone(code)
    return problem_of(source) is None or problem_of(_of_free_f_strings(source)[0]) is None


_FORMS: tuple[tuple[Version, Rewrite], ...] = (
    ((3, 15), _by(_LAZY, "")),
    ((3, 14), _by(_EXCEPT, r"\1(\2):")),
    ((3, 14), _of_template_strings),
    ((3, 13), _by(_PARAMETERS, r"\1\3", _has_defaults)),
    ((3, 12), _by(_PARAMETERS, r"\1\3", _has_parameters)),
    ((3, 13), _by(_ALIAS, r"\1\2 =", _has_defaults)),
    ((3, 12), _by(_ALIAS, r"\1\2 =", _is_alias)),
    ((3, 12), _of_free_f_strings),
)
"""Since when, and how to write it for an older Python; newest first."""
