"""hints.md: how it is read, what `prove` says of it, what of it is released."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from autograder.author.prove import prove_exercise
from autograder.author.release import expected_release
from autograder.course.course import Course
from autograder.course.hints import (
    DOCUMENTATION,
    HINTS,
    LINK,
    as_markdown,
    hint_problems,
    load_hints,
    visible_hints,
)
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
        ("## is it loud?\n", "line 1 heads no check.*## name_of_a_check"),
        ("## a\n1. x\n\n## a\n", "line 4 is a second section a.*make one"),
        ("## a\nx\n", "line 2 belongs to no step: x.*write each step"),
        ("## a\n1. x\ny\n", "line 3 belongs to no step: y.*indented"),
        ("## a\n   y\n", "line 2 belongs to no step: y"),
        ("## a\n1. x\n3. y\n", "line 3 is step 3, where step 2 is due.*number"),
        ("## a\n1. x\n### b\n", "line 3 belongs to no step: ### b"),
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


def test_what_is_written_is_read_back(exercise, tmp_path):
    hints = load_hints(exercise.folder)
    (tmp_path / HINTS).write_text(as_markdown(hints))
    assert load_hints(tmp_path) == hints


# -- prove ----------------------------------------------------------------------------------


def test_a_staircase_for_each_visible_check_is_all_that_is_asked(exercise):
    assert list(hint_problems(exercise)) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("3. Nearly.\n", "", "doubles_a_number has 2 steps; write 3: a question"),
        ("3. Nearly.\n", "3. Nearly.\n4. Over.\n", "doubles_a_number has 4 steps; write 3"),
        ("3. Nearly.", "3. ", "step 3 of doubles_a_number is empty; write it"),
        ("1. One.", "1.", "step 1 of gets_far is empty; write it"),
        (f"An idea, {PAGE}.", "An idea.", "step 2 of doubles_a_number has no link .*; add one"),
        (PAGE, "[torch](https://example.org/torch)", "step 2 of doubles_a_number has no link"),
        ("## `gets_far`", "## gets_lost", "gets_far has no hints; write 3.*below `## gets_far`"),
        ("## `gets_far`", "## gets_lost", "section gets_lost names no visible check; rename it"),
        (
            "## `gets_far`",
            "## agrees_on_unseen",
            "section agrees_on_unseen names no visible check",
        ),
    ],
)
def test_what_is_missing_is_named_with_its_remedy(exercise, old, new, message):
    path = exercise.folder / HINTS
    path.write_text(path.read_text().replace(old, new))
    assert any(re.search(message, problem) for problem in hint_problems(exercise))


def test_a_missing_file_is_one_problem_that_lists_the_checks(exercise):
    (exercise.folder / HINTS).unlink()
    (problem,) = hint_problems(exercise)
    assert "doubles_a_number, gets_far" in problem
    assert "agrees_on_unseen" not in problem


def test_prove_looks_at_the_hints(exercise, tiny_grader):
    (exercise.folder / HINTS).unlink()
    assert HINTS in next(prove_exercise(tiny_grader, exercise))


# -- release --------------------------------------------------------------------------------


@pytest.fixture
def tiny_copy(tiny, tmp_path):
    shutil.copytree(tiny, tmp_path / "course")
    return tmp_path / "course"


def released_hints(course: Path) -> dict[str, str]:
    files = expected_release(Course.open(course), "tiny")
    return {path: text.decode() for path, text in files.items() if path.endswith(HINTS)}


def test_the_hints_of_visible_checks_are_released(tiny_copy):
    released = released_hints(tiny_copy)
    assert list(released) == [f"checks/01_double/{HINTS}", f"checks/02_shout/{HINTS}"]
    assert "Hints for the tiny course." not in released[f"checks/01_double/{HINTS}"]
    assert released == released_hints(tiny_copy)


def test_hints_for_a_hidden_check_stay_behind(tiny_copy):
    path = tiny_copy / "solutions" / "tiny" / "02_shout" / HINTS
    whole = path.read_text()
    path.write_text(f"## has_volume\n\n1. How loud?\n\n{whole}")
    exercise = load_exercise(path.parent)
    assert list(visible_hints(exercise)) == ["is_loud"]
    assert "How loud?" not in released_hints(tiny_copy)[f"checks/02_shout/{HINTS}"]


def test_a_line_of_the_solution_in_the_middle_of_a_hint_is_not_released(tiny_copy):
    path = tiny_copy / "solutions" / "tiny" / "02_shout" / HINTS
    path.write_text(path.read_text().replace("`upper`", "`self.volume = volume`"))
    with pytest.raises(CourseError, match=r"hints\.md holds .*self\.volume = volume"):
        released_hints(tiny_copy)


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


def test_every_visible_check_of_the_real_course_has_its_staircase(course):
    for name in course.folders:
        for exercise in course.assignment(name).exercises:
            assert list(hint_problems(exercise)) == []


def test_no_two_hints_of_a_check_say_the_same_and_none_is_a_lecture(real_hints):
    assert len(set(real_hints.values())) == len(real_hints)
    for where, step in real_hints.items():
        words = LINK.sub(lambda link: link[1], step)
        assert 20 < len(words) < 400, where


def test_first_steps_ask(real_hints):
    for (*where, number), step in real_hints.items():
        assert number != 1 or "?" in step, where


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
