"""From text to cells that compile; what is left out, magics or broken statements, is noted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from autograder.submissions.definitions import Definition, bindings, definitions
from autograder.submissions.magics import without_magics
from autograder.submissions.model import Cell
from autograder.submissions.newer import HERE, NEWER, newer_than_here
from autograder.submissions.pieces import Piece, cuts, whole_or_pieces
from autograder.submissions.syntax import SyntaxProblem, shown

_MOST_LOOKED_INTO = 20
"""Broken statements that may be syntax of a newer Python."""


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
        for piece in whole_or_pieces(source):
            if piece.problem is not None:
                self._drop(cell, piece, piece.problem)
            elif piece.source.strip():
                first_line = cell.first_line + piece.first_line - 1
                text, at = piece.source, cuts(piece.source)
                whole = replace(cell, source=text, first_line=first_line, cuts=at)
                self.cells += whole.statements() if by_statement else [whole]

    def finish(self) -> None:
        """Say, once for each kind, which lines of IPython were skipped."""
        for kind, places in self._skipped.items():
            more = f" (and {len(places) - 1} more like it)" if len(places) > 1 else ""
            self.notes.append(f"{places[0]} is {kind}, for Jupyter only: skipped{more}")
        for cell in self.cells:
            for name in Piece(cell.source, 1).defines():
                self.dropped.pop(name, None)

    def definitions(self, names: Iterable[str]) -> Iterator[tuple[int, Definition]]:
        """All bindings of `names`, each with the index of its cell."""
        for index, cell in enumerate(self.cells):
            for definition in definitions(cell.source, names):
                yield index, definition

    def _drop(self, cell: Cell, piece: Piece, problem: SyntaxProblem) -> None:
        self._broken += 1
        message, line = problem.message, problem.line
        newer = newer_than_here(piece.source) if self._broken <= _MOST_LOOKED_INTO else None
        if newer is not None:
            version, line = newer
            message = f"{NEWER} {version}; this grader runs {HERE}"
        where = cell.where(piece.first_line + line - 1)
        code = shown(piece.source.split("\n")[line - 1])
        text = f"{where}: {message}: `{code}`"
        self.notes.append(text)
        self.dropped.update(dict.fromkeys(piece.defines(), text))


_Place = tuple[int, Definition]
"""The index of a cell, and a binding in it."""


def prefer_filled(reading: Reading, names: Iterable[str], homes: Mapping[str, str]) -> None:
    """Find the definition of each entry point that counts, and say so where there are others.

    It is the one in the released cell (`homes` gives its name for each entry point), else a
    function or class rather than another use of the name; of equals the last, as in Python.
    Untouched copies below it are blanked: that is what a pasted or duplicated stub is.
    """
    by_name: dict[str, list[_Place]] = {}
    for index, definition in reading.definitions(names):
        by_name.setdefault(definition.name, []).append((index, definition))
    for name, places in by_name.items():
        home = homes.get(name)
        filled = [place for place in places if place[1].filled and place[1].rank]
        if not filled:
            continue
        at_home = {
            index: home is not None and reading.cells[index].name == home for index, _ in filled
        }
        chosen = max(reversed(filled), key=lambda place: (at_home[place[0]], place[1].rank))
        later = filled[filled.index(chosen) + 1 :]
        same = [place for place in later if at_home[place[0]] == at_home[chosen[0]]]
        counted = [chosen, *(one for one in same if name in one[1].builds_on)]
        for index, definition in places[places.index(filled[-1]) + 1 :]:
            if definition.alone and not definition.filled:
                place = reading.cells[index].where(definition.first_line)
                reading.cells[index] = _blanked(reading.cells[index], definition)
                reading.notes.append(f"{place}: an untouched copy of `{name}`: left out")
        others = _tell_of_others(reading, name, filled, counted)
        for index, definition in counted:
            mark = (name, definition.last_line, others)
            cell = reading.cells[index]
            reading.cells[index] = replace(cell, hands_in=(*cell.hands_in, mark))


def _tell_of_others(
    reading: Reading, name: str, filled: list[_Place], counted: list[_Place]
) -> bool:
    """Notes where a name is defined more than once, or used for something else further down;
    whether it is."""
    index, chosen = counted[0]
    where = reading.cells[index].where(chosen.first_line)
    equals = [one for _, one in filled if one.rank == chosen.rank]
    same = len({one.code for one in equals}) == 1
    if not same:
        which = "last one" if counted[0] == filled[-1] else "one in its own cell"
        count = f"`{name}` is defined {len(equals)} times"
        reading.notes.append(f"{count}; the {which} counts ({where})")
    known = [(place, one.first_line) for place, one in counted]
    uses = [
        (cell.where(line), shown(cell.source.split("\n")[line - 1]))
        for at, cell in enumerate(reading.cells[index:], start=index)
        for bound, line in (bindings(cell.source) if name in cell.source else ())
        if bound == name and (at, line) > known[0] and (at, line) not in known
    ]
    if uses and same:
        (place, code), more = uses[0], len(uses) - 1
        others = f" (and {more} more)" if more else ""
        reading.notes.append(
            f"{place}: `{code}` uses the name `{name}` for something else{others}: "
            f"the definition at {where} counts"
        )
    return bool(uses)


def _blanked(cell: Cell, definition: Definition) -> Cell:
    """The cell without the lines of a definition; the other lines keep their numbers."""
    lines = cell.source.split("\n")
    empty = [""] * (definition.last_line - definition.first_line + 1)
    lines[definition.first_line - 1 : definition.last_line] = empty
    return replace(cell, source="\n".join(lines))
