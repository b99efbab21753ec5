"""A notebook's cells as they were saved: what nbgrader's copy of it is made from.

All cells with their ids, texts and harmless outputs, in plain data, and which entry points each
one defines. HTML, scripts, widgets, SVG and TeX among outputs are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from autograder.submissions.definitions import definitions
from autograder.submissions.notebooks import grading_of, joined_text, notebook_json, short_text

MOST_CELLS = 2_000
MOST_OUTPUTS = 50
MOST_TEXT = 20_000
MOST_IMAGE = 4 << 20
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp")
Attachments = Mapping[str, Mapping[str, str]]
"""Pictures that were pasted into a cell, by their names: base64 by kind."""


@dataclass(frozen=True, slots=True)
class SavedOutput:
    """What a cell had put out: the text of a stream, or texts and images by their kind."""

    stream: str
    data: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SavedCell:
    """A student's cell; `label` is what they call it: "cell 5" counts code cells from the top.

    `defines` gives for each entry point that it defines whether it is filled in.
    """

    kind: str
    source: str
    label: str
    grade_id: str = ""
    cell_id: str = ""
    outputs: tuple[SavedOutput, ...] = ()
    defines: Mapping[str, bool] = field(default_factory=dict)
    attachments: Attachments = field(default_factory=dict)


def saved_cells(data: bytes, file: str, names: Iterable[str]) -> tuple[SavedCell, ...]:
    """The cells of the notebook that `data` holds; `names` are the entry points.

    Raises SubmissionError for what is not a notebook.
    """
    raw = notebook_json(data, file).get("cells")
    cells = [cell for cell in raw if isinstance(cell, dict)] if isinstance(raw, list) else []
    found = []
    code = 0
    wanted = frozenset(names)
    for cell in cells[:MOST_CELLS]:
        kind = cell.get("cell_type")
        code += kind == "code"
        metadata, source = cell.get("metadata"), _text(cell.get("source"))
        older_id = metadata.get("id") if isinstance(metadata, dict) else None
        found.append(
            SavedCell(
                kind=kind if kind in ("code", "markdown") else "raw",
                source=source,
                label=f"cell {code}" if kind == "code" else f"a text cell after cell {code}",
                grade_id=short_text(grading_of(cell).get("grade_id")) or "",
                cell_id=short_text(cell.get("id")) or short_text(older_id) or "",
                outputs=tuple(_outputs(cell.get("outputs"))),
                defines=_defined(source, wanted) if kind == "code" else {},
                attachments=attached(cell.get("attachments")),
            )
        )
    return tuple(found)


def _defined(source: str, names: frozenset[str]) -> dict[str, bool]:
    """Which of the names a source defines, and whether they are filled in."""
    defined: dict[str, bool] = {}
    for one in definitions(source, names):
        defined[one.name] = defined.get(one.name, False) or one.filled
    return defined


def _text(value: object) -> str:
    """What is half a character can't be written as UTF-8."""
    return (joined_text(value) or "").encode("utf-8", "replace").decode()


def _outputs(outputs: object) -> Iterator[SavedOutput]:
    """Text and images of saved outputs."""
    kept = 0
    for output in outputs if isinstance(outputs, list) else ():
        if not isinstance(output, dict) or kept >= MOST_OUTPUTS:
            continue
        kind, data = output.get("output_type"), output.get("data")
        if kind == "stream":
            name = "stderr" if output.get("name") == "stderr" else "stdout"
            kept += 1
            yield SavedOutput(name, {"text": _text(output.get("text"))[:MOST_TEXT]})
        elif kind in ("display_data", "execute_result") and (safe := _safe_data(data)):
            kept += 1
            yield SavedOutput("", safe)


def attached(attachments: object) -> Attachments:
    """The pictures among a cell's attachments."""
    named = attachments if isinstance(attachments, dict) else {}
    pictures = {name: _images(data) for name, data in named.items()}
    return {name: images for name, images in pictures.items() if images}


def _safe_data(data: object) -> dict[str, str]:
    text = _text(data.get("text/plain"))[:MOST_TEXT] if isinstance(data, dict) else ""
    return ({"text/plain": text} if text else {}) | _images(data)


def _images(data: object) -> dict[str, str]:
    """The images of an output or an attachment, by their kind."""
    kinds = data if isinstance(data, dict) else {}
    joined = {kind: _text(kinds.get(kind)) for kind in IMAGES}
    return {
        kind: image
        for kind, image in joined.items()
        if 0 < len(image) <= MOST_IMAGE and BASE64.fullmatch(image)
    }
