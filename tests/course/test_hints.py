"""hints.md: how it is read; what of it the validator refuses is in tests/author."""

from __future__ import annotations

import re
import shutil

import pytest

from autograder.course.hints import DOCUMENTATION, HINTS, LINK, load_hints
from autograder.course.load import load_exercise
from autograder.errors import CourseError

PAGE = f"[torch]({DOCUMENTATION[0]}stable/torch.html)"
GOOD = f"""\
# Hints
1. Not a step: it stands above the first section.

## doubles_a_number

1. A question
   on two lines?
2. An idea, {PAGE}.

3. Nearly.

## `gets_far`
1. One.
2. Two, {PAGE}.
3. Three.
"""


@pytest.fixture
def exercise(tiny, tmp_path):
    """A copy of the tiny course's first exercise: two visible checks and a hidden one."""
    folder = tmp_path / "01_double"
    shutil.copytree(tiny / "solutions" / "tiny" / "01_double", folder)
    (folder / HINTS).write_text(GOOD)
    return load_exercise(folder)


# -- reading --------------------------------------------------------------------------------


def test_each_section_is_read_as_steps_of_a_paragraph_each(exercise):
    assert load_hints(exercise.folder) == {
        "doubles_a_number": ("A question on two lines?", f"An idea, {PAGE}.", "Nearly."),
        "gets_far": ("One.", f"Two, {PAGE}.", "Three."),
    }


def test_a_folder_without_the_file_has_no_hints(tmp_path):
    assert load_hints(tmp_path) == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("## is it loud?\n", "hints.md:1: is not the heading.*## name_of_a_check"),
        ("## a\n1. x\n\n## a\n", "hints.md:4: a appears twice.*make one"),
        ("## a\nx\n", "hints.md:2: is part of no step: x.*write each step"),
        ("## a\n1. x\ny\n", "hints.md:3: is part of no step: y.*indented"),
        ("## a\n   y\n", "hints.md:2: is part of no step: y"),
        ("## a\n1. x\n3. y\n", "hints.md:3: step 3 stands where step 2 is due.*number"),
        ("## a\n1. x\n### b\n", "hints.md:3: is part of no step: ### b"),
    ],
)
def test_another_form_is_refused_with_the_line_and_what_to_do(tmp_path, text, message):
    (tmp_path / HINTS).write_text(text)
    with pytest.raises(CourseError, match=message) as error:
        load_hints(tmp_path)
    assert error.value.file == str(tmp_path / HINTS)


def test_what_is_no_utf8_is_refused(tmp_path):
    (tmp_path / HINTS).write_bytes(b"## a\n1. caf\xe9\n")
    with pytest.raises(CourseError, match="save it as UTF-8"):
        load_hints(tmp_path)


# -- the real course ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real_hints(course):
    return {
        (exercise.name, check, number): step
        for name in course.folders
        for exercise in course.assignment(name).exercises
        for check, steps in load_hints(exercise.folder).items()
        for number, step in enumerate(steps, start=1)
    }


def test_no_hint_is_a_lecture(real_hints):
    for where, step in real_hints.items():
        words = LINK.sub(lambda link: link[1], step)
        assert 20 < len(words) < 400, where


def test_links_lead_to_pages_of_things_that_torch_has(real_hints):
    import torch

    for where, step in real_hints.items():
        for _, address in LINK.findall(step):
            assert address.startswith(f"{DOCUMENTATION[0]}stable/"), where
            assert address.endswith(".html"), where
            if found := re.search(r"/generated/torch\.([\w.]+)\.html$", address):
                thing = torch
                for part in found[1].split("."):
                    thing = getattr(thing, part)
