"""Hints that rise: hints.md has for each visible check a staircase of three steps.

    ## matches_the_definition

    1. A question.
    2. The idea, with a link to where its documentation explains it.
    3. Nearly the line, and never the line itself.

A section is headed by the name of its check; each step is one paragraph, in lines as one likes.
What stands above the first section is for authors. `prove` refuses a visible check without a
staircase, `release` hands out the sections of visible checks, `autograder hint` shows them one
step at a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from autograder.course.model import Exercise
from autograder.errors import CourseError

HINTS = "hints.md"
STEPS = 3
DOCUMENTATION = ("https://docs.pytorch.org/docs/", "https://numpy.org/doc/")
"""Where the link of a second step leads: what the code of such a course is made of."""
LINK = re.compile(r"\[([^\]]+)\]\((https?://[^\s)]+)\)")

_HEADING = re.compile(r"##\s+`?(\w+)`?\s*")
_STEP = re.compile(r"(\d+)\.(?:\s+(.*))?")
_FORM = "write each step as `1. ` and a paragraph, further lines indented"


def load_hints(folder: Path) -> Mapping[str, tuple[str, ...]]:
    """The steps for each check of an exercise's hints.md, a line of Markdown each; {} for no file.

    Raises CourseError with the line where the file has another form than the one above.
    """
    path = folder / HINTS
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError as error:
        raise CourseError(path, f"is no UTF-8 ({error.reason})", "save it as UTF-8") from None
    found: dict[str, list[str]] = {}
    steps: list[str] | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        where = f"line {number}"
        if line.startswith("## "):
            steps = found[_name(path, where, line, found)] = []
        elif steps is not None and line.strip():
            _read(path, where, line, steps)
    return {name: tuple(steps) for name, steps in found.items()}


def _name(path: Path, where: str, line: str, found: Mapping[str, object]) -> str:
    heading = _HEADING.fullmatch(line)
    if heading is None:
        raise CourseError(path, f"{where} heads no check: {line}", "write `## name_of_a_check`")
    if heading[1] in found:
        problem = f"{where} is a second section {heading[1]}"
        raise CourseError(path, problem, "make one section of the two")
    return heading[1]


def _read(path: Path, where: str, line: str, steps: list[str]) -> None:
    """Puts a line of a section where it belongs: it begins a step, or goes on with the last."""
    begun = _STEP.fullmatch(line.rstrip())
    if begun is None and steps and line[0].isspace():
        steps[-1] = f"{steps[-1]} {line.strip()}".strip()
    elif begun is None:
        raise CourseError(path, f"{where} belongs to no step: {line.strip()[:60]}", _FORM)
    elif int(begun[1]) != len(steps) + 1:
        problem = f"{where} is step {begun[1]}, where step {len(steps) + 1} is due"
        raise CourseError(path, problem, "number the steps of each section 1, 2, 3")
    else:
        steps.append((begun[2] or "").strip())


def visible_hints(exercise: Exercise) -> dict[str, tuple[str, ...]]:
    """The hints for the visible checks alone, in the order of the checks."""
    hints = load_hints(exercise.folder)
    visible = [check.name for check in exercise.checks if check.visible]
    return {name: hints[name] for name in visible if name in hints}


def as_markdown(hints: Mapping[str, tuple[str, ...]]) -> str:
    """The text of a hints.md, a line for each step: `load_hints` gives the same back."""
    sections = []
    for name, steps in hints.items():
        lines = [f"{number}. {step}\n" for number, step in enumerate(steps, start=1)]
        sections.append(f"## {name}\n\n{''.join(lines)}")
    return "\n".join(sections)


def hint_problems(exercise: Exercise) -> Iterator[str]:
    """What is not as it should be in an exercise's hints.md, each with its remedy."""
    hints = load_hints(exercise.folder)
    visible = [check.name for check in exercise.checks if check.visible]
    if visible and not hints:
        yield (
            f"{HINTS} has no hints; write for each visible check ({', '.join(visible)}) a section "
            "`## <check>` with a question, the idea with a link, and nearly the line, as 1. 2. 3."
        )
        return
    for name in visible:
        yield from _staircase_problems(name, hints.get(name, ()))
    for name in hints:
        if name not in visible:
            yield f"{HINTS}: the section {name} names no visible check; rename it, or take it out"


def _staircase_problems(name: str, steps: tuple[str, ...]) -> Iterator[str]:
    if len(steps) != STEPS:
        count = f"{len(steps)} steps" if steps else "no hints"
        yield (
            f"{HINTS}: {name} has {count}; write {STEPS}: a question, the idea with a link, "
            f"and nearly the line, below `## {name}`"
        )
        return
    for number, step in enumerate(steps, start=1):
        if not step:
            yield f"{HINTS}: step {number} of {name} is empty; write it"
    if steps[1] and not any(url.startswith(DOCUMENTATION) for _, url in LINK.findall(steps[1])):
        yield (
            f"{HINTS}: step 2 of {name} has no link into the documentation; add one like "
            f"[`torch.exp`]({DOCUMENTATION[0]}stable/generated/torch.exp.html)"
        )
