"""A notebook as a student left it -> one that nbgrader takes, with a note on each repair.

    released cells ──┐
    student's cells ─┴─ matched ──> the student's cells, in the student's order; those of the
                                    release have their metadata and (locked ones) source again

nbgrader knows cells by the ids in their metadata, and stops at what students do to those: a copied
cell, metadata of another schema (which ends the grading of the whole class), a check cell that was
deleted. Here each cell of the release gets one cell of the student:

1. the one with its nbgrader id (of copies: the one that holds the work);
2. the one with its cell id, which survives where an editor drops metadata;
3. for a cell to write in, the one that defines its names; for a locked cell, the same text;
4. a fresh one from the release.

All other cells stay as the student's own, without metadata. Nothing is taken over that could do
anything in the browser of the person who grades: text cells become harmless HTML (student_text), of
outputs only text and plain images are kept. The file that was handed in is not touched.
"""

# mypy: disable-error-code="no-untyped-call"
# nbformat says that it is typed, and leaves most of its functions without types.

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from autograder.errors import SubmissionError
from autograder.nbgrader.student_text import Texts, safe_images, shown_plain
from autograder.submissions.definitions import Definition, definitions
from autograder.submissions.notebooks import grading_of, joined_text, notebook_json, short_text

MOST_CELLS = 2_000
MOST_TEXT = 20_000
MOST_NOTES = 20


@dataclass(frozen=True, slots=True)
class Repaired:
    """A notebook with every cell of the release in it, once; `notes` say what was repaired."""

    notebook: NotebookNode
    notes: tuple[str, ...]


@dataclass(slots=True, eq=False)
class Found:
    """A student's cell; `label` is what they call it: "cell 5" counts code cells from the top."""

    kind: str
    source: str
    label: str
    grade_id: str = ""
    cell_id: str = ""
    outputs: Sequence[Any] = ()
    attachments: object = None
    role: NotebookNode | None = None


def repair(
    data: bytes, file: str, released: NotebookNode, names: Mapping[str, Iterable[str]]
) -> Repaired:
    """Repairs the notebook that `data` holds.

    `names` gives for the id of each cell to write in the names that it should define. What is not
    a notebook gives the release's own cells, and a note.
    """
    try:
        cells = _read(notebook_json(data, file))
    except SubmissionError as error:
        return Repaired(_built(released, []), (f"the notebook can't be read: {error.problem}",))
    return _repaired(cells, released, names)


def stand_in(
    code: Sequence[tuple[str | None, str]],
    released: NotebookNode,
    names: Mapping[str, Iterable[str]],
) -> NotebookNode:
    """A notebook for a submission that has none: the release, with the code of a script in it.

    `code` gives (title, source) of the script's cells; what belongs to no exercise comes first.
    """
    parts: dict[str, list[str]] = {"": []}
    for title, source in code:
        homes = [role for role, wanted in names.items() if definitions(source, wanted)]
        home = title if title in names else next(iter(homes), "")
        parts.setdefault(home or "", []).append(source.strip("\n"))
    joined = [("\n\n".join(sources), home) for home, sources in parts.items()]
    cells = [Found("code", source, "", grade_id=home) for source, home in joined if source.strip()]
    return _repaired(cells, released, names).notebook


def _repaired(
    cells: list[Found], released: NotebookNode, names: Mapping[str, Iterable[str]]
) -> Repaired:
    notes: list[str] = []
    roles = {cell.metadata.nbgrader.grade_id: cell for cell in released.cells}
    wanted = {grade_id: frozenset(names.get(grade_id, ())) for grade_id in roles}
    for grade_id, role in roles.items():
        same = [cell for cell in cells if cell.grade_id == grade_id]
        best = _take_fullest(same, role, wanted[grade_id])
        if best is not None and len(same) > 1:
            listed = ", ".join(cell.label for cell in same[:5])
            notes.append(f"{listed} have the id {grade_id!r}: {best.label} is used")
    taken = {cell.grade_id for cell in cells if cell.role is not None}
    for grade_id, role in roles.items():
        if grade_id not in taken:
            note = _by_other_signs(cells, grade_id, role, wanted[grade_id])
            if _matters(role):
                notes.append(note)
    for cell in cells:
        if cell.role is not None:
            notes += _locked_note(cell, cell.role)
        elif cell.grade_id and cell.grade_id not in roles:
            notes.append(
                f"{cell.label} has the id of another notebook's cell: kept as the student's own"
            )
    if len(notes) > MOST_NOTES:
        notes[MOST_NOTES:] = [f"{len(notes) - MOST_NOTES} more repairs"]
    return Repaired(_built(released, cells), tuple(notes))


# -- reading --------------------------------------------------------------------------------


def _read(notebook: Mapping[str, Any]) -> list[Found]:
    raw = notebook.get("cells")
    cells = [cell for cell in raw if isinstance(cell, dict)] if isinstance(raw, list) else []
    found = []
    code = 0
    for cell in cells[:MOST_CELLS]:
        kind = cell.get("cell_type")
        code += kind == "code"
        metadata, outputs = cell.get("metadata"), cell.get("outputs")
        older_id = metadata.get("id") if isinstance(metadata, dict) else None
        found.append(
            Found(
                kind=kind if kind in ("code", "markdown") else "raw",
                source=_text(cell.get("source")),
                label=f"cell {code}" if kind == "code" else f"a text cell after cell {code}",
                grade_id=short_text(grading_of(cell).get("grade_id")) or "",
                cell_id=short_text(cell.get("id")) or short_text(older_id) or "",
                outputs=outputs if isinstance(outputs, list) else (),
                attachments=cell.get("attachments"),
            )
        )
    return found


def _text(value: object) -> str:
    """What is half a character can't be written as UTF-8."""
    return (joined_text(value) or "").encode("utf-8", "replace").decode()


# -- matching -------------------------------------------------------------------------------


def _take_fullest(found: list[Found], role: NotebookNode, names: frozenset[str]) -> Found | None:
    """Gives the role to the copy that holds the work; of equals the last, as nbgrader does."""

    def weight(cell: Found) -> tuple[int, int, bool]:
        defined = _defined(cell, names)
        return (
            len({one.name for one in defined if one.filled}),
            len({one.name for one in defined}),
            _is_locked(role) and _same_text(cell, role),
        )

    best = max(reversed(found), key=weight, default=None)
    if best is not None:
        best.role = role
    return best


def _by_other_signs(
    cells: list[Found], grade_id: str, role: NotebookNode, names: frozenset[str]
) -> str:
    """Looks for the cell of a role that no cell has the id of; a note on what was found."""
    free = [cell for cell in cells if cell.role is None]
    ways = (
        ("by its cell id", [cell for cell in free if cell.cell_id == grade_id]),
        ("by the names that it defines", [cell for cell in free if _defined(cell, names)]),
        ("by its text", [cell for cell in free if _is_locked(role) and _same_text(cell, role)]),
    )
    for way, found in ways:
        if best := _take_fullest(found, role, names):
            return f"{best.label} has lost the id {grade_id!r}: recognized {way}"
    return f"the cell {grade_id!r} was missing: restored as released"


def _defined(cell: Found, names: frozenset[str]) -> list[Definition]:
    return definitions(cell.source, names) if names and cell.kind == "code" else []


def _same_text(cell: Found, role: NotebookNode) -> bool:
    return cell.source.strip() == str(role.source).strip()


def _is_locked(role: NotebookNode) -> bool:
    grading = role.metadata.nbgrader
    return bool(grading.locked or grading.grade) and not grading.solution


def _matters(role: NotebookNode) -> bool:
    """Whether the cell is one that is written in or graded; other text may come and go."""
    return bool(role.metadata.nbgrader.solution or role.metadata.nbgrader.grade)


def _locked_note(cell: Found, role: NotebookNode) -> list[str]:
    name = f"{cell.label} ({role.metadata.nbgrader.grade_id!r})"
    if cell.kind != role.cell_type:
        return [f"{name} was changed to a {cell.kind} cell: changed back"]
    if _is_locked(role) and not _same_text(cell, role):
        return [f"{name} is locked but was edited: restored as released"]
    return []


# -- building -------------------------------------------------------------------------------


def _built(released: NotebookNode, cells: list[Found]) -> NotebookNode:
    """The student's cells, and each missing cell of the release after the one before it there."""
    notebook: NotebookNode = copy.deepcopy(released)
    texts = Texts()
    built = [(cell.role, _cell(cell, f"own-{n}", texts)) for n, cell in enumerate(cells, start=1)]
    place = 0
    for role in released.cells:
        at = next((n for n, (taken, _) in enumerate(built) if taken is role), None)
        if at is None:
            built.insert(place, (role, copy.deepcopy(role)))
            at = place
        place = at + 1
    notebook.cells = [cell for _, cell in built]
    return notebook


def _cell(cell: Found, own_id: str, texts: Texts) -> NotebookNode:
    made: NotebookNode
    if cell.role is not None:
        made = copy.deepcopy(cell.role)
        if not _is_locked(made) and made.cell_type == "code":
            made.source = cell.source
        elif not _is_locked(made) and not _same_text(cell, made):
            made.source = _shown(cell, texts)
        if made.cell_type == "code" and not made.metadata.nbgrader.grade:
            made.outputs = safe_outputs(cell.outputs)
    elif cell.kind == "code":
        made = new_code_cell(cell.source, id=own_id, outputs=safe_outputs(cell.outputs))
    else:
        made = new_markdown_cell(_shown(cell, texts), id=own_id)
    return made


def _shown(cell: Found, texts: Texts) -> str:
    if cell.kind == "markdown":
        return texts.markdown(cell.source, cell.attachments)
    return shown_plain(cell.source)


def safe_outputs(outputs: Iterable[Any]) -> list[NotebookNode]:
    """Text and images of saved outputs; HTML, scripts, widgets, SVG and TeX are left out."""
    kept: list[NotebookNode] = []
    for output in outputs:
        if not isinstance(output, dict) or len(kept) >= 50:
            continue
        kind, data = output.get("output_type"), output.get("data")
        if kind == "stream":
            name = "stderr" if output.get("name") == "stderr" else "stdout"
            kept.append(new_output("stream", name=name, text=_text(output.get("text"))[:MOST_TEXT]))
        elif kind in ("display_data", "execute_result") and (safe := _safe_data(data)):
            kept.append(new_output("display_data", data=safe))
    return kept


def _safe_data(data: object) -> dict[str, str]:
    text = _text(data.get("text/plain"))[:MOST_TEXT] if isinstance(data, dict) else ""
    return ({"text/plain": text} if text else {}) | safe_images(data)
