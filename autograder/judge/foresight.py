"""What each check asks, known before it asks: recorded once by `autograder release`.

A check is a function of the judge's that calls into the worker again and again. Waiting for
each answer costs more than most answers: a worker that sleeps and wakes 400 times, and a judge
that compares while nobody computes. But a check asks nearly everybody the same: its calls do
not depend on the answers, unless it stops at a wrong one. So they are recorded while the
reference is judged, and sent ahead (`sandbox.session.Foreseen`).

calls.json is that record: for each check its requests, and whether they are all. They end where
a mistake that passes the check is asked something else than the reference: from there on, it
depends on the answers. They belong to one seed, the default one. A record that is out of date
costs time and no marks: a check that asks otherwise begins again without it.

It is for grading, and not released: a student who prints should see the calls up to the one that
went wrong, and not those that a check would have made after it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from autograder.errors import CourseError
from autograder.sandbox.host.session import Foreseen, Reply, Request, Session
from autograder.sandbox.outcomes import Raised

FILE = "calls.json"
SEED = 0
"""The seed of the record, which is the default of `autograder grade`."""

Calls = Mapping[str, Foreseen]
"""What each check will ask, by the check's name."""


class Recording(Session):
    """A session that sends nothing ahead and notes what it is asked.

    `asked` has, for the seed of each check, its requests.
    """

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.asked: dict[int, list[Request]] = {}
        self._now: list[Request] = []

    def begin(self, seed: int, seconds: float, ahead: Sequence[Foreseen] = ()) -> None:
        self._now = self.asked[seed] = []
        super().begin(seed, seconds)

    def ask(self, request: dict[str, Any], buffers: list[bytes]) -> Reply:
        try:
            reply = super().ask(request, buffers)
        except Raised:
            self._now.append(Request(request, buffers, raises=True))
            raise
        self._now.append(Request(request, buffers))
        return reply


def common(recorded: Sequence[Request], others: Iterable[Sequence[Request]]) -> tuple[int, bool]:
    """How many requests are the same for all who passed a check, and whether that is all."""
    count = len(recorded)
    for other in others:
        pairs = zip(recorded, other, strict=False)
        same = next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(recorded), len(other)))
        count = min(count, same)
    return count, count == len(recorded)


# -- as JSON --------------------------------------------------------------------------------


def dump(calls: Calls, digest: str) -> str:
    """JSON text, a request on each line."""
    checks = []
    for name, foreseen in calls.items():
        lines = ",\n".join(f"  {_as_json(request)}" for request in foreseen.requests)
        head = f'"seed": {foreseen.seed}, "whole": {json.dumps(foreseen.whole)}'
        checks.append(f' {json.dumps(name)}: {{{head}, "requests": [\n{lines}\n ]}}')
    return f'{{"digest": {json.dumps(digest)}, "checks": {{\n' + ",\n".join(checks) + "\n}}\n"


def _as_json(request: Request) -> str:
    buffers = [base64.b64encode(buffer).decode() for buffer in request.buffers]
    return json.dumps([request.header, buffers, request.raises], ensure_ascii=False)


def load(path: Path) -> tuple[str, dict[str, Foreseen]]:
    """Digest and calls of a file; ("", {}) where there is none.

    Raises CourseError where the file holds something else.
    """
    if not path.exists():
        return "", {}
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return str(data["digest"]), {k: _foreseen(v) for k, v in data["checks"].items()}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        problem = f"holds no calls ({type(error).__name__}: {error})"
        remedy = "delete it; the course's own is made anew by `autograder release`"
        raise CourseError(path, problem, remedy) from None


def _foreseen(entry: Mapping[str, Any]) -> Foreseen:
    requests = tuple(
        Request(dict(header), [base64.b64decode(buffer) for buffer in buffers], bool(raises))
        for header, buffers, raises in entry["requests"]
    )
    return Foreseen(int(entry["seed"]), requests, bool(entry["whole"]))
