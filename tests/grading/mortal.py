"""A course with a check that kills the forkserver, or its workers, from inside the judge.

A submission can't reach the forkserver, so that somebody else has to do it, at a moment that is
the same in every run: while a check waits for its next answer.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

TINY = Path(__file__).parents[1] / "tiny_course"
CHECK = '''

import json
import os
import select
import signal
import sys
import threading
from pathlib import Path

from autograder.authoring import plain
from autograder.sandbox.linux import hunt

ORDERS = Path(__file__).with_name("orders.json")


@check(points=2)
def is_spared(student):
    """whoever is asked, answers"""
    said = plain(student.shout("here"))
    orders = json.loads(ORDERS.read_text())
    thread = threading.current_thread().name.partition("_")[0]
    forkserver = [pid for pid in hunt.children(os.getpid()) if hunt.children(pid)][-1]
    if thread == "MainThread" and (what := orders.pop("workers", "")):
        ORDERS.write_text(json.dumps(orders))
        for pid in hunt.descendants(forkserver):
            if what == "all" or hunt.children(pid) == []:
                os.kill(pid, signal.SIGKILL)
    if said == "DOOMED" or orders.pop(thread, 0):
        ORDERS.write_text(json.dumps(orders))
        if orders.get("for good"):
            sys.executable = "/bin/false"
        handle = os.pidfd_open(forkserver)
        os.kill(forkserver, signal.SIGKILL)
        if said == "DOOMED":
            select.select([handle], [], [])
        os.close(handle)
    expect(plain(student.shout("and here"))).equals("AND HERE")
'''
DOOMED = "def shout(text):\n    return 'DOOMED'\n"
"""An answer with which the forkserver dies each time."""


def mortal_course(folder: Path) -> Path:
    """The tiny course with that check: 13 points."""
    course = folder / "mortal"
    shutil.copytree(TINY, course, ignore=shutil.ignore_patterns("__pycache__"))
    checks = course / "solutions" / "tiny" / "02_shout" / "checks.py"
    checks.write_text(checks.read_text(encoding="utf-8") + CHECK, encoding="utf-8")
    order(course)
    return course


def order(course: Path, **orders: int | str) -> None:
    """Have it die once more: `MainThread=1` while a submission is judged, `reference=1` while
    what the checks ask is learned. `workers="all"` kills those and their inits, while a submission
    is judged, `workers="last"` spares the inits."""
    path = course / "solutions" / "tiny" / "02_shout" / "orders.json"
    path.write_text(json.dumps(orders), encoding="utf-8")
