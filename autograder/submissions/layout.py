"""Where statements start in text that may not be valid Python.

A small scanner that knows strings, comments, brackets and joined lines, and nothing else: the
tokenizer of the standard library gives up on `!ls` and on broken code, which is what is read here.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"""(?P<triple>\"{3}|'{3})
      | (?P<string>"(?:\\[\s\S]|[^"\\\n])*"?|'(?:\\[\s\S]|[^'\\\n])*'?)
      | (?P<comment>\#[^\n]*)
      | (?P<open>[(\[{])
      | (?P<close>[)\]}])
      | (?P<joined>\\\n)
      | (?P<newline>\n)""",
    re.VERBOSE,
)
_END = {
    '"""': re.compile(r'(?:[^\\"]|\\[\s\S]|"(?!""))*+"""'),
    "'''": re.compile(r"(?:[^\\']|\\[\s\S]|'(?!''))*+'''"),
}
_STARTS = re.compile(r"[^\s#)\]}]")
_CONTINUES = re.compile(r"(?:else|elif|except|finally)\b")


def skip_statement(text: str, position: int) -> int:
    """The position after the logical line that starts at `position`: after its last newline.

    A string or bracket that is never closed swallows the rest.
    """
    depth = 0
    while token := _TOKEN.search(text, position):
        position = token.end()
        if token["triple"]:
            end = _END[token["triple"]].match(text, position)
            if end is None:
                return len(text)
            position = end.end()
        elif token["open"]:
            depth += 1
        elif token["close"]:
            depth = max(depth - 1, 0)
        elif token["newline"] and depth == 0:
            return position
    return len(text)


def blocks(lines: list[str]) -> list[tuple[int, int]]:
    """Cut lines where a statement may start at column 0: (first, last + 1) indices, no gaps.

    Decorators stay with what they decorate, `else` and its like with what they continue, comments
    and blank lines with what follows. Text inside a string may be cut too: the caller joins.
    """
    starts: list[int] = []
    decorated = False
    for index, line in enumerate(lines):
        if not _STARTS.match(line) or _CONTINUES.match(line):
            continue
        if not decorated:
            starts.append(_with_comments(lines, index))
        decorated = line.startswith("@")
    if not starts:
        return [(0, len(lines))] if lines else []
    starts[0] = 0
    return list(zip(starts, [*starts[1:], len(lines)], strict=True))


def _with_comments(lines: list[str], index: int) -> int:
    """The first of the comment lines at column 0 that stand directly above a line."""
    while index > 0 and lines[index - 1].startswith("#"):
        index -= 1
    return index
