"""What a student reads: the overview in one screen, the next thing to do in full."""

from __future__ import annotations

import io
import json
import os

import pytest
from rich.console import Console

from autograder.cli.main import main
from autograder.cli.student import path_and_exercises
from autograder.course.course import Course
from autograder.grading.grader import Grader, Settings
from autograder.reports.student import NO_ISOLATION, has_isolation, print_check
from autograder.reports.text import shown_printed
from autograder.results import Result
from autograder.sandbox.layers import LAYERS
from autograder.student.progress import Progress
from autograder.student.saves import grade_work

from ..student.handout import RIGHT, lay_out, notebook, script


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    return lay_out(tmp_path_factory.mktemp("lab"))


@pytest.fixture(scope="module")
def grader(lab):
    with Grader(Course.handed_out(lab), Settings(device="cpu")) as grader:
        yield grader


@pytest.fixture
def page(lab, grader):
    """What `check` prints for a script with these bodies."""

    def shown(*, in_full=False, **bodies):
        (lab / "tiny.py").write_text(script(**bodies))
        result = grader.grade(lab)
        console = Console(file=io.StringIO(), width=80, highlight=False)
        print_check(result, grader.course.assignment("tiny"), console, in_full=in_full)
        return console.file.getvalue()

    return shown


def test_the_overview_and_the_first_open_exercise_fit_one_screen(page):
    text = page(double=RIGHT["double"], triple="return 7 * x")
    lines = text.splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    assert [line.split()[0] for line in lines[1:4]] == ["solved", "open", "open"]
    assert "3 / 9 points" in lines[0]


def test_it_says_what_was_called_what_came_back_what_was_expected_and_the_hint(page):
    text = page(double="return 7 * x")
    assert "Called `double(x)` with x = 5. It returned:" in text
    assert [line.split() for line in text.splitlines() if "yours" in line] == [["yours", "35"]]
    assert "expected  10" in text
    assert "Hint: How much is twice?" in text
    assert text.count("How much is twice?") == 1


def test_only_the_first_check_that_is_open_is_in_full(page):
    text = page(double="return 7 * x")
    assert text.count("yours") == 1
    assert page(in_full=True, double="return 7 * x").count("yours") == 2


def test_what_the_code_printed_stands_apart_and_is_cut(page):
    noisy = "[print('line', i) for i in range(50)]; return x"
    text = page(double=noisy, below="print('top')")
    below = text.partition("Your code printed:")[2]
    assert "line 49" in below
    assert "lines more]" in below
    assert "line 10" not in below
    assert len(text.splitlines()) <= 24


def test_prints_at_top_level_are_shown_beside_a_later_exercise_once(page):
    text = page(double=RIGHT["double"], below="print('at the top')")
    assert text.count("at the top") == 1
    assert page(below="print('at the top')").count("at the top") == 1


def test_terminal_commands_in_prints_are_spelled_out(page):
    text = page(double="print('\\x1b[2J'); return x")
    assert "\x1b" not in text
    assert "\\x1b[2J" in text


def test_a_progress_bar_leaves_its_last_state():
    assert shown_printed("\r10%\r20%\rdone\nnext\r\n") == ["done", "next"]
    assert shown_printed("   \n") == []


def test_all_solved_says_what_comes_next(page):
    text = page(**RIGHT)
    assert "Every visible check passes" in text
    assert "failed" not in text


def test_an_error_is_shown_without_a_stack_trace(page):
    text = page(double="return x.nowhere")
    assert "AttributeError" in text
    assert "tiny.py, line 3" in text
    assert "Traceback" not in text


def test_a_note_that_the_verdict_tells_already_is_not_repeated(page):
    text = page(double="return (x")
    assert text.count("was never closed") == 1


# -- the command ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "path", "names"),
    [
        ([], ".", []),
        (["double"], ".", ["double"]),
        (["double", "triple"], ".", ["double", "triple"]),
        (["my.ipynb", "double"], "my.ipynb", ["double"]),
        (["a/b"], "a/b", []),
    ],
)
def test_the_first_word_may_be_a_path(words, path, names, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = path_and_exercises(words)
    assert (str(found[0]), found[1]) == (path, names)


def test_check_remembers_and_its_exit_code_says_whether_all_pass(lab, monkeypatch, capsys):
    monkeypatch.chdir(lab)
    (lab / "tiny.py").write_text(script(double=RIGHT["double"]))
    assert main(["check", "--device", "cpu"]) == 1
    assert Progress.open(lab).exercises["double"].is_solved
    assert not Progress.open(lab).exercises["triple"].is_solved
    assert main(["check", "--device", "cpu", "double", "--json"]) == 0
    printed = capsys.readouterr().out
    report = json.loads(printed[printed.index("{") :])
    assert [e["name"] for e in report["results"][0]["exercises"]] == ["double"]
    assert main(["check", "quadruple"]) == 2
    assert "it has double, triple, shout" in capsys.readouterr().err


# -- without isolation ----------------------------------------------------------------------


def test_without_any_layer_everything_works_and_it_is_said_once(lab, tmp_path):
    (lab / "tiny.py").write_text(script(**RIGHT))
    settings = Settings(device="cpu", skip=frozenset(LAYERS))
    with Grader(Course.handed_out(lab), settings) as grader:
        result = grader.grade(lab)
    assert result.score == result.max_score
    assert not has_isolation(result)
    told = [Progress.open(tmp_path).remember(result) for _ in range(3)]
    assert told == [[NO_ISOLATION], [], []]


def test_where_nothing_ran_nothing_is_said_of_isolation():
    assert has_isolation(Result("", "", "tiny"))


def test_of_two_files_that_differ_the_one_saved_last_is_checked_and_it_is_said(tmp_path, grader):
    lab = lay_out(tmp_path / "lab")
    (lab / "tiny.py").write_text(script(double=RIGHT["double"]))
    (lab / "tiny.ipynb").write_text(notebook(double="return 3"))
    os.utime(lab / "tiny.ipynb", (1, 1))
    result = grade_work(grader, lab)
    assert result.exercises[0].score == 3
    assert "tiny.py is used; tiny.ipynb is older" in result.notes
