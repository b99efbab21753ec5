"""`autograder hint`: one step more at each call, the hint of a known mistake first."""

from __future__ import annotations

import io
import json
import shutil
from decimal import Decimal

import pytest
from rich.console import Console

from autograder.author.release import release_assignment, release_folder
from autograder.course.course import Course
from autograder.reports.hints import print_markdown, print_next
from autograder.results import ExerciseResult, Result, Status, Verdict
from autograder.student import hints
from autograder.student.progress import Progress

STUB = "def double(x):\n    raise NotImplementedError()\n"
SQUARES = "def double(x):\n    return x * x\n"
RIGHT = "def double(x):\n    return x + x\n"


@pytest.fixture(scope="module")
def handed_out(tiny, tmp_path_factory):
    """The tiny assignment as it is handed out, fingerprints of its known mistake and all."""
    root = tmp_path_factory.mktemp("course") / "tiny_course"
    shutil.copytree(tiny, root)
    course = Course.open(root)
    assert not release_assignment(course, "tiny", lambda what: None).problems
    folder = release_folder(course.assignment("tiny"))
    (folder / "tiny.ipynb").unlink()
    return folder


@pytest.fixture
def work(handed_out, tmp_path):
    """A student's copy of it, in which `double` is not written yet."""
    folder = tmp_path / "work"
    shutil.copytree(handed_out, folder)
    return folder


@pytest.fixture
def exercises(work):
    return Course.handed_out(work).assignment("tiny").exercises


def verdict(name, status, *, hint="", mistake=None):
    points = Decimal(0), Decimal(1)
    return Verdict(name, f"{name} is right", status, *points, True, "It is not.", hint, mistake)


def result(*verdicts, name="double", error=""):
    exercise = ExerciseResult(name, "Twice", tuple(verdicts))
    return Result("tiny.py", "ada", "tiny", (exercise,), error=error)


FAILED = verdict("doubles_a_number", Status.FAILED)
SQUARED = verdict(
    "doubles_a_number", Status.FAILED, hint="Is 2 * 3 the same as 3 * 3?", mistake="squares"
)


def asked(exercises, progress, *verdicts):
    """Text, number and total of the next hint after checks ended so, as if asked in a terminal."""
    hinted = hints.next_hint(exercises, result(*verdicts), progress)
    return hinted.hint.text, hinted.hint.number, hinted.hint.total


# -- which hint is next ---------------------------------------------------------------------


def test_hints_rise_from_question_to_idea_to_nearly_the_line(exercises, work):
    progress = Progress.open(work)
    told = [asked(exercises, progress, FAILED) for _ in range(3)]
    assert [number for _, number, _ in told] == [1, 2, 3]
    assert told[0][0] == "What is 3 + 3?"
    assert "torch.mul.html" in told[1][0]
    assert told[2][0] == "Put a number and a star in front of `x`."


def test_each_says_how_many_are_left_and_the_last_comes_again(exercises, work):
    progress = Progress.open(work)
    told = [hints.next_hint(exercises, result(FAILED), progress).hint for _ in range(5)]
    assert [hint.left for hint in told] == [2, 1, 0, 0, 0]
    assert [hint.is_again for hint in told] == [False, False, False, True, True]
    assert told[2].text == told[3].text == told[4].text


def test_the_hint_of_a_known_mistake_comes_first(exercises, work):
    progress = Progress.open(work)
    assert asked(exercises, progress, SQUARED) == ("Is 2 * 3 the same as 3 * 3?", 1, 4)
    assert asked(exercises, progress, SQUARED)[:2] == ("What is 3 + 3?", 2)


def test_another_mistake_has_its_own_hint_even_after_the_staircase(exercises, work):
    progress = Progress.open(work)
    for _ in range(3):
        asked(exercises, progress, FAILED)
    hint = hints.next_hint(exercises, result(SQUARED), progress).hint
    assert (hint.text, hint.left, hint.is_again) == ("Is 2 * 3 the same as 3 * 3?", 0, False)


def test_what_was_shown_is_remembered_beside_the_work(exercises, work):
    progress = Progress.open(work)
    asked(exercises, progress, SQUARED)
    asked(exercises, progress, SQUARED)
    progress.remember(result(SQUARED))
    again = Progress.open(work)
    assert asked(exercises, again, SQUARED)[1] == 3
    assert again.exercises["double"].checks == {"doubles_a_number": "failed"}


def test_the_first_check_that_was_tried_and_does_not_pass_is_the_one(exercises, work):
    progress = Progress.open(work)
    passed = verdict("doubles_a_number", Status.PASSED)
    skipped = verdict("doubles_a_number", Status.SKIPPED)
    partial = verdict("gets_far", Status.PARTIAL)
    for first in (passed, skipped):
        hinted = hints.next_hint(exercises, result(first, partial), progress)
        assert hinted.verdict.name == "gets_far"
    assert hints.next_hint(exercises, result(skipped), progress).verdict is skipped


@pytest.mark.parametrize(
    "checked",
    [
        result(verdict("doubles_a_number", Status.PASSED)),
        result(FAILED, error="tiny.py: it can't be read"),
    ],
)
def test_where_all_passes_or_nothing_can_be_read_there_is_no_hint(exercises, work, checked):
    progress = Progress.open(work)
    assert hints.next_hint(exercises, checked, progress) is None
    assert progress.revealed == {}


def test_a_fault_of_ours_uses_no_hint_up(exercises, work):
    progress = Progress.open(work)
    internal = verdict("doubles_a_number", Status.INTERNAL)
    assert hints.next_hint(exercises, result(internal), progress).hint is None
    assert progress.revealed == {}


def test_without_a_staircase_the_check_itself_hints(exercises, work):
    for path in work.glob("checks/*/hints.md"):
        path.unlink()
    progress = Progress.open(work)
    own = verdict("doubles_a_number", Status.FAILED, hint="How much is twice?")
    assert asked(exercises, progress, own) == ("How much is twice?", 1, 1)
    assert hints.next_hint(exercises, result(FAILED), progress).hint is None


def test_all_that_was_shown_can_be_shown_again_and_forgotten(exercises, work):
    progress = Progress.open(work)
    assert hints.shown_before(exercises[0], progress) == {}
    asked(exercises, progress, FAILED)
    asked(exercises, progress, SQUARED)
    assert hints.shown_before(exercises[0], progress) == {
        "doubles_a_number": ["Is 2 * 3 the same as 3 * 3?", "What is 3 + 3?"]
    }
    progress.forget(["double"])
    assert progress.revealed == {}


# -- how it is shown ------------------------------------------------------------------------


def printed(action, *arguments, **named):
    console = Console(width=80, record=True, file=io.StringIO())
    action(*arguments, console, **named)
    return console.export_text()


def test_addresses_stand_whole_on_a_line_of_their_own():
    address = f"https://docs.pytorch.org/docs/stable/generated/{'x' * 60}.html"
    text = printed(print_markdown, f"See [`torch.x`]({address}) and look.")
    assert text.splitlines()[0].rstrip() == "    See `torch.x` and look."
    assert text.splitlines()[1] == f"    {address}"


def test_the_check_what_happened_and_the_hint_are_shown(exercises, work):
    checked = result(SQUARED)
    hinted = hints.next_hint(exercises, checked, Progress.open(work))
    text = printed(print_next, checked, hinted)
    for part in ("doubles_a_number", "It is not.", "Hint 1 of 4", "Is 2 * 3 the same", "3 more:"):
        assert part in text
    assert text.count("Is 2 * 3 the same") == 1


# -- the command ----------------------------------------------------------------------------


@pytest.fixture
def run(command):
    return lambda work, *arguments: command("hint", *arguments, cwd=work)


def write(work, double):
    text = f"# %% double\n{double}\n# %% shout\ndef shout(text):\n    return text.upper()\n"
    (work / "tiny.py").write_text(text)


def test_a_student_asks_from_stub_to_solved(work, run):
    write(work, SQUARES)
    first = run(work, "double")
    assert first.returncode == 0, first.stderr
    assert "Hint 1 of 4" in first.stdout
    assert "Is 2 * 3 the same as 3 * 3?" in first.stdout
    second = run(work)
    assert "Hint 2 of 4" in second.stdout
    assert "2 more: `autograder hint double` shows the next." in second.stdout
    write(work, STUB)
    third = run(work, "tiny.py", "double")
    assert "the stub is still there" in " ".join(third.stdout.split())
    assert "Hint 2 of 3" in third.stdout
    assert "\n    https://docs.pytorch.org/docs/stable/generated/torch.mul.html\n" in third.stdout
    every = run(work, "--all")
    assert every.stdout.count("Hint") == 3
    write(work, RIGHT)
    assert "every visible check of double passes" in run(work, "double").stdout
    kept = json.loads((work / ".autograder" / "progress.json").read_text())
    assert kept["revealed"] == {
        "double": {"doubles_a_number/squares": 1, "doubles_a_number": 2},
    }


def test_all_and_reset_run_nothing(work, run):
    (work / "tiny.py").unlink()
    assert "No hint was shown yet; `autograder hint double`" in run(work, "double", "--all").stdout
    progress = Progress.open(work)
    progress.reveal("double", "doubles_a_number")
    progress.save()
    assert "What is 3 + 3?" in run(work, "double", "--all").stdout
    assert "begin with the first again" in run(work, "double", "--reset").stdout
    assert Progress.open(work).revealed == {}


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["triple"], 2, "tiny has no exercise triple; it has double, shout"),
        (["double", "shout"], 2, "one exercise at a time, not for double, shout"),
        (["double", "--all", "--reset"], 2, "not allowed with"),
    ],
)
def test_what_can_not_be_is_said_in_a_line(work, run, arguments, code, message):
    ended = run(work, *arguments)
    assert (ended.returncode, "Traceback" in ended.stderr) == (code, False)
    assert message in ended.stderr


def test_a_folder_that_was_not_handed_out_is_named(tmp_path, run):
    ended = run(tmp_path, "double")
    assert ended.returncode == 4
    assert "cd into your copy of the assignment" in ended.stderr


def test_a_damaged_memory_costs_one_line_and_no_hint(work, run):
    (work / ".autograder").mkdir()
    (work / ".autograder" / "progress.json").write_text("{")
    write(work, STUB)
    ended = run(work, "double")
    assert "Hint 1 of 3" in ended.stdout
    assert len([line for line in ended.stderr.splitlines() if line.startswith("Note: ")]) == 1
