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

from autograder.reports.text import explanation, is_open, shown
from autograder.results import ExerciseResult, Status, Verdict, shown_score

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
    exercise: ExerciseResult, notes: Sequence[str] = (), *, printed: bool = False
) -> str:
    """The table of an exercise, with the meaning of `reports.text.exercise_text`."""
    told: set[str] = set()
    rows = "\n".join(_row(verdict, told) for verdict in exercise.checks)
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


def _row(verdict: Verdict, told: set[str]) -> str:
    """A row of the table; what is in `told` stands above."""
    colour = BACKGROUNDS[verdict.status]
    word = f'<span style="{WORD}; background: {colour}">{verdict.status}</span>'
    points = shown_score(verdict.score, verdict.max_score)
    small = verdict.name if verdict.visible else "(hidden)"
    if verdict.visible and verdict.status is Status.SKIPPED:
        small += f" {verdict.rationale}"
    content = f'{_inline(verdict.description)} <span style="{SMALL}">{_inline(small)}</span>'
    if verdict.visible and is_open(verdict):
        content += _explained(verdict, told)
    cells = [
        f'<td style="{CELL}; width: 1%; padding: 6px 8px 6px 0">{word}</td>',
        f'<td style="{CELL}; width: 1%; padding: 6px 8px; white-space: nowrap">{points}</td>',
        f'<td style="{CELL}; padding: 6px 0 6px 8px; overflow-wrap: anywhere">{content}</td>',
    ]
    return f'<tr style="{ROW}">' + "".join(cells) + "</tr>"


def _explained(verdict: Verdict, told: set[str]) -> str:
    """What a check that did not pass tells: the fact, both values side by side, the hint."""
    texts = dict(explanation(verdict, told))
    parts = []
    if "fact" in texts:
        lines = _inline(texts["fact"], newlines=True).replace("\n", "<br>")
        parts.append(f'<div style="margin-top: 4px">{lines}</div>')
    if "expected" in texts:
        parts.append(_values(texts["yours"], texts["expected"]))
    if "hint" in texts:
        hint = _inline(texts["hint"])
        parts.append(f'<div style="{HINT}"><strong>Hint:</strong> {hint}</div>')
    return "".join(parts)


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
    lines = _escaped(text.strip("\n"), newlines=True)
    return (
        '<div style="margin: 4px 0"><span style="opacity: 0.8">Your code printed:</span>'
        f'<pre style="{PRINTED}">{lines}</pre></div>'
    )


def _inline(text: str, *, newlines: bool = False) -> str:
    """Text made safe for HTML; what stands between backquotes becomes code."""
    return QUOTED.sub(r"<code>\1</code>", _escaped(text, newlines=newlines))


def _escaped(text: str, *, newlines: bool = False) -> str:
    return html.escape(shown(text, newlines), quote=True)
