"""What is said of how a submission was loaded: what did not run, what is missing because of it."""

from __future__ import annotations

from dataclasses import dataclass

from autograder.judge.words import UNREADABLE, brief, missing_name, not_installed
from autograder.sandbox.host.session import LoadFault, Session
from autograder.sandbox.outcomes import Raised
from autograder.submissions.model import Cell, Submission
from autograder.submissions.syntax import shown

SLOW_SECONDS = 3.0
"""A cell that runs longer than this before any check can begin is worth a word."""

MOST_CAUSES = 10
"""Of what is missing: a line that needs a name that another line should have defined, and so on."""


@dataclass(frozen=True, slots=True)
class Loading:
    """A submission and the session that its statements are loaded in."""

    submission: Submission
    session: Session

    def notes(self) -> list[str]:
        """What happened: one line for each statement that did not run to its end, but for those
        that lack a name which another one should have bound."""
        notes = []
        for name, fault in self.session.file_faults.items():
            notes.append(f"{name} could not be laid beside the code: {fault.message}")
        for device in self.session.missing_devices:
            notes.append(
                f'The default device "{device}" is not on the machine that graded this; the code '
                "ran without it."
            )
        lost: set[str] = set()
        for found, statement in self._stopped():
            if missing_name(found.fault) not in lost:
                notes.append(_note(found, statement))
            lost.update(name for name, _ in statement.binds)
        return notes

    def why_missing(self, name: str) -> str:
        """Why a name is not there, as far as reading and loading tell; "" where they don't."""
        why = ""
        for _ in range(MOST_CAUSES):
            if name in self.submission.dropped:
                return f"{UNREADABLE} {self.submission.dropped[name]}"
            stopped = (one for one in self._stopped() if name in dict(one[1].binds))
            found = next(stopped, None)
            if found is None:
                break
            why, name = _note(*found), missing_name(found[0].fault)
        return why

    def slow_start(self) -> tuple[str, float] | None:
        """The place of the statement that ran longest, and its seconds, if they are many."""
        seconds, index = self.session.slowest
        if seconds <= SLOW_SECONDS:
            return None
        return _first_line(self.submission.statements()[index]), seconds

    def _stopped(self) -> list[tuple[LoadFault, Cell]]:
        """The statements that did not run to their end, in order, each with what stopped it."""
        faults = self.session.load_faults
        statements = self.submission.statements() if faults else []
        return [(found, statements[found.index]) for found in faults]


def _note(found: LoadFault, statement: Cell) -> str:
    """Where a statement stopped, and why; for a package that is not here, which there are."""
    fault = found.fault
    place = fault.place or f"From {_first_line(statement)} on"
    line = f": `{shown(fault.line)}`" if fault.line else ""
    if not isinstance(fault, Raised):
        return f"{place}{line}: {fault.message[:1].lower()}{fault.message[1:]}"
    note = f"{place}{line}: {fault.type_name}: {brief(fault.message)}"
    advice = not_installed(fault)
    return f"{note}. {advice}" if advice else note


def _first_line(statement: Cell) -> str:
    """Where the code of a statement begins."""
    lines = statement.source.split("\n")
    return statement.where(next((n for n, line in enumerate(lines, 1) if line.strip()), 1))
