"""From a wrong value to the mistake behind it.

A *profile* says of each check how it ended: passed, skipped, or failed with evidence. Every
known mistake has one, computed by running it (course/prove.py). A student's failed check is
named after the mistake that failed the same check with the same evidence; where several did,
after the one whose whole profile is nearest.

Fingerprints are those profiles as JSON, without code: they can be released to students.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from autograder.errors import CourseError
from autograder.judge.expect import Evidence

RTOL, ATOL = 2e-3, 2e-6
"""Numbers of a fingerprint are compared within these: float32 on another CPU moves less."""

Profile = Mapping[str, Evidence]
"""How each check ended. Passed and skipped are evidence of those kinds."""

PASSED, SKIPPED = Evidence("passed"), Evidence("skipped")
TELLS_NOTHING = frozenset({"passed", "skipped", "missing", "untouched"})


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A known mistake: how each check ends on it, and the hint that belongs to it."""

    mistake: str
    hint: str
    profile: Profile


def same(one: Evidence, other: Evidence) -> bool:
    """The same kind, the same words (numbers in them aside), numbers alike."""
    if one.kind != other.kind or _words(one.detail) != _words(other.detail):
        return False
    if len(one.numbers) != len(other.numbers):
        return False
    return bool(np.allclose(one.numbers, other.numbers, rtol=RTOL, atol=ATOL, equal_nan=True))


def _words(detail: str) -> str:
    return re.sub(r"\d+(\.\d+)?(e[+-]?\d+)?", "#", detail)


def diagnose(check: str, profile: Profile, known: Sequence[Fingerprint]) -> Fingerprint | None:
    """The known mistake that explains why `check` failed, or None."""
    evidence = profile[check]
    if evidence.kind in TELLS_NOTHING:
        return None
    candidates = [one for one in known if same(evidence, one.profile.get(check, PASSED))]
    return max(candidates, key=lambda one: _agreement(profile, one.profile), default=None)


def _agreement(profile: Profile, other: Profile) -> int:
    """On how many checks two profiles agree."""
    return sum(same(evidence, other[name]) for name, evidence in profile.items() if name in other)


# -- as JSON --------------------------------------------------------------------------------


def dump(fingerprints: Sequence[Fingerprint], digest: str) -> str:
    """JSON text: for each mistake its hint, and evidence for the checks that did not pass."""
    mistakes = {
        print.mistake: {
            "hint": print.hint,
            "profile": {name: _pack(evidence) for name, evidence in print.profile.items()},
        }
        for print in fingerprints
    }
    return json.dumps({"digest": digest, "mistakes": mistakes}, indent=1, ensure_ascii=False) + "\n"


def load(path: Path) -> tuple[str, tuple[Fingerprint, ...]]:
    """Digest and fingerprints of a file; ("", ()) where there is none.

    Raises CourseError where the file holds something else.
    """
    if not path.exists():
        return "", ()
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return str(data["digest"]), tuple(_fingerprint(*item) for item in data["mistakes"].items())
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        problem = f"holds no fingerprints ({type(error).__name__}: {error})"
        remedy = "delete it; the course's own is made anew by `autograder release`"
        raise CourseError(path, problem, remedy) from None


def _fingerprint(mistake: str, entry: Mapping[str, Any]) -> Fingerprint:
    profile = {check: _unpack(packed) for check, packed in entry["profile"].items()}
    return Fingerprint(mistake, entry["hint"], profile)


def _pack(evidence: Evidence) -> list[Any]:
    rounded = [float(f"{number:.6g}") for number in evidence.numbers]
    shown = [number if np.isfinite(number) else str(number) for number in rounded]
    return [evidence.kind, evidence.detail, shown]


def _unpack(packed: list[Any]) -> Evidence:
    kind, detail, shown = packed
    return Evidence(kind, detail, tuple(float(number) for number in shown))
