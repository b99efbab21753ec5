"""A path becomes one submission, or one clear line that says what to do."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from autograder.errors import SubmissionError
from autograder.submissions.model import KnownAssignments

from .builders import (
    COURSE,
    FILLED,
    STUBS,
    archive,
    code_cell,
    folder,
    graded,
    notebook,
    read,
    source_of,
)

ALL = FILLED.replace("raise NotImplementedError()", "self.a = 1")


def refused(path, course=COURSE):
    with pytest.raises(SubmissionError) as caught:
        read(path, course)
    assert "\n" not in str(caught.value)
    assert caught.value.remedy
    return str(caught.value)


def test_a_script_is_a_submission(tmp_path):
    path = folder(tmp_path, {"alice.py": FILLED}) / "alice.py"
    submission = read(path)
    assert (submission.student, submission.assignment, submission.name) == (
        "alice",
        "lab",
        str(path),
    )
    assert "mean()" in source_of(submission)
    assert submission.notes == ()
    assert not submission.files
    assert len(submission.digest) == 64


@pytest.mark.parametrize(
    ("place", "student"),
    [
        ("submitted/alice/lab/lab.py", "alice"),
        ("alice/lab.py", "alice"),
        ("work/alice.py", "alice"),
        ("bob/Lab (2).py", "bob"),
    ],
)
def test_the_student_is_named_by_the_path(tmp_path, place, student):
    folder(tmp_path, {place: FILLED})
    assert read(tmp_path / place).student == student
    if not place.startswith("work"):
        assert read((tmp_path / place).parent).student == student


def test_helper_files_come_along_and_the_rest_stays(tmp_path):
    folder(
        tmp_path / "alice",
        {
            "lab.py": FILLED,
            "helpers.py": "x = 1",
            "data/points.csv": "1,2",
            "README.md": "hi",
            "checks/lab.json": "{}",
            "__pycache__/lab.pyc": "x",
            ".git/config": "x",
            ".ipynb_checkpoints/lab-checkpoint.ipynb": "{}",
            "scratch.ipynb": notebook("x = 1"),
        },
    )
    submission = read(tmp_path / "alice")
    assert submission.files == {"helpers.py": b"x = 1", "data/points.csv": b"1,2"}
    assert submission.student == "alice"


def test_a_notebook_that_the_code_speaks_of_comes_along_as_code_alone(tmp_path):
    work = "import helper\n%run 'the rest.ipynb'\ndef criterion(p, y): return 1\n"
    made = {
        "lab.ipynb": notebook(work),
        "helper.py": "from deeper import x",
        "deeper.ipynb": notebook("%matplotlib inline\nx = 1"),
        "the rest.ipynb": notebook({**code_cell("y = 2"), "outputs": ["z" * 999]}),
        "scratch.ipynb": notebook("z = 3"),
    }
    files = read(folder(tmp_path, made)).files
    assert sorted(files) == ["deeper.ipynb", "helper.py", "the rest.ipynb"]
    assert json.loads(files["deeper.ipynb"])["cells"][0]["source"] == "pass\nx = 1"
    assert b"zz" not in files["the rest.ipynb"]


def test_a_helper_that_does_not_compile_is_said(tmp_path):
    submission = read(folder(tmp_path, {"lab.py": FILLED, "h.py": "x = 1\ny = ("}))
    assert "h.py, line 2: '(' was never closed" in submission.notes


@pytest.mark.parametrize("worked_in", ["lab.py", "lab.ipynb"])
def test_of_the_released_pair_the_one_that_is_filled_in_counts(tmp_path, worked_in):
    made = {"lab.py": STUBS, "lab.ipynb": notebook(STUBS)}
    made[worked_in] = FILLED if worked_in == "lab.py" else notebook(FILLED)
    submission = read(folder(tmp_path, made))
    assert "mean()" in source_of(submission)
    assert not submission.files
    assert any(f"{worked_in} is used" in note for note in submission.notes)


def test_a_pair_that_says_the_same_is_one_submission(tmp_path):
    submission = read(folder(tmp_path, {"lab.py": FILLED, "lab.ipynb": notebook(ALL)}))
    assert [c.origin for c in submission.cells] == ["cell 1"]
    assert "lab.ipynb is used; lab.py says the same" in submission.notes


def test_a_pair_that_differs_is_refused(tmp_path):
    other = FILLED.replace("mean", "sum")
    message = refused(folder(tmp_path, {"lab.py": FILLED, "lab.ipynb": notebook(other)}))
    assert "lab.py" in message
    assert "lab.ipynb" in message
    assert "hand in one" in message


def test_a_file_that_was_begun_and_does_not_compile_is_read_before_an_untouched_one(tmp_path):
    broken = STUBS.replace("def criterion(y_hat, y):", "def criterion(y_hat, y)")
    assert broken != STUBS
    path = folder(tmp_path, {"lab.ipynb": notebook(code_cell(STUBS)), "lab.py": broken})
    submission = read(path)
    assert "lab.py, line" in submission.dropped["criterion"]


def test_an_untouched_folder_is_read_and_said(tmp_path):
    submission = read(folder(tmp_path, {"lab.py": STUBS, "lab.ipynb": notebook(STUBS)}))
    assert any("nothing is filled in" in note for note in submission.notes)


def test_a_file_with_another_name_counts_if_it_holds_the_work(tmp_path):
    submission = read(folder(tmp_path, {"lab.py": STUBS, "Untitled.ipynb": notebook(FILLED)}))
    assert submission.cells[0].origin == "cell 1"
    assert "lab.py" not in submission.files
    assert "Untitled.ipynb is used; lab.py is not filled in" in submission.notes


def test_the_file_that_imports_the_others_is_the_main_one(tmp_path):
    made = {"a.py": "def criterion(p, y): return 1", "b.py": "from a import criterion"}
    submission = read(folder(tmp_path, made))
    assert source_of(submission) == "from a import criterion"
    assert list(submission.files) == ["a.py"]


def test_two_candidates_are_refused(tmp_path):
    made = {"a.py": "def criterion(p, y): return 1", "b.py": "def criterion(p, y): return 2"}
    message = refused(folder(tmp_path, made))
    assert "(a.py, b.py)" in message
    assert "pass the path of the file" in message


def test_two_assignments_are_refused_unless_one_is_chosen(tmp_path):
    folder(tmp_path, {"lab.py": FILLED, "other.py": "def predict(m): return 1"})
    assert "--assignment" in refused(tmp_path)
    chosen = KnownAssignments(COURSE.entry_points, preferred="other")
    assert read(tmp_path, chosen).assignment == "other"


def test_no_entry_point_is_a_submission_with_a_note(tmp_path):
    submission = read(folder(tmp_path, {"hello.py": "print('hi')"}))
    assert any("defines none of the names" in note for note in submission.notes)


def test_a_pasted_stub_does_not_hide_the_work(tmp_path):
    meta = graded("crit", grade=False, solution=True, locked=False)
    path = tmp_path / "lab.ipynb"
    work = code_cell("def criterion(p, y):\n    return 1", metadata=meta)
    stub = code_cell(
        "x = 1\ndef criterion(p, y):\n    raise NotImplementedError\ny = 2", metadata=meta
    )
    path.write_bytes(notebook(work, stub))
    submission = read(path)
    assert submission.cells[1].source == "x = 1\n\n\ny = 2"
    assert "cell 2, line 2: an untouched copy of `criterion`: left out" in submission.notes


def test_the_last_of_two_filled_definitions_counts(tmp_path):
    path = tmp_path / "lab.py"
    path.write_text("def criterion(p, y):\n    return 1\ndef criterion(p, y):\n    return 2\n")
    assert (
        "`criterion` is defined 2 times; the last one counts (lab.py, line 3)" in read(path).notes
    )


def test_a_broken_definition_is_kept_as_the_reason_for_its_absence(tmp_path):
    path = tmp_path / "lab.py"
    path.write_text("def criterion(p, y)\n    return 1\ndef train(m):\n    return []\n")
    submission = read(path)
    assert submission.dropped == {
        "criterion": "lab.py, line 1: expected ':': `def criterion(p, y)`"
    }


@pytest.mark.parametrize(
    ("members", "problem"),
    [
        ({"sub/deep/.keep": ""}, "it is empty"),
        ({"README.md": "what to do"}, "no .py or .ipynb"),
        ({"one\nline.py": FILLED}, "nothing in it can be read"),
        ({"notes.csv": "x"}, "no .py or .ipynb"),
        ({"a/lab.py": FILLED, "b/lab.py": FILLED}, "several folders"),
        ({"lab.py": b"\0\1\2"}, "binary data"),
        ({"lab.ipynb": b"{"}, "not complete JSON"),
    ],
)
def test_folders_that_can_not_be_read(tmp_path, members, problem):
    assert problem in refused(folder(tmp_path, members))


def test_a_broken_twin_does_not_stop_the_filled_one(tmp_path):
    submission = read(folder(tmp_path, {"lab.py": FILLED, "lab.ipynb": b"{"}))
    assert "mean()" in source_of(submission)
    assert any(note.startswith("lab.ipynb: it is not complete JSON") for note in submission.notes)


@pytest.mark.parametrize(
    ("name", "problem"),
    [("none.py", "no such file"), ("a\0b.py", "can't be read"), ("x" * 300, "can't be read")],
)
def test_paths_that_lead_nowhere(tmp_path, name, problem):
    assert problem in refused(tmp_path / name)


def test_other_kinds_of_files_are_refused(tmp_path):
    path = tmp_path / "lab.csv"
    path.write_bytes(b"1,2")
    assert "pass a folder, a .py, a .ipynb or a zip" in refused(path)


def test_links_and_special_files_are_not_opened(tmp_path):
    secret = tmp_path / "secret.py"
    secret.write_text("SECRET = 1")
    work = folder(tmp_path / "alice", {"lab.py": FILLED})
    (work / "stolen.py").symlink_to(secret)
    (work / "all").symlink_to(tmp_path)
    os.mkfifo(work / "pipe.csv")
    submission = read(work)
    assert not submission.files
    assert sorted(submission.notes) == [
        "all: a link: not followed",
        "pipe.csv: not a regular file: left aside",
        "stolen.py: a link: not followed",
    ]
    os.mkfifo(tmp_path / "pipe.py")
    assert "not a regular file" in refused(tmp_path / "pipe.py")
    (tmp_path / "link.py").symlink_to(secret)
    assert "it is a link" in refused(tmp_path / "link.py")


def test_an_unreadable_file_is_said(tmp_path, monkeypatch):
    path = folder(tmp_path, {"lab.py": FILLED}) / "lab.py"

    def deny(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", deny)
    assert "Permission denied" in refused(path)


def test_names_keep_their_control_characters_and_only_helpers_need_usual_ones(tmp_path):
    work = folder(tmp_path / "\x1b]52;evil\x07", {"lab.py": FILLED, "a\nb.csv": "1"})
    submission = read(work)
    assert submission.student == "\x1b]52;evil\x07"
    assert not submission.files


def test_the_same_work_has_the_same_digest_wherever_it_lies(tmp_path):
    one = read(folder(tmp_path / "one", {"lab.py": FILLED, "h.py": "x"}))
    two = read(folder(tmp_path / "two", {"lab.py": FILLED, "h.py": "x"}))
    other = read(folder(tmp_path / "three", {"lab.py": FILLED, "h.py": "y"}))
    assert one.digest == two.digest != other.digest


def test_too_many_and_too_large_files_are_left_aside(tmp_path, monkeypatch):
    monkeypatch.setattr("autograder.submissions.files.MOST_FILES", 3)
    made = {"lab.py": FILLED} | {f"sub/{n}.csv": "x" for n in range(9)}
    submission = read(folder(tmp_path, made))
    assert len(submission.files) == 2
    assert any("more than 3 files" in note for note in submission.notes)


def test_a_zip_is_read_like_the_folder_in_it(tmp_path: Path):
    path = tmp_path / "alice.zip"
    path.write_bytes(
        archive(
            {
                "alice_work/lab/lab.py": FILLED,
                "alice_work/lab/h.py": "x = 1",
                "__MACOSX/alice_work/._lab.py": b"\0",
                "alice_work/lab/old.zip": b"PK",
            }
        )
    )
    submission = read(path)
    assert submission.files == {"h.py": b"x = 1"}
    assert submission.student == "alice"
    assert submission.notes == (
        "alice_work/lab/old.zip: an archive inside the archive: left aside",
    )


def test_helper_code_is_bounded(tmp_path):
    made = {"lab.py": FILLED, "a.py": "#" * 400_000, "b.py": "#" * 400_000, "c.csv": "1" * 400_000}
    submission = read(folder(tmp_path, made))
    assert list(submission.files) == ["a.py", "c.csv"]
    assert "b.py: too much code in helper files: left aside" in submission.notes
