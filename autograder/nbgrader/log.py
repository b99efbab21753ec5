"""What nbgrader logs, made safe to show: it logs the names of students' files as they are."""

from __future__ import annotations

import logging

from autograder.reports.escape import printable

MOST_LOGGED = 20_000


class Printable(logging.Filter):
    """Lets all through, with everything invisible spelled out."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Called for each record."""
        record.msg = printable(record.getMessage(), MOST_LOGGED, newlines=True)
        record.args = ()
        return True


PRINTABLE = Printable()
