"""A whole submission: what it gets, what it is told, and that nothing but time differs."""

from __future__ import annotations

import json

import pytest

from autograder.course.course import Course
from autograder.errors import UsageError
from autograder.grading.grader import Grader, Settings
from autograder.judge import run
from autograder.results import Report, Status, as_json
from autograder.sandbox.host.session import Session


def without_time(*results):
    report = as_json(Report(results))
    for result in report["results"]:
        assert result.pop("seconds") > 0
    return json.dumps(report)


def scores(result):
    return {exercise.name: exercise.score for exercise in result.exercises}


def check_of(result, name):
    return next(c for exercise in result.exercises for c in exercise.checks if c.name == name)


def test_a_right_submission_gets_everything(tiny_grader, write_submission):
    result = tiny_grader.grade(write_submission())
    assert scores(result) == {"double": 9, "shout": 2}
    assert (result.score, result.max_score, result.error) == (11, 11, "")
    assert (result.student, result.assignment, result.device) == ("ada", "tiny", "cpu")
    assert result.notes == ()
    assert all(
        layer["on"] in (True, False) and layer["detail"] for layer in result.protections.values()
    )


def test_an_untouched_release_gets_nothing(tiny_grader, write_submission):
    stubs = {
        "double": "def double(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()\n",
        "shout": "def shout(text):\n    # YOUR CODE HERE\n    raise NotImplementedError()\n",
    }
    result = tiny_grader.grade(write_submission(stubs))
    assert result.score == 0
    assert "not written yet" in check_of(result, "doubles_a_number").rationale


# -- the same again -------------------------------------------------------------------------

UNSTEADY = """
import random, torch, warnings
START = torch.rand(2)
print({"a", "b", "c", "d"}, object(), START, random.random())
warnings.warn("old")
def double(x):
    if x == 3:
        return {str(x): print, "start": START}
    raise ValueError(f"{object()} {sorted} {torch.rand(1)}")
"""


def test_the_same_submission_graded_twice_is_told_the_same_byte_for_byte(
    tiny, tiny_grader, write_submission
):
    path = write_submission(
        {"double": UNSTEADY, "shout": "def shout(text):\n    return lambda: 3\n"}
    )
    first, second = (tiny_grader.grade(path) for _ in range(2))
    assert first.exercises[0].printed
    assert without_time(first) == without_time(second)
    with Grader(Course.open(tiny), Settings(device="cpu")) as another:
        assert without_time(first) == without_time(another.grade(path))


def test_a_time_out_is_told_the_same_twice(tiny_grader, write_submission):
    path = write_submission({"double": "def double(x):\n    while True: pass\n"})
    first, second = (tiny_grader.grade(path) for _ in range(2))
    assert check_of(first, "doubles_a_number").status is Status.ERROR
    assert without_time(first) == without_time(second)


def test_what_came_before_does_not_matter(tiny_grader, write_submission):
    path = write_submission({"double": "def double(x):\n    return x * x\n"})
    alone = tiny_grader.grade(path)
    tiny_grader.grade(write_submission({"double": "import os; os._exit(0)\n"}, name="hostile"))
    assert without_time(tiny_grader.grade(path)) == without_time(alone)


def test_another_seed_asks_with_other_inputs(tiny, write_submission):
    wrong = "def double(x):\n    return 2 * x if isinstance(x, int) else 3 * x\n"
    path, told = write_submission({"double": wrong}), []
    for seed in (0, 1):
        with Grader(Course.open(tiny), Settings(device="cpu", seed=seed)) as grader:
            result = grader.grade(path, ["double"])
        assert (result.score, result.seed) == (6, seed)
        told.append(check_of(result, "agrees_on_unseen").rationale)
    assert told[0] != told[1]


# -- independence ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "broken",
    [
        None,
        "def double(x)\n    return 2 * x\n",
        "1 / 0\n",
        "import os; os._exit(0)\n",
        "import sys; sys.exit()\n",
        "def double(x):\n    import os; os.kill(os.getpid(), 9)\n",
        "def double(x):\n    while True: pass\n",
        "import torch\ntorch.set_grad_enabled(False)\ntorch.set_default_dtype(torch.float64)\n",
        "import builtins\nbuiltins.len = None\ndef double(x):\n    raise SystemExit\n",
        "double = 2\n",
    ],
)
def test_a_broken_exercise_costs_its_own_points_alone(tiny_grader, write_submission, broken):
    result = tiny_grader.grade(write_submission({"double": broken}))
    assert scores(result) == {"double": 0, "shout": 2}
    assert not result.has_internal_faults


def test_in_the_real_course_too(course, grader, write_submission):
    exercises = course.assignment("logistic_regression").exercises
    right = {e.name: (e.folder / "solution.py").read_text(encoding="utf-8") for e in exercises}
    path = write_submission({"bce_criterion": "import os; os._exit(0)\n"}, right=right)
    result = grader.grade(path)
    expected = {exercise.name: exercise.points for exercise in exercises} | {"bce_criterion": 0}
    assert scores(result) == expected
    first = result.exercises[1].checks[0]
    assert "does not define `criterion`" in first.rationale


# -- what is told ---------------------------------------------------------------------------


def test_an_error_points_at_the_line_of_the_script(tiny_grader, write_submission):
    path = write_submission({"double": "def double(x):\n    y = x\n    return y.nothing\n"})
    number = path.read_text().splitlines().index("    return y.nothing") + 1
    rationale = check_of(tiny_grader.grade(path), "doubles_a_number").rationale
    assert f"at ada.py, line {number}: `return y.nothing`" in rationale


def notebook(*cells):
    return json.dumps(
        {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {},
            "cells": [
                {
                    "id": f"cell-{number}",
                    "cell_type": kind,
                    "metadata": {},
                    "source": source,
                    **({"outputs": [], "execution_count": None} if kind == "code" else {}),
                }
                for number, (kind, source) in enumerate(cells)
            ],
        }
    )


def test_an_error_points_at_the_line_of_the_notebooks_cell(tiny_grader, tmp_path):
    path = tmp_path / "ada.ipynb"
    path.write_text(
        notebook(
            ("markdown", "# Title"),
            ("code", "a = 1"),
            ("code", "1 / 0"),
            ("code", "def double(x):\n    y = x\n    return y.nothing"),
        )
    )
    result = tiny_grader.grade(path)
    assert "at cell 3, line 3: `return y.nothing`" in check_of(result, "doubles_a_number").rationale
    assert "cell 2, line 1: `1 / 0`: ZeroDivisionError: division by zero" in result.notes


def test_what_is_missing_is_told_with_the_reason(tiny_grader, write_submission):
    result = tiny_grader.grade(write_submission({"double": None}))
    assert check_of(result, "doubles_a_number").rationale == "Your work does not define `double`."
    late = "import nothing_like_this\n\ndef double(x, y=nothing_like_this):\n    return 2 * x\n"
    result = tiny_grader.grade(write_submission({"double": late}))
    assert (
        "`import nothing_like_this`: ModuleNotFoundError"
        in check_of(result, "doubles_a_number").rationale
    )
    assert any("ModuleNotFoundError" in note for note in result.notes)


def test_what_is_printed_belongs_to_its_exercise(tiny_grader, write_submission):
    code = {
        "double": "print('loading')\ndef double(x):\n    print('doubling')\n    return 2 * x\n",
        "shout": "def shout(text):\n    print('shouting')\n    return text.upper()\n",
    }
    double, shout = tiny_grader.grade(write_submission(code)).exercises
    assert double.printed.splitlines() == ["loading", *["doubling"] * 2]
    assert shout.printed == "shouting\n"


def test_a_known_mistake_is_named(tiny, tiny_grader, write_submission, monkeypatch):
    from autograder.judge.diagnosis import Fingerprint
    from autograder.judge.expect import Evidence

    folder = tiny_grader.course.assignment("tiny").exercises[0].folder
    known = [
        Fingerprint("squares", "A square?", {"doubles_a_number": Evidence("value", "", (9.0,))})
    ]
    monkeypatch.setitem(tiny_grader._fingerprints, folder, known)
    result = tiny_grader.grade(write_submission({"double": "def double(x):\n    return x * x\n"}))
    first = check_of(result, "doubles_a_number")
    assert (first.mistake, first.hint) == ("squares", "A square?")


def test_forged_results_are_a_note_and_no_points(tiny_grader, write_submission):
    forging = """
import atexit, json, os
print("PASSED 100/100")
with open("results.json", "w") as file:
    json.dump({"score": 100}, file)
def double(x):
    return 7
"""
    assert scores(tiny_grader.grade(write_submission({"double": forging})))["double"] == 4


# -- what can't be graded -------------------------------------------------------------------


def test_what_cannot_be_read_is_a_result_with_its_cause(tiny_grader, tmp_path):
    result = tiny_grader.grade(tmp_path / "nobody.py")
    assert "nobody.py" in result.error
    assert (result.score, result.max_score) == (0, 11)
    statuses = {c.status for exercise in result.exercises for c in exercise.checks}
    assert statuses == {Status.SKIPPED}


def test_helper_files_that_do_not_fit_are_told(tiny_grader, tmp_path):
    folder = tmp_path / "ada"
    folder.mkdir()
    (folder / "tiny.py").write_text("import helper\ndef double(x):\n    return helper.two * x\n")
    (folder / "helper.py").write_text("two = 2\n")
    result = tiny_grader.grade(folder)
    assert scores(result)["double"] == 9


def test_only_the_exercises_that_were_asked_for_are_graded(tiny_grader, write_submission):
    path = write_submission()
    assert scores(tiny_grader.grade(path, ["shout"])) == {"shout": 2}
    with pytest.raises(UsageError, match=r"no exercise shot; it has double, shout"):
        tiny_grader.grade(path, ["shot"])


def test_what_follows_from_a_failed_import_is_not_told_again(tiny_grader, tmp_path):
    cell = "import nowhere as no\nno.start()\nx = no.read()\nprint(x)\nprint(other)"
    path = tmp_path / "tiny.ipynb"
    path.write_text(notebook(("code", cell)))
    _, *notes = tiny_grader.grade(path).notes
    assert [note.split(":")[0] for note in notes] == ["cell 1, line 1", "cell 1, line 5"]


# -- visible first, hidden last -------------------------------------------------------------


def test_nothing_hidden_is_sent_before_the_last_visible_verdict(
    tiny_grader, write_submission, monkeypatch
):
    """Also where requests are sent ahead, and of all exercises."""
    told = []
    send, check = Session._send, run.run_check

    def note_request(session, request, buffers):
        if request["op"] == "call":
            told.append((session, str(request["target"]), request["args"]))
        return send(session, request, buffers)

    def note_verdict(setup, one, candidate, ahead):
        finding = check(setup, one, candidate, ahead)
        told.append((candidate.session, one.name, one.visible))
        return finding

    tiny_grader.grade(write_submission())  # so that all is foreseen
    monkeypatch.setattr(Session, "_send", note_request)
    monkeypatch.setattr(run, "run_check", note_verdict)
    result = tiny_grader.grade(write_submission())
    assert result.score == result.max_score
    (session,) = {where for where, _, seen in told if seen is True}
    own = [(what, seen) for where, what, seen in told if where is session]
    verdicts = [what for what, seen in own if isinstance(seen, bool)]
    assert verdicts == [
        *("doubles_a_number", "gets_far", "is_loud"),
        *("agrees_on_unseen", "has_volume"),
    ]
    last = own.index(("is_loud", True))
    hidden = [
        place
        for place, (what, seen) in enumerate(own)
        if "Voice" in what or ("double" in what and seen not in ([3], [1], True))
    ]
    assert len(hidden) == 2
    assert min(hidden) > last


def test_what_is_printed_while_hidden_checks_run_is_dropped(tiny_grader, write_submission):
    loud = "def double(x):\n    print('got', type(x).__name__)\n    return 2 * x\n"
    result = tiny_grader.grade(write_submission({"double": loud}))
    assert scores(result)["double"] == 9
    (printed,) = [exercise.printed for exercise in result.exercises if exercise.name == "double"]
    assert "got int" in printed
    assert "Tensor" not in printed
