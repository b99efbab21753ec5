"""From text to cells that compile; what is left out, magics or broken statements, is noted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from autograder.submissions.definitions import Definition, definitions
from autograder.submissions.magics import without_magics
from autograder.submissions.model import Cell
from autograder.submissions.pieces import Piece, statements, whole_or_pieces
from autograder.submissions.syntax import shown

_MOST_NOTES = 20


@dataclass(slots=True)
class Reading:
    """What a file gave so far: cells that compile, notes, and names lost to syntax errors."""

    cells: list[Cell] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    dropped: dict[str, str] = field(default_factory=dict)
    _broken: int = 0
    _skipped: dict[str, list[str]] = field(default_factory=dict)

    def add(self, cell: Cell, *, by_statement: bool = False) -> None:
        """Take a cell as it stands in the file; what doesn't compile is left out and noted."""
        source, skipped = without_magics(cell.source)
        for skip in skipped:
            place = f"{cell.where(skip.line)}: `{skip.text}`"
            self._skipped.setdefault(skip.kind, []).append(place)
        for piece in statements(source) if by_statement else whole_or_pieces(source):
            if piece.problem is not None:
                self._drop(cell, piece, piece.problem.message, piece.problem.line)
            elif piece.source.strip():
                first_line = cell.first_line + piece.first_line - 1
                self.cells.append(replace(cell, source=piece.source, first_line=first_line))

    def finish(self) -> None:
        """Say, once for each kind, which lines of IPython were skipped."""
        for kind, places in self._skipped.items():
            more = f" (and {len(places) - 1} more like it)" if len(places) > 1 else ""
            self.notes.append(f"{places[0]} is {kind}, for Jupyter only: skipped{more}")
        if self._broken > _MOST_NOTES:
            self.notes.append(
                f"{self._broken - _MOST_NOTES} more statements don't compile: left out"
            )
        for cell in self.cells:
            for name in Piece(cell.source, 1).defines():
                self.dropped.pop(name, None)

    def definitions(
        self, names: Iterable[str], released: str | None
    ) -> Iterator[tuple[int, Definition]]:
        """All bindings of `names`, each with the index of its cell."""
        for index, cell in enumerate(self.cells):
            for definition in definitions(cell.source, names, released):
                yield index, definition

    def _drop(self, cell: Cell, piece: Piece, problem: str, line: int) -> None:
        self._broken += 1
        where = cell.where(piece.first_line + line - 1)
        code = shown(piece.source.split("\n")[line - 1])
        text = f"{where}: {problem}: `{code}`"
        if self._broken <= _MOST_NOTES:
            self.notes.append(text)
        self.dropped.update(dict.fromkeys(piece.defines(), text))


def prefer_filled(reading: Reading, names: Iterable[str], released: str | None) -> None:
    """Blank untouched definitions of entry points that would hide a filled-in one before them.

    This is what a pasted or duplicated stub does. Of several filled-in definitions, the last
    counts, as in Python, and a note says so.
    """
    by_name: dict[str, list[tuple[int, Definition]]] = {}
    for index, definition in reading.definitions(names, released):
        by_name.setdefault(definition.name, []).append((index, definition))
    for name, places in by_name.items():
        filled = [place for place in places if place[1].filled]
        if not filled:
            continue
        for index, definition in places[places.index(filled[-1]) + 1 :]:
            if definition.alone:
                place = reading.cells[index].where(definition.first_line)
                reading.cells[index] = _blanked(reading.cells[index], definition)
                reading.notes.append(f"{place}: an untouched copy of `{name}`: left out")
        if len({definition.code for _, definition in filled}) > 1:
            index, definition = filled[-1]
            place = reading.cells[index].where(definition.first_line)
            reading.notes.append(
                f"`{name}` is defined {len(filled)} times; the last one counts ({place})"
            )


def _blanked(cell: Cell, definition: Definition) -> Cell:
    """The cell without the lines of a definition; the other lines keep their numbers."""
    lines = cell.source.split("\n")
    empty = [""] * (definition.last_line - definition.first_line + 1)
    lines[definition.first_line - 1 : definition.last_line] = empty
    return replace(cell, source="\n".join(lines))
