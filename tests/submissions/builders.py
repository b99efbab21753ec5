"""Small submissions, as bytes and as files."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

from autograder.submissions.model import KnownAssignments, Submission
from autograder.submissions.read import read_submission

COURSE = KnownAssignments({"lab": ("criterion", "train", "Model"), "other": ("predict",)})

STUBS = '''import torch
from torch import nn


class Model(nn.Module):
    """A line."""

    def __init__(self, n_inputs=1):
        super().__init__()
        # YOUR CODE HERE
        raise NotImplementedError()


def criterion(y_hat, y):
    """The loss."""
    # YOUR CODE HERE
    raise NotImplementedError()


def train(model):
    # YOUR CODE HERE
    raise NotImplementedError()
'''
FILLED = STUBS.replace(
    '    """The loss."""\n    # YOUR CODE HERE\n    raise NotImplementedError()',
    '    """The loss."""\n    return ((y_hat - y) ** 2).mean()',
)


def code_cell(source: str | list[str], **extra: Any) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
        "source": source,
        **extra,
    }


def graded(grade_id: str, *, grade: bool, solution: bool, locked: bool) -> dict[str, Any]:
    flags = {"grade": grade, "solution": solution, "locked": locked}
    return {"nbgrader": {"grade_id": grade_id, "schema_version": 3, "task": False, **flags}}


def notebook(*cells: str | list[str] | dict[str, Any], nbformat: object = 4) -> bytes:
    made = [cell if isinstance(cell, dict) else code_cell(cell) for cell in cells]
    return json.dumps(
        {"cells": made, "metadata": {}, "nbformat": nbformat, "nbformat_minor": 4}
    ).encode()


def archive(members: dict[str, bytes | str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in members.items():
            packed.writestr(name, data)
    return buffer.getvalue()


def folder(root: Path, members: dict[str, bytes | str]) -> Path:
    for name, data in members.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
    return root


def read(path: Path, course: KnownAssignments = COURSE) -> Submission:
    return read_submission(path, course)


def source_of(submission: Submission) -> str:
    return "\n".join(cell.source for cell in submission.cells)
