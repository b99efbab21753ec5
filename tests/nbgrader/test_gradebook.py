"""`autograder grade submitted/ --gradebook URL`, on real gradebooks of nbgrader."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.cli import main
from autograder.errors import CourseError, GradebookError, UsageError
from autograder.results import Status
from autograder.runs.grading import Grader, Settings
from autograder.runs.kept import only_writer

SCRIPT = "# %% double\ndef double(x):\n    return 2 * x\n"


def everything(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in root.rglob("*") if path.is_file()}


# -- what goes in ---------------------------------------------------------------------------


def test_scores_in_the_gradebook_are_those_of_the_report(small_class):
    small_class.four()
    done = small_class.grade()
    assert [result.student for result in done.results] == ["ada", "ben", "grace", "zoe"]
    for result in done.results:
        expected = {f"check_{exercise.name}": exercise.score for exercise in result.exercises}
        assert small_class.automatic(result.student) == expected
    assert small_class.automatic("ada") == {"check_double": 9.0, "check_shout": 2.0}
    assert small_class.automatic("ben") == {"check_double": 0.0, "check_shout": 0.0}
    assert all(row[3] == 0 for s in ("ada", "ben") for row in small_class.scores(s).values())


def test_nbgrader_itself_reads_the_same_totals(small_class):
    small_class.four()
    done = small_class.grade()
    with small_class.gradebook() as gradebook:
        for result in done.results:
            submission = gradebook.find_submission("tiny", result.student)
            assert submission.score == result.score
            assert submission.max_score == 11
            assert not submission.needs_manual_grade
        untouched = gradebook.find_comment("double", "tiny", "tiny", "zoe")
        filled = gradebook.find_comment("double", "tiny", "tiny", "ada")
        assert (untouched.comment, filled.comment) == ("No response.", None)


def test_the_cells_of_a_new_assignment_are_what_nbgrader_makes(small_class, tmp_path):
    from nbgrader.preprocessors import SaveCells

    small_class.hand_in("ada")
    small_class.grade()
    other = tmp_path / "nbgraders.db"
    with Gradebook(f"sqlite:///{other}") as gradebook:
        gradebook.update_or_create_assignment("tiny")
    about = {"notebook": "tiny", "assignment": "tiny", "db_url": f"sqlite:///{other}"}
    notebook = nbformat.reads(small_class.release.decode(), as_version=4)
    SaveCells().preprocess(notebook, {"nbgrader": about})

    def cells(file: Path) -> list[list[tuple]]:
        connection = sqlite3.connect(file)
        queries = (
            "select name, kernelspec from notebook",
            "select name, type from base_cell",
            "select max_score, cell_type from grade_cells",
            "select name, cell_type, locked, source, checksum from source_cell",
            "select * from alembic_version",
        )
        found = [sorted(connection.execute(query).fetchall()) for query in queries]
        connection.close()
        return found

    assert cells(small_class.database) == cells(other)


def test_an_assignment_that_has_only_a_due_date_keeps_it(small_class):
    with small_class.gradebook() as gradebook:
        gradebook.add_assignment("tiny", duedate="2026-01-02 03:04:05 UTC")
    small_class.hand_in("ada")
    small_class.grade()
    assert small_class.sql("select duedate from assignment") == [("2026-01-02 03:04:05.000000",)]
    assert small_class.automatic("ada")["check_double"] == 9


def test_other_check_cells_in_the_gradebook_are_an_error(small_class):
    small_class.hand_in("ada")
    small_class.grade()
    small_class.sql("update grade_cells set max_score = 1 where max_score = 9")
    with pytest.raises(GradebookError, match=r"check_double.*generate_assignment tiny --force"):
        small_class.grade()


def test_a_release_that_is_not_in_step_is_an_error(small_class):
    release = small_class.root / "release" / "tiny" / "tiny.ipynb"
    release.write_text(release.read_text().replace('"points": 9', '"points": 8'))
    small_class.hand_in("ada")
    with pytest.raises(CourseError, match="autograder release tiny"):
        small_class.grade()


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


# -- what belongs to a person ---------------------------------------------------------------


def mark_by_hand(small_class) -> None:
    """What formgrader does where a teacher scores a cell and writes a comment."""
    with small_class.gradebook() as gradebook:
        grade = gradebook.find_grade("check_double", "tiny", "tiny", "ada")
        grade.manual_score, grade.extra_credit, grade.needs_manual_grade = 4.5, 1.0, False
        gradebook.find_comment("double", "tiny", "tiny", "ada").manual_comment = "See me."
        gradebook.find_submission_notebook("tiny", "tiny", "ada").flagged = True
        gradebook.db.commit()


def test_marks_given_by_hand_stay(small_class):
    small_class.hand_in("ada")
    small_class.grade()
    mark_by_hand(small_class)
    rows = small_class.rows()
    assert small_class.states() == {"ada": "unchanged"}
    assert small_class.rows() == rows
    assert small_class.scores("ada")["check_double"] == (9.0, 4.5, 1.0, 0)


def test_where_the_automatic_score_changes_a_person_is_asked_to_look_again(small_class):
    small_class.hand_in("ada")
    small_class.grade()
    mark_by_hand(small_class)
    small_class.hand_in("ada", {})
    small_class.grade()
    assert small_class.scores("ada")["check_double"] == (0.0, 4.5, 1.0, 1)
    assert small_class.scores("ada")["check_shout"] == (0.0, None, None, 0)
    assert small_class.sql("select flagged from submitted_notebook") == [(1,)]
    comments = small_class.sql("select auto_comment, manual_comment from comment")
    assert ("No response.", "See me.") in comments


def test_where_a_check_failed_through_our_fault_a_person_is_asked_to_look(small_class, monkeypatch):
    small_class.hand_in("ada")
    honest = Grader.grade_submission

    def faulty(self, submission, begun=None):
        result = honest(self, submission, begun)
        first, *rest = result.exercises[0].checks
        first = replace(first, status=Status.INTERNAL, score=0.0)
        exercise = replace(result.exercises[0], checks=(first, *rest))
        return replace(result, exercises=(exercise, *result.exercises[1:]))

    monkeypatch.setattr(Grader, "grade_submission", faulty)
    small_class.grade()
    assert small_class.scores("ada")["check_double"] == (7.0, None, None, 1)
    assert small_class.scores("ada")["check_shout"] == (2.0, None, None, 0)
    monkeypatch.setattr(Grader, "grade_submission", honest)
    small_class.grade()
    assert small_class.told[0].graded
    assert small_class.scores("ada")["check_double"] == (9.0, None, None, 0)


# -- the notebooks --------------------------------------------------------------------------


def outputs(small_class, student: str, cell_id: str = "check_double") -> list:
    path = small_class.folder(student, "autograded") / "tiny.ipynb"
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    (cell,) = [cell for cell in notebook.cells if cell.get("id") == cell_id]
    return cell.outputs


def test_check_cells_explain_and_end_with_the_bare_points(small_class):
    small_class.four()
    small_class.grade()
    explained, points = outputs(small_class, "grace")
    assert points.output_type == "execute_result"
    assert points.data == {"text/plain": "4"}
    assert explained.output_type == "display_data"
    assert "double(3)" in explained.data["text/html"]
    assert [out.data.get("text/plain") for out in outputs(small_class, "ben")][1] == "0"


def test_of_hidden_checks_only_the_description_is_told(small_class):
    small_class.hand_in("grace", {"shout": "class Voice:\n    pass\n"})
    small_class.grade()
    explained = outputs(small_class, "grace", "check_shout")[0].data
    for text in explained.values():
        assert "Voice(3).volume is 3" in text
        assert "has_volume" not in text
        assert "TypeError" not in text


def test_nothing_of_a_submission_is_markup(small_class):
    hostile = "def double(x):\n    print('x' * 9)\n    raise ValueError('<script>$x$')\n"
    small_class.hand_in("eve", {"double": hostile})
    small_class.grade()
    explained, _ = outputs(small_class, "eve")
    assert "<script" not in explained.data["text/html"]
    assert "&lt;script" in explained.data["text/html"]
    assert "xxxxxxxxx" not in explained.data["text/html"]


def test_a_script_is_graded_beside_and_instead_of_the_notebook(small_class):
    small_class.hand_in_file("sam", "tiny.py", SCRIPT)
    small_class.hand_in("kim", {})
    small_class.hand_in_file("kim", "tiny.py", SCRIPT)
    small_class.grade()
    for student in ("sam", "kim"):
        assert small_class.automatic(student)["check_double"] == 9
        assert (small_class.folder(student, "autograded") / "tiny.py").read_text() == SCRIPT
        path = small_class.folder(student, "autograded") / "tiny.ipynb"
        sources = [cell.source for cell in nbformat.read(path, as_version=4).cells]
        assert any("return 2 * x" in source for source in sources)


def test_feedback_pages_of_nbgrader_can_be_made_of_it(small_class):
    small_class.four()
    small_class.grade()
    folder = small_class.root
    (folder / "nbgrader_config.py").write_text(
        f'c = get_config()\nc.CourseDirectory.db_url = "sqlite:///{small_class.database}"\n'
    )
    ended = subprocess.run(
        [sys.executable, "-m", "nbgrader", "generate_feedback", "tiny"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    pages = {
        student: (small_class.folder(student, "feedback") / "tiny.html").read_text()
        for student in ("ada", "grace", "zoe", "ben")
    }
    assert "(Score: 11.0 / 11.0)" in pages["ada"]
    assert "(Score: 6.0 / 11.0)" in pages["grace"]
    assert "double(3)" in pages["grace"]
    assert "No response." in pages["zoe"]
    assert "is not complete JSON" in pages["ben"]
    assert str(folder) not in pages["ben"]


# -- time -----------------------------------------------------------------------------------


def test_timestamps_are_kept_and_late_work_costs_what_nbgraders_plugin_says(small_class):
    (small_class.root / "nbgrader_config.py").write_text(
        'c = get_config()\nc.LateSubmissionPlugin.penalty_method = "zero"\n'
    )
    with small_class.gradebook() as gradebook:
        gradebook.add_assignment("tiny", duedate="2026-11-20 10:00:00 UTC")
    small_class.hand_in("ada", timestamp="2026-11-20 10:00:01 UTC")
    small_class.hand_in("grace", timestamp="2026-11-20 10:00:00 UTC")
    small_class.hand_in("zoe", timestamp="soon")
    small_class.grade()
    with small_class.gradebook() as gradebook:
        late, early, undated = (
            gradebook.find_submission("tiny", student) for student in ("ada", "grace", "zoe")
        )
        assert (late.late_submission_penalty, early.late_submission_penalty) == (11.0, 0.0)
        assert (late.total_seconds_late, early.total_seconds_late) == (1, 0)
        assert undated.timestamp is None
        gradebook.grant_extension("tiny", "ada", minutes=1)
    assert any("timestamp" in note for note in small_class.told[-1].result.notes)
    (small_class.folder("grace") / "timestamp.txt").unlink()
    assert small_class.states() == {"ada": "written", "grace": "unchanged", "zoe": "unchanged"}
    with small_class.gradebook() as gradebook:
        assert gradebook.find_submission("tiny", "ada").late_submission_penalty == 0
        assert gradebook.find_submission("tiny", "grace").timestamp is not None


PLUGIN = """\
from nbgrader.plugins import BasePlugin

class Careful(BasePlugin):
    def late_submission_penalty(self, student, score, seconds):
        return {"ada": 2.0, "grace": 99.0}[student]
"""


def test_a_plugin_that_fails_for_one_student_holds_up_nobody(small_class):
    (small_class.root / "careful_plugin.py").write_text(PLUGIN)
    (small_class.root / "nbgrader_config.py").write_text(
        'c = get_config()\nc.AssignLatePenalties.plugin_class = "careful_plugin.Careful"\n'
    )
    with small_class.gradebook() as gradebook:
        gradebook.add_assignment("tiny", duedate="2026-11-20 10:00:00 UTC")
    for student in ("ada", "bo", "grace"):
        small_class.hand_in(student, timestamp="2026-11-21 10:00:00 UTC")
    assert small_class.states() == {"ada": "written", "bo": "pending", "grace": "written"}
    penalties = small_class.sql("select late_submission_penalty from submitted_notebook")
    assert sorted(penalties) == [(2.0,), (11.0,)]
    assert small_class.sql("select id from student order by id") == [("ada",), ("grace",)]


def test_no_configuration_is_taken_from_a_students_folder(small_class, monkeypatch):
    small_class.hand_in("ada")
    trap = "raise SystemExit('a submission was run')\n"
    for name in ("nbgrader_config.py", "jupyter_config.py", "alembic.py", "sqlalchemy.py"):
        small_class.hand_in_file("ada", name, trap)
    monkeypatch.chdir(small_class.folder("ada"))
    small_class.grade(Path())
    assert small_class.automatic("ada")["check_double"] == 9


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

    from autograder.nbgrader.class_grading import grade_class

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

    from autograder.nbgrader.class_grading import grade_class

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

    from autograder.nbgrader.class_grading import grade_class

    path = small_class.root / "submitted"
    with pytest.raises(KeyboardInterrupt):
        grade_class([path], small_class.grader, small_class.url, interrupted)
    assert small_class.automatic("grace") == {"check_double": 4.0, "check_shout": 2.0}
    assert small_class.states()["zoe"] == "written"
    assert [one.result.student for one in small_class.told if one.graded] == ["ben", "zoe"]


def test_a_run_that_is_killed_between_two_students_goes_on_where_it_stopped(small_class, tiny):
    small_class.hand_in("ada")
    small_class.hand_in("grace", {"double": "import time\ntime.sleep(50)\n"})
    command = [sys.executable, "-m", "autograder", "grade", "submitted", "--course", str(tiny)]
    command += ["--gradebook", small_class.url, "--device", "cpu"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert line.startswith("ada  tiny  11 / 11  in the gradebook")
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


def test_only_whole_assignments_go_into_a_gradebook(small_class):
    small_class.hand_in("ada")
    small_class.grader = replace(small_class.grader, settings=Settings(only=frozenset({"double"})))
    with pytest.raises(UsageError, match="leave out --exercise"):
        small_class.grade()
