"""A submission as the engine sees it: cells with their origin, helper files, notes.

Everything in here was written by a student: text and names are kept as they came, whatever they
hold. Escape them (`autograder.reports.escape`) where they are shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Habit:
    """An old form of code and what to say of it; a condition that is None is not asked for."""

    says: str
    call: str | None = None
    method: str | None = None
    keyword: str | None = None
    argument: str | None = None
    name: str | None = None
    attribute: str | None = None


@dataclass(frozen=True, slots=True)
class KnownAssignments:
    """What the reader must know of a course.

    `entry_points` gives for each assignment the names that a submission must define; `preferred`
    is the assignment that the user asked for, if any; `homes` gives for each assignment and entry
    point the name of the cell it was released in, `habits` for each assignment what is worth a
    kind word.
    """

    entry_points: Mapping[str, tuple[str, ...]]
    preferred: str | None = None
    habits: Mapping[str, tuple[Habit, ...]] = field(default_factory=dict)
    homes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def names_of(self, assignment: str | None) -> frozenset[str]:
        """The entry points of one assignment; of all if there is none."""
        if assignment is not None:
            return frozenset(self.entry_points.get(assignment, ()))
        return frozenset(name for names in self.entry_points.values() for name in names)


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of code as a student sees it; each of its statements runs by itself, so that an
    error costs that statement, and no more.

    `origin` is what a student calls the place ("cell 5", the fifth code cell of the notebook,
    or a file name), `first_line` the line there at which `source` starts (1-based), `id` the
    notebook's id of the cell, `name` its nbgrader grade_id or the title of a `# %%` cell. `cuts`
    are the lines of `source` after which a statement has ended; `hands_in` gives (name, line,
    firmly) of each entry point whose definition here is the one that counts; firmly if the code
    itself shows that the name is used for something else further down. `binds` gives (name, line)
    of what its statements bind at the top level.
    """

    source: str
    origin: str
    first_line: int = 1
    id: str | None = None
    name: str | None = None
    cuts: tuple[int, ...] = ()
    hands_in: tuple[tuple[str, int, bool], ...] = ()
    binds: tuple[tuple[str, int], ...] = ()

    def where(self, line: int) -> str:
        """The place of a line of `source` (1-based): "cell 5, line 3"."""
        return f"{self.origin}, line {self.first_line + line - 1}"

    def statements(self) -> Iterator[Cell]:
        """Its statements, each as a cell of its own."""
        lines = self.source.split("\n")
        for first, last in pairwise([0, *self.cuts, len(lines)]):
            yield replace(
                self,
                source="\n".join(lines[first:last]),
                first_line=self.first_line + first,
                cuts=(),
                hands_in=tuple(
                    (name, line - first, firmly)
                    for name, line, firmly in self.hands_in
                    if first < line <= last
                ),
                binds=tuple(
                    (name, line - first) for name, line in self.binds if first < line <= last
                ),
            )


@dataclass(frozen=True, slots=True)
class Code:
    """What is told of a submission's code: for words only, no mark depends on it.

    `defined` gives for each function, class and method ("criterion", "Model.forward") its line
    with its place, `lines` those that may use what they import: the line with its place, and the
    text in which to look for a name. `habits` are notes on old forms.
    """

    defined: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[tuple[str, str], ...] = ()
    habits: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """The functions and classes at the top level."""
        return [name for name in self.defined if "." not in name]

    def line_of(self, name: str) -> str:
        """The line of `criterion` or `Model.forward`, with its place; "" where it is not found."""
        return self.defined.get(name) or self.defined.get(name.partition(".")[0], "")

    def lines_with(self, names: Sequence[str]) -> list[str]:
        """The lines that use or import something of one of these names, each with its place.

        `.sigmoid(` is a use, `def sigmoid(` and a comment are none.
        """
        either = "|".join(map(re.escape, names))
        use, word = re.compile(rf"\.(?:{either})\b"), re.compile(rf"\b(?:{either})\b")
        return [
            place
            for place, text in self.lines
            if use.search(text) or ("import" in text and word.search(text))
        ]


@dataclass(frozen=True, slots=True)
class Submission:
    """What one student handed in for one assignment.

    `name` is the path as it was given, `files` the helper files to lay beside the code (POSIX names
    relative to the folder of `file`, no links; "../data/x.csv" for what lies above it), `dropped`
    gives for each name whose definition was left out because it doesn't compile the reason,
    `digest` the SHA-256 (hex) of all that was read, `file` the file that the cells are from (a
    relative POSIX name; inside the folder or zip, if it is one), `filled` gives for each entry
    point that is filled in the SHA-256 (hex) of its code, `doubt` says why a person should look at
    which file counts ("" where that is clear).
    """

    name: str
    student: str
    assignment: str | None
    cells: tuple[Cell, ...]
    files: Mapping[str, bytes]
    notes: tuple[str, ...]
    digest: str
    dropped: Mapping[str, str] = field(default_factory=dict)
    file: str = ""
    filled: Mapping[str, str] = field(default_factory=dict)
    code: Code = field(default_factory=Code)
    doubt: str = ""

    def statements(self) -> list[Cell]:
        """What its worker runs, one after another."""
        return [statement for cell in self.cells for statement in cell.statements()]
