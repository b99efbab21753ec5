"""Whose a submission is, by its path, and how the names of files and folders compare."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path, PurePosixPath

from autograder.submissions.forms import code_name, is_code

_NOT_STUDENTS = frozenset({"", "assignments", "submitted", "release", "source", "solutions"})


def normalised(name: str) -> str:
    """A name as it is compared: "Logistic Regression (2)" is "logistic_regression"."""
    name = re.sub(r"[\s_-]*(?:\(\d+\)|[Cc]opy\d*)$", "", name)
    return re.sub(r"[\W_]+", "_", name.lower()).strip("_")


def absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))


def student_of(path: Path, assignment: str | None) -> str:
    """Whose it is, by the path: the folder or file, or what stands above one named like the work.

    nbgrader's submitted/<student>/<assignment>/ gives <student>.
    """
    names = _names(path, () if assignment is None else (assignment,))
    return names[0] if names else path.stem


def _names(path: Path, assignments: Collection[str]) -> list[str]:
    """The names in a path that can be a student's or a group's, the last first."""
    place = absolute(path)
    name = code_name(place.name)
    own = name.removesuffix(".zip")
    own = PurePosixPath(own).stem if is_code(own) else own
    works = {normalised(assignment) for assignment in assignments}
    names = [own, *(parent.name for parent in place.parents)]
    while names and normalised(names[0]) in works:
        del names[0]
    if names and names[0] in _NOT_STUDENTS:
        return [own]
    return names


def told_apart(paths: Sequence[Path], assignments: Collection[str]) -> dict[Path, str]:
    """A name for each path whose student's name another path has, too: with the folder above, as
    in "group A/ada", and the one above that if need be. The order of the paths changes nothing.
    """
    chains = {path: tuple(_names(path, assignments)) for path in paths}
    depth = dict.fromkeys(chains.values(), 1)
    while True:
        shown = {chain: "/".join(reversed(chain[:most])) for chain, most in depth.items()}
        counts = Counter(shown.values())
        same = [chain for chain, name in shown.items() if counts[name] > 1]
        longer = [chain for chain in same if depth[chain] < len(chain)]
        if not longer:
            return {path: shown[chain] for path, chain in chains.items() if depth[chain] > 1}
        for chain in longer:
            depth[chain] += 1
