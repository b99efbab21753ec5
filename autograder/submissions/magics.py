"""What IPython understands and Python does not: `%magic`, `!shell`, `help?`, `%%cell`.

What others' lines depend on (`%run`, `%%writefile`, `files = !ls`) becomes a call of
`get_ipython()`, as in IPython; `sandbox/worker/jupyter.py` answers it. Others become `pass`, all at
the same indentation, so that line numbers hold; a note tells of each kind that does nothing.
`%time statement` keeps its statement, and so do cells under `%%time`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from autograder.submissions.layout import skip_statement
from autograder.submissions.syntax import problem_of, shown

_BODY_RUNS = frozenset(
    "time timeit capture prun debug python python3 pypy memit mprun lprun snakeviz pyinstrument"
    " scalene heat notify chime wandb".split()
)
_NOT_PYTHON = frozenset(
    "bash sh script system sx cmd powershell perl ruby html HTML javascript js svg SVG latex"
    " markdown sql R julia skip false".split()
)
"""Cell magics whose body is not run as Python, even if it would compile."""
_WRITES = frozenset({"writefile", "file"})
_DONE = frozenset({"run", "cd", "pylab"})
"""Line magics that do here what they do in Jupyter."""
_MARGIN = re.compile(r"(?:[ \t]*\n)*(?P<indent>[ \t]*)(?P<prompt>>>>|In \[\d+\]:)?")
_PROMPT = re.compile(r"^(?:>>>|\.\.\.|In \[\d+\]:|[ \t]*\.\.\.+:)(?: |$)", re.MULTILINE)
_CELL_MAGIC = re.compile(r"\s*%%(\w+)([^\n]*)\n?")
_TIMED = re.compile(r"%time[ \t]+([^\s#-].*)", re.DOTALL)
_TARGET = r"""(?P<target>(?:[\w.,*() \t\[\]]|\[(?:"[^"\n]*"|'[^'\n]*')\])+=[ \t]*+)?"""
_MAGIC = re.compile(_TARGET + r"(?:%%?(?P<name>\w+)(?P<line>.*))", re.DOTALL)
_SHELL = re.compile(_TARGET + r"!{1,2}(?!=)(?P<line>.*)", re.DOTALL)
_HELP = re.compile(r"(?:\?{1,2}[\w.%*]+|%{0,2}[\w.*]+\?{1,2})[ \t]*;?$")


@dataclass(frozen=True, slots=True)
class Skipped:
    """A line of IPython that does nothing here: its kind, its text, its line (1-based)."""

    kind: str
    text: str
    line: int


def without_magics(source: str) -> tuple[str, list[Skipped]]:
    """Python with the same line numbers, and what does nothing here.

    Source that compiles is left as it is: a line that starts with `%` is then part of an
    expression or a string. A cell that is written in another language comes back empty.
    """
    if problem_of(source) is None:
        return source, []
    cell_magic = _CELL_MAGIC.match(source)
    if cell_magic and not _runs_its_body(cell_magic[1], source[cell_magic.end() :]):
        return _whole_cell(source, cell_magic)
    skipped: list[Skipped] = []
    pieces: list[str] = []
    position, line = 0, 1
    while position < len(source):
        end = source.find("\n", position) + 1 or len(source)
        text = source[position:end].rstrip("\n")
        bare = text.lstrip(" \t")
        if not _is_ipython(bare):
            end = skip_statement(source, position)
            pieces.append(source[position:end])
        else:
            last = position
            while source.endswith("\\", last, end - source.endswith("\n", last, end)):
                last, end = end, source.find("\n", end) + 1 or len(source)
                if last == end:
                    break
            bare = source[position:end].strip().replace("\\\n", " ")
            call, kind = _translated(bare)
            pieces.append(text[: len(text) - len(text.lstrip(" \t"))] + call)
            if kind:
                skipped.append(Skipped(kind, shown(text), line))
            pieces.append("\n" * source.count("\n", position, end))
        line += source.count("\n", position, end)
        position = end
    return "".join(pieces), skipped


def without_margin(source: str) -> str:
    """As IPython reads a cell: without an indent of the whole, or prompts that were pasted."""
    margin = _MARGIN.match(source)
    if margin and margin["indent"]:
        source = re.sub(f"^{margin['indent']}", "", source, flags=re.MULTILINE)
    elif margin and margin["prompt"]:
        source = _PROMPT.sub("", source)
    return source


def _runs_its_body(name: str, body: str) -> bool:
    """Whether a cell under a magic is Python: under one that is not known, by what it holds."""
    if name in _WRITES or name in _NOT_PYTHON:
        return False
    return name in _BODY_RUNS or (bool(body.strip()) and problem_of(body) is None)


def _is_ipython(bare: str) -> bool:
    return any(pattern.match(bare) for pattern in (_MAGIC, _SHELL, _HELP))


def _translated(bare: str) -> tuple[str, str]:
    """The call that a line stands for, and the kind of line if it does nothing here."""
    if timed := _TIMED.fullmatch(bare):
        return timed[1], ""
    if _HELP.match(bare):
        return "pass", "a request for help"
    if found := _MAGIC.match(bare):
        name, line = found["name"], found["line"].strip()
        target = found["target"] or ""
        if name == "capture" and line.split(" ")[-1].isidentifier():
            target = f"{line.split(' ')[-1]} = "
        if not target and name not in _DONE:
            return "pass", "a magic"
        call = f"get_ipython().run_line_magic({name!r}, {line!r})"
        return target + call, "" if name in (*_DONE, "pwd") else "a magic"
    shell = _SHELL.match(bare)
    assert shell is not None
    if not shell["target"]:
        return "pass", "a shell line"
    return f"{shell['target']}get_ipython().getoutput({shell['line'].strip()!r})", "a shell line"


def _whole_cell(source: str, magic: re.Match[str]) -> tuple[str, list[Skipped]]:
    """A cell that is not run as Python: written to a file, or left out."""
    lines_before = source.count("\n", 0, magic.start(1))
    if magic[1] in _WRITES:
        arguments = magic[1], magic[2].strip(), source[magic.end() :]
        call = f"get_ipython().run_cell_magic{arguments!r}"
        after = "\n" * (source.count("\n") - lines_before)
        return "\n" * lines_before + call + after, []
    text = shown(source[magic.start(1) - 2 : magic.end()].split("\n")[0])
    return "", [Skipped("a cell in another language", text, lines_before + 1)]
