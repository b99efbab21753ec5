"""`autograder grade submitted/ --gradebook URL`, on real gradebooks of nbgrader."""

import os
import sqlite3
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.errors import CourseError, GradebookError
from autograder.grading.grader import Grader
from autograder.nbgrader.configured import Configured
from autograder.nbgrader.gradebook import GradebookWriter, GradedSubmission
from autograder.results import Status

SCRIPT = "# %% double\ndef double(x):\n    return 2 * x\n"


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


@pytest.mark.parametrize("other", ["tiny.py", "tiny_final.py"])
def test_where_it_is_not_clear_which_file_counts_a_person_is_asked(small_class, other):
    """Whether it can be graded all the same (a version of another name) or not."""
    notebook = small_class.hand_in("ada")
    work = f"{SCRIPT}def shout(text):\n    return text\n\nclass Voice:\n    volume = 1\n"
    script = small_class.hand_in_file("ada", other, work)
    os.utime(script, (notebook.stat().st_mtime, notebook.stat().st_mtime))
    for _ in range(2):  # the second time its result is a kept one
        small_class.grade()
        assert small_class.told[0].result.doubt
        assert [row[3] for row in small_class.scores("ada").values()] == [1, 1]


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

    def faulty(self, submission):
        result = honest(self, submission)
        first, *rest = result.exercises[0].checks
        first = replace(first, status=Status.INTERNAL, score=Decimal(0))
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


def test_of_a_student_everything_is_written_or_nothing(small_class):
    notebook = nbformat.reads(small_class.release, as_version=nbformat.NO_CONVERT)
    entries = [GradedSubmission("ada", name, notebook) for name in ("tiny", "no_such_assignment")]
    with GradebookWriter(small_class.url, Configured.read(small_class.root)) as writer:
        writer.add_assignment("tiny", notebook)
        with pytest.raises(GradebookError):
            writer.save(entries)
        assert small_class.sql("select id from student") == []
        assert writer.save(entries[:1]) == [True]
        assert small_class.sql("select id from student") == [("ada",)]
