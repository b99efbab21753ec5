"""A working folder of three small exercises, as students get one: script, checks, no solutions."""

from __future__ import annotations

import json
from pathlib import Path

EXERCISES = {"double": 2, "triple": 3, "shout": 0}
CHECK = '''
from autograder.authoring import check, expect

@check(points=2, hint="How much is twice?")
def right_for_{name}(student):
    """{name}({given}) is {wanted}"""
    expect(student.{name}({given})).equals({wanted})

@check(points=1)
def right_again_for_{name}(student):
    """{name} can be called twice"""
    expect(student.{name}({given})).equals({wanted})
'''
HINTS = """## right_for_{name}

1. A first question about {name}?
2. The idea: [`torch.add`](https://docs.pytorch.org/docs/stable/generated/torch.add.html)
3. Nearly the line of {name}.
"""
STUB = "raise NotImplementedError()"
RIGHT = {"double": "return 2 * x", "triple": "return 3 * x", "shout": "return x.upper()"}


def lay_out(folder: Path, *, seconds: float = 60.0) -> Path:
    """Makes the folder; every exercise is a stub in tiny.py."""
    checks = folder / "checks"
    checks.mkdir(parents=True)
    (checks / "assignment.toml").write_text('name = "tiny"\ntitle = "Tiny steps"\n')
    for number, (name, factor) in enumerate(EXERCISES.items(), start=1):
        place = checks / f"{number:02}_{name}"
        place.mkdir()
        given, wanted = ("5", str(5 * factor)) if factor else ("'ab'", "'AB'")
        (place / "exercise.toml").write_text(
            f'title = "To {name}"\nentry_points = ["{name}(x)"]\nminutes = 5\nhidden_points = 1\n'
            f"[limits]\nseconds = {seconds}\n"
        )
        (place / "checks.py").write_text(CHECK.format(name=name, given=given, wanted=wanted))
        (place / "hints.md").write_text(HINTS.format(name=name))
    (folder / "tiny.py").write_text(script())
    return folder


def script(**bodies: str) -> str:
    """The script with these bodies; an exercise that is not named is a stub."""
    parts = [f"# %% {name}\ndef {name}(x):\n    {bodies.get(name, STUB)}\n" for name in EXERCISES]
    return "\n".join([*parts, bodies.get("below", "")])


def notebook(outputs: str = "", **bodies: str) -> str:
    """The same as a notebook; `outputs` is what a cell shows, which is no code."""
    cells = [
        {
            "cell_type": "code",
            "id": name,
            "execution_count": 1,
            "metadata": {},
            "outputs": [{"output_type": "stream", "name": "stdout", "text": [outputs]}],
            "source": f"def {name}(x):\n    {bodies.get(name, STUB)}\n",
        }
        for name in EXERCISES
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})
