"""An exercise's verdicts as HTML: a table with a row for each check.

It stands inside pages that are not ours: an output in JupyterLab, VS Code or Colab, a feedback page
of nbgrader. So there is no script, no style sheet, no link and no image; every style is inline and
overrides what those pages do to tables. It has to be read on white and on black: text takes the
page's own colour, grey is half transparent, and a coloured word brings its own background.

Every text is hostile until escaped, and what looks like TeX is not to be typeset: MathJax leaves
the classes of the outermost element alone.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import Literal

from autograder.reports.escape import printable
from autograder.results import ExerciseResult, Status, Verdict, shown_score

Hidden = Literal["full", "description"]
"""What is told of hidden checks: all (for a teacher), or what they ask and their points."""

SHOWN = 1_500
"""Characters of one text, at most."""

BACKGROUNDS = {
    Status.PASSED: "#1a7f37",
    Status.PARTIAL: "#8a5d00",
    Status.FAILED: "#b62324",
    Status.ERROR: "#b62324",
    Status.SKIPPED: "#59636e",
    Status.INTERNAL: "#6e40c9",
}
"""Behind a word in white; the contrast is at least 5 to 1."""

GREY = "rgba(127, 127, 127, 0.35)"
FAINT = "rgba(127, 127, 127, 0.16)"
OUTER = "text-align: left; max-width: 60em; padding: 0 6px"
CELL = "text-align: left; vertical-align: top; white-space: normal; border: none"
ROW = f"background: transparent; border-top: 1px solid {GREY}"
TABLE = (
    "border-collapse: collapse; table-layout: auto; margin: 0; color: inherit; font-size: inherit"
)
WORD = (
    "color: #ffffff; border-radius: 3px; padding: 1px 7px; font-weight: bold; white-space: nowrap"
)
HINT = "border-left: 3px solid #4493f8; padding-left: 8px; margin-top: 6px"
SMALL = "opacity: 0.7; font-family: monospace; font-size: 85%; display: inline-block"
VALUE = f"background: {FAINT}; font-family: monospace; white-space: pre-wrap"
PRINTED = (
    f"background: {FAINT}; padding: 6px 8px; margin: 2px 0 0 0; max-height: 15em; overflow: auto"
)
QUOTED = re.compile(r"`([^`\n]+)`")


def exercise_html(
    exercise: ExerciseResult,
    *,
    hidden: Hidden = "description",
    notes: Sequence[str] = (),
    printed: bool = False,
) -> str:
    """The table of an exercise; `notes` are lines below it.

    `printed` adds what the code printed: not for students where hidden checks ran, since it may
    have printed their inputs.
    """
    told: set[str] = set()
    rows = "\n".join(_row(verdict, hidden, told) for verdict in exercise.checks)
    points = shown_score(exercise.score, exercise.max_score)
    below = [f'<div style="opacity: 0.8">{_inline(note)}</div>' for note in notes]
    if printed and exercise.printed.strip():
        below.insert(0, _printed(exercise.printed))
    parts = [
        f'<div class="tex2jax_ignore mathjax_ignore" style="{OUTER}">',
        f'<div style="margin: 4px 0"><strong>{_inline(exercise.title)}</strong>: {points}'
        " points</div>",
        f'<table style="{TABLE}; width: 100%"><tbody>\n{rows}\n</tbody></table>',
        *below,
        "</div>",
    ]
    return "\n".join(parts)


# -- a check ----------------------------------------------------------------------------------


def _row(verdict: Verdict, hidden: Hidden, told: set[str]) -> str:
    """A row of the table; a hint in `told` was given above."""
    colour = BACKGROUNDS[verdict.status]
    word = f'<span style="{WORD}; background: {colour}">{verdict.status.value}</span>'
    points = shown_score(verdict.score, verdict.max_score)
    is_open = verdict.visible or hidden == "full"
    content = _description(verdict, is_open)
    if is_open and verdict.status not in (Status.PASSED, Status.SKIPPED):
        content += _explained(verdict, hidden, told)
    cells = [
        f'<td style="{CELL}; width: 1%; padding: 6px 8px 6px 0">{word}</td>',
        f'<td style="{CELL}; width: 1%; padding: 6px 8px; white-space: nowrap">{points}</td>',
        f'<td style="{CELL}; padding: 6px 0 6px 8px; overflow-wrap: anywhere">{content}</td>',
    ]
    return f'<tr style="{ROW}">' + "".join(cells) + "</tr>"


def _description(verdict: Verdict, is_open: bool) -> str:
    """What it asks, then in small letters its name, and why it was skipped, if that is open."""
    small = [verdict.name] if is_open else []
    if not verdict.visible:
        small.append("(hidden)")
    if verdict.status is Status.SKIPPED and is_open:
        small.append(verdict.rationale)
    return f'{_inline(verdict.description)} <span style="{SMALL}">{_inline(" ".join(small))}</span>'


def _explained(verdict: Verdict, hidden: Hidden, told: set[str]) -> str:
    """What a check that did not pass tells: the fact, both values, the hint."""
    parts = [*_fact(verdict)]
    if verdict.hint:
        hint = "as above." if verdict.hint in told else _inline(verdict.hint)
        parts.append(f'<div style="{HINT}"><strong>Hint:</strong> {hint}</div>')
        told.add(verdict.hint)
    if verdict.mistake and hidden == "full":
        name = _inline(verdict.mistake)
        parts.append(f'<div style="opacity: 0.7">known mistake: {name}</div>')
    return "".join(parts)


def _fact(verdict: Verdict) -> list[str]:
    """The rationale, and below it your value beside the expected one if it compares any."""
    text, values = verdict.rationale, ""
    if verdict.expected:
        ending = f" {verdict.actual}; expected {verdict.expected}."
        if text.endswith(ending):
            text = text.removesuffix(ending) + ":"
        values = _values(verdict.actual, verdict.expected)
    if not text:
        return [values]
    lines = _inline(text, newlines=True).replace("\n", "<br>")
    return [f'<div style="margin-top: 4px">{lines}</div>', values]


def _values(actual: str, expected: str) -> str:
    names = "".join(
        f'<td style="{CELL}; padding: 2px 8px; width: 50%; opacity: 0.8">{name}</td>'
        for name in ("yours", "expected")
    )
    values = "".join(
        f'<td style="{CELL}; padding: 2px 8px; {VALUE}">{_escaped(value)}</td>'
        for value in (actual, expected)
    )
    row = '<tr style="background: transparent">'
    return (
        f'<table style="{TABLE}; margin-top: 4px; width: 100%"><tbody>'
        f"{row}{names}</tr>{row}{values}</tr></tbody></table>"
    )


# -- text -------------------------------------------------------------------------------------


def _printed(text: str) -> str:
    shown = _escaped(text.strip("\n"), newlines=True)
    return (
        '<div style="margin: 4px 0"><span style="opacity: 0.8">What your code printed:</span>'
        f'<pre style="{PRINTED}">{shown}</pre></div>'
    )


def _inline(text: str, *, newlines: bool = False) -> str:
    """Text made safe for HTML; what stands between backquotes becomes code."""
    return QUOTED.sub(r"<code>\1</code>", _escaped(text, newlines=newlines))


def _escaped(text: str, *, newlines: bool = False) -> str:
    return html.escape(printable(text, SHOWN, newlines=newlines), quote=True)
