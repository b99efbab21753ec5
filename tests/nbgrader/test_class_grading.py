"""A class graded into a gradebook: runs that are repeated, interrupted, or find it locked."""

import contextlib
import importlib
import itertools
import json
import os
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.cli.main import main
from autograder.course.course import Course
from autograder.errors import GradebookError, UsageError
from autograder.grading.grader import Grader, Settings
from autograder.grading.kept import only_writer
from autograder.nbgrader.class_grading import grade_class

SCRIPT = "# %% double\ndef double(x):\n    return 2 * x\n"


def everything(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in root.rglob("*") if path.is_file()}


# -- what a person has to look at ------------------------------------------------------------

VERSION = (
    "def double(x):\n    return 3 * x\ndef shout(text):\n    return text\nclass Voice:\n    x = 1\n"
)


def test_where_two_versions_differ_a_person_is_asked_and_the_points_are_of_the_one_that_is_named(
    small_class,
):
    small_class.hand_in("ada")
    small_class.hand_in("grace")
    small_class.hand_in_file("grace", "tiny_final.py", VERSION)
    small_class.hand_in("zoe")
    copy = small_class.folder("zoe") / "tiny (1).py"
    copy.write_text(VERSION)
    saved = (small_class.folder("zoe") / "tiny.ipynb").stat().st_mtime
    os.utime(copy, (saved, saved))
    small_class.grade()
    looked_at = {
        name: {row[-1] for row in small_class.scores(name).values()}
        for name in ("ada", "grace", "zoe")
    }
    assert looked_at == {"ada": {0}, "grace": {1}, "zoe": {1}}
    assert small_class.automatic("grace") == small_class.automatic("ada")
    assert set(small_class.automatic("zoe").values()) == {0.0}


# -- a second run ---------------------------------------------------------------------------


def test_a_second_run_changes_nothing(small_class):
    small_class.four()
    small_class.hand_in_file("sam", "tiny.py", SCRIPT, "2026-11-20 10:00:00 UTC")
    assert set(small_class.states().values()) == {"written"}
    rows, files = small_class.rows(), everything(small_class.root / "autograded")
    database = small_class.database.read_bytes()
    first = [written.result for written in small_class.told]
    assert set(small_class.states().values()) == {"unchanged"}
    assert small_class.rows() == rows
    assert everything(small_class.root / "autograded") == files
    assert small_class.database.read_bytes() == database
    graded = {written.result.student for written in small_class.told if written.graded}
    assert graded == {"ben"}  # what can't be read needs no worker, and is read again
    for before, now in zip(first, small_class.told, strict=True):
        assert before.exercises == now.result.exercises
        assert before.notes == now.result.notes


def test_what_is_handed_in_again_is_graded_again(small_class):
    small_class.hand_in("ada", {})
    small_class.hand_in("grace")
    small_class.grade()
    small_class.hand_in("ada")
    assert small_class.states() == {"ada": "written", "grace": "unchanged"}
    assert small_class.automatic("ada") == {"check_double": 9.0, "check_shout": 2.0}


def test_a_lost_gradebook_is_filled_from_what_is_kept(small_class):
    small_class.hand_in("ada")
    small_class.grade()
    small_class.database.unlink()
    (small_class.folder("ada", "autograded") / "tiny.ipynb").unlink()
    assert small_class.states() == {"ada": "written"}
    assert not small_class.told[0].graded
    assert small_class.automatic("ada")["check_double"] == 9
    assert (small_class.folder("ada", "autograded") / "tiny.ipynb").exists()


def test_broken_files_among_the_kept_results_are_as_good_as_none(small_class):
    small_class.hand_in("ada")
    small_class.grade()
    (kept,) = (small_class.root / ".autograder" / "results").glob("*.json")
    kept.write_text('{"key": 3, "results"')
    assert small_class.states() == {"ada": "unchanged"}
    assert small_class.told[0].graded


def test_a_kept_result_is_graded_again_where_a_protection_is_required_that_was_off(small_class):
    small_class.hand_in("ada")
    small_class.grade()
    (kept,) = (small_class.root / ".autograder" / "results").glob("*.json")
    record = json.loads(kept.read_text())
    record["results"][0]["protections"]["network"]["on"] = False
    kept.write_text(json.dumps(record))
    assert small_class.states() == {"ada": "unchanged"}
    assert not small_class.told[0].graded
    settings = small_class.grader.settings
    small_class.grader.settings = replace(settings, require=frozenset({"network"}))
    try:
        assert small_class.states() == {"ada": "unchanged"}
    finally:
        small_class.grader.settings = settings
    assert small_class.told[0].graded


# -- faults of ours -------------------------------------------------------------------------


@pytest.mark.usefixtures("own_forkserver")
def test_a_forkserver_that_is_killed_between_students_costs_nobody(small_class, tiny):
    small_class.four()

    def tell(written) -> None:
        grader._launcher._process.kill()

    with Grader(Course.open(tiny), Settings(device="cpu")) as grader:
        path = small_class.root / "submitted"
        done = grade_class([path], grader, small_class.url, tell)
    assert done.states == ["written"] * 4
    assert [float(result.score) for result in done.results] == [11.0, 0.0, 6.0, 0.0]
    assert not any(result.has_internal_faults for result in done.results)


@pytest.mark.parametrize(
    "place",
    [
        "autograder.grading.reader.load",
        "autograder.nbgrader.judged.repair",
        "autograder.grading.grader.conclude",
        "autograder.nbgrader.judged.check_cell_outputs",
    ],
)
def test_an_exception_of_ours_costs_one_student_and_is_for_a_person(
    small_class, monkeypatch, place
):
    """Each of these is called for every student, and breaks for the first."""
    module, _, name = place.rpartition(".")
    works = getattr(importlib.import_module(module), name)
    calls = itertools.count()

    def breaks(*given, **named):
        if not next(calls):
            raise RecursionError("too deep")
        return works(*given, **named)

    small_class.hand_in("ada")
    small_class.hand_in("grace")
    monkeypatch.setattr(place, breaks)
    assert small_class.states() == {"ada": "written", "grace": "written"}
    ada, grace = small_class.told
    assert small_class.automatic("grace") == {"check_double": 9.0, "check_shout": 2.0}
    assert not grace.result.has_internal_faults
    if name == "repair":
        assert "which is our fault" in "".join(ada.result.notes)
        assert small_class.automatic("ada") == {"check_double": 9.0, "check_shout": 2.0}
    else:
        assert ada.result.has_internal_faults
        assert {row[-1] for row in small_class.scores("ada").values()} == {1}


# -- a gradebook that is not there ----------------------------------------------------------


def lock(small_class) -> sqlite3.Connection:
    connection = sqlite3.connect(small_class.database, isolation_level=None)
    connection.execute("begin exclusive")
    return connection


def test_a_locked_gradebook_is_an_error_before_anything_is_graded(small_class):
    small_class.hand_in("ada")
    small_class.grade()
    other = lock(small_class)
    with pytest.raises(GradebookError, match=r"locked.*run the same command again"):
        small_class.grade()
    other.close()
    assert small_class.told == []


def test_a_gradebook_that_is_locked_midway_loses_nobody(small_class):
    small_class.four()
    others: list[sqlite3.Connection] = []

    def tell(written) -> None:
        if not others:
            others.append(lock(small_class))

    path = small_class.root / "submitted"
    done = grade_class([path], small_class.grader, small_class.url, tell)
    assert done.states == ["written", "pending", "pending", "pending"]
    assert "locked" in done.problem
    others[0].close()
    assert small_class.sql("select id from student") == [("ada",)]
    assert not small_class.folder("grace", "autograded").exists()
    again = small_class.states()
    assert again == {"ada": "unchanged", "ben": "written", "grace": "written", "zoe": "written"}
    assert [one.result.student for one in small_class.told if one.graded] == ["ben"]


def test_what_waited_for_a_lock_is_written_when_it_is_gone(small_class):
    small_class.four()
    others: list[sqlite3.Connection] = []

    def tell(written) -> None:
        if written.result.student == "ada":
            others.append(lock(small_class))
        if written.result.student == "ben":
            others[0].close()

    path = small_class.root / "submitted"
    done = grade_class([path], small_class.grader, small_class.url, tell)
    assert done.states == ["written"] * 4
    assert done.problem == ""
    assert small_class.automatic("ben") == {"check_double": 0.0, "check_shout": 0.0}


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("gradebook.db", "write sqlite:///gradebook.db"),
        ("sqlite:////nowhere/at/all/gradebook.db", "its folder is there"),
        ("sqlite:///submitted/ada/tiny/tiny.ipynb", "check the path"),
        ("nosuchdatabase://host/name", "nosuchdatabase"),
        ("mysql+nodriver://teacher:geheim@localhost:1/grades", "nodriver|missing|can't"),
        ("postgresql://teacher:geheim@127.0.0.1:1/grades", "install it|refused"),
    ],
)
def test_a_gradebook_that_cant_be_opened_is_a_clear_error(small_class, url, problem):
    small_class.hand_in("ada")
    with pytest.raises(GradebookError, match=problem) as caught:
        small_class.grade(url=url)
    assert "geheim" not in str(caught.value)
    assert small_class.told == []


def test_only_one_run_at_a_time_writes_a_gradebook(small_class):
    small_class.hand_in("ada")
    memory = small_class.root / ".autograder"
    memory.mkdir()
    with only_writer(memory, "it"), pytest.raises(UsageError, match="another run"):
        small_class.grade()
    assert small_class.states() == {"ada": "written"}


def test_ctrl_c_loses_nothing_that_was_committed(small_class):
    small_class.four()

    def interrupted(written) -> None:
        if written.result.student == "grace":
            raise KeyboardInterrupt

    path = small_class.root / "submitted"
    with pytest.raises(KeyboardInterrupt):
        grade_class([path], small_class.grader, small_class.url, interrupted)
    assert small_class.automatic("grace") == {"check_double": 4.0, "check_shout": 2.0}
    assert small_class.states()["zoe"] == "written"
    assert [one.result.student for one in small_class.told if one.graded] == ["ben", "zoe"]


def test_a_run_that_is_killed_between_two_students_goes_on_where_it_stopped(small_class, tiny):
    small_class.hand_in("ada")
    small_class.hand_in("grace", {"double": "while True: pass\n"})
    command = [sys.executable, "-m", "autograder", "grade", "submitted", "--course", str(tiny)]
    command += ["--gradebook", small_class.url, "--device", "cpu"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
    last = small_class.folder("ada", "autograded") / "tiny.ipynb"  # written after ada's rows
    while not last.exists():
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
            raise AssertionError("it ended before ada was written")
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert small_class.automatic("ada") == {"check_double": 9.0, "check_shout": 2.0}
    assert small_class.automatic("grace") == {}
    small_class.hand_in("grace")
    assert small_class.states() == {"ada": "unchanged", "grace": "written"}
    assert [one.result.student for one in small_class.told if one.graded] == ["grace"]


# -- the command ----------------------------------------------------------------------------


def test_the_command_prints_a_line_a_student_and_a_summary_or_json(small_class, tiny, capsys):
    small_class.four()
    (small_class.root / "submitted" / "od\nd" / "tiny").mkdir(parents=True)
    small_class.hand_in("=cmd \x1b[31m".replace("\x1b", "\u202e"))
    command = ["grade", "submitted", "--course", str(tiny), "--device", "cpu"]
    command += ["--gradebook", small_class.url]
    assert main(command) == 3
    said = capsys.readouterr().out
    assert "ada  tiny  11 / 11  in the gradebook" in said
    assert "left out: submitted/od\\nd/tiny" in said
    assert "4 submissions: 4 in the gradebook, 2 left out" in said
    assert main([*command, "--json"]) == 3
    report = json.loads(capsys.readouterr().out)
    assert [(r["student"], r["score"]) for r in report["results"]] == [
        ("ada", 11.0),
        ("ben", 0.0),
        ("grace", 6.0),
        ("zoe", 0.0),
    ]


def test_only_whole_assignments_go_into_a_gradebook(small_class, tiny, capsys):
    small_class.hand_in("ada")
    command = ["grade", str(small_class.root), "--exercise", "double", "--gradebook", "x.db"]
    assert main([*command, "--course", str(tiny)]) == 2
    assert "leave out --exercise" in capsys.readouterr().err
