"""Files as students hand them in: other endings, archives, projects, several versions."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from autograder.errors import SubmissionError
from autograder.submissions.read import told_apart

from .builders import FILLED, STUBS, archive, code_cell, folder, notebook, read, source_of

OTHER = FILLED.replace("** 2", "** 4")
STUB = "def train(model):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
FULLER = OTHER.replace(STUB, "def train(model):\n    return model")
BROKEN = STUBS.replace("def criterion(y_hat, y):", "def criterion(y_hat, y)")


def notes_of(submission) -> str:
    return " / ".join(submission.notes)


def at(path: Path, seconds: float) -> None:
    os.utime(path, (seconds, seconds))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("lab.ipynb.txt", notebook(FILLED)),
        ("lab.ipynb.json", notebook(FILLED)),
        ("Lab (1).IPYNB.TXT", notebook(FILLED)),
        ("lab.py.txt", FILLED.encode()),
    ],
)
def test_code_with_an_ending_that_a_download_added_is_code(tmp_path, name, data):
    work = folder(tmp_path / "ada", {name: data, "data.json": "{}", "notes.txt": "x"})
    submission = read(work)
    assert "criterion" in submission.filled
    assert f"{name} is read as" in notes_of(submission)
    assert sorted(submission.files) == ["data.json", "notes.txt"]
    assert "criterion" in read(work / name).filled


def test_an_ending_is_not_taken_off_where_a_file_has_that_name(tmp_path):
    submission = read(folder(tmp_path, {"lab.py": FILLED, "lab.py.txt": OTHER}))
    assert submission.files == {"lab.py.txt": OTHER.encode()}


@pytest.mark.parametrize("name", ["abgabe.zip", "deep/Abgabe.ZIP"])
def test_a_zip_in_a_folder_is_opened(tmp_path, name):
    packed = archive({"work/lab.ipynb": notebook(FILLED), "work/data.csv": "1"})
    submission = read(folder(tmp_path, {name: packed, "read me.pdf": b"%PDF"}))
    assert "criterion" in submission.filled
    assert submission.files["data.csv"] == b"1"
    assert f"{name} was unpacked" in notes_of(submission)


def test_a_zip_beside_code_is_a_file_like_others(tmp_path):
    packed = archive({"lab.py": OTHER})
    submission = read(folder(tmp_path, {"lab.py": FILLED, "data.zip": packed}))
    assert submission.files == {"data.zip": packed}


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("abgabe.7z", "unpack it and hand in the .ipynb or .py"),
        ("abgabe.rar", "unpack it and hand in the .ipynb or .py"),
        ("abgabe.tar.gz", "unpack it and hand in the .ipynb or .py"),
        ("lab.pdf", "that it was made from"),
        ("lab.docx", "that it was made from"),
        ("lab.html", "that it was made from"),
        ("lab.pyc", "that it was made from"),
        ("lab.url", "download the .ipynb or .py"),
        ("lab.ipynb.gdoc", "download the .ipynb or .py"),
    ],
)
def test_what_can_not_be_read_is_named(tmp_path, name, advice):
    with pytest.raises(SubmissionError, match=f"found {name}") as caught:
        read(folder(tmp_path, {name: b"\0", "data.csv": "1", "timestamp.txt": "now"}))
    assert advice in caught.value.remedy
    with pytest.raises(SubmissionError) as caught:
        read(tmp_path / name)
    assert advice in caught.value.remedy


def test_of_several_the_one_that_may_hold_the_work_is_named(tmp_path):
    with pytest.raises(SubmissionError, match=r"; found work\.rar: unpack it"):
        read(folder(tmp_path, {"a report.pdf": b"%PDF", "work.rar": b"Rar!"}))


def test_two_zips_are_named(tmp_path):
    packed = archive({"lab.py": FILLED})
    with pytest.raises(SubmissionError, match=r"found a\.zip, b\.zip: unpack"):
        read(folder(tmp_path, {"a.zip": packed, "b.zip": packed}))


@pytest.mark.parametrize("project", ["setup.py", "conftest.py", "test_mine.py", "start.ipynb"])
def test_the_work_may_lie_below_the_files_of_a_project(tmp_path, project):
    top = notebook("print(1)") if project.endswith(".ipynb") else b"import os\n"
    members = {project: top, "noxfile.py": "import sys\n", "src/lab.py": FILLED, "docs/x.md": "x"}
    submission = read(folder(tmp_path, members))
    assert submission.file == "src/lab.py"
    assert "criterion" in submission.filled


def test_work_at_the_top_counts_before_work_below(tmp_path):
    submission = read(folder(tmp_path, {"lab.py": BROKEN, "old/lab.py": FILLED}))
    assert submission.file == "lab.py"
    assert "criterion" in submission.dropped


def test_a_large_output_costs_nothing(tmp_path):
    table = [{"data": {"text/html": "x" * 1_000, "text/plain": ["1, 2, 3"] * 50}}] * 15_000
    path = tmp_path / "lab.ipynb"
    path.write_bytes(notebook(code_cell(FILLED, outputs=table)))
    assert path.stat().st_size > 20 << 20
    assert "criterion" in read(path).filled


# -- several versions -------------------------------------------------------------------------


@pytest.mark.parametrize("other", ["lab_final_v2.py", "Kopie von lab.py", "lab2.py"])
def test_of_another_version_a_person_is_asked_and_both_are_named(tmp_path, other):
    submission = read(folder(tmp_path, {"lab.py": FILLED, other: OTHER}))
    assert submission.file == "lab.py"
    assert "lab.py is what was graded" in submission.doubt
    assert other in submission.doubt
    assert submission.doubt in submission.notes


def test_a_fuller_version_of_another_name_is_graded_and_said(tmp_path):
    submission = read(folder(tmp_path, {"lab.py": FILLED, "lab_final_v2.py": FULLER}))
    assert submission.file == "lab_final_v2.py"
    assert "lab.py has less filled in" in notes_of(submission)
    assert submission.doubt == ""


def test_a_fuller_version_is_graded_and_asked_about_if_the_other_holds_more_of_something(tmp_path):
    model = "class Model:\n    def forward(self):\n        return 1\n"
    submission = read(folder(tmp_path, {"lab.py": model, "lab_final.py": FULLER}))
    assert submission.file == "lab_final.py"
    assert "lab.py is filled in, too" in submission.doubt


def test_a_draft_that_is_emptier_or_older_is_told_of_and_nobody_is_asked(tmp_path):
    work = folder(tmp_path / "a", {"lab.py": FULLER, "draft.py": FILLED})
    assert (read(work).file, read(work).doubt) == ("lab.py", "")
    assert "draft.py has less filled in" in notes_of(read(work))
    work = folder(tmp_path / "b", {"lab.py": FILLED, "lab_old.py": OTHER})
    at(work / "lab.py", 2e9)
    at(work / "lab_old.py", 1e9)
    assert (read(work).file, read(work).doubt) == ("lab.py", "")
    assert "lab_old.py is older" in notes_of(read(work))
    at(work / "lab_old.py", 3e9)
    assert read(work).doubt


@pytest.mark.parametrize("copy", ["lab (1)", "lab-Copy1", "Lab copy"])
def test_of_two_copies_the_later_counts_if_that_is_known(tmp_path, copy):
    members = {"lab.ipynb": notebook(FILLED), f"{copy}.ipynb": notebook(OTHER)}
    work = folder(tmp_path, members)
    for path in work.iterdir():
        at(path, 1e9)
    with pytest.raises(SubmissionError, match="both filled in, differently") as caught:
        read(work)
    assert caught.value.doubt
    at(work / f"{copy}.ipynb", 1e9 + 3600)
    assert read(work).file == f"{copy}.ipynb"
    assert "lab.ipynb is older" in notes_of(read(work))
    at(work / "lab.ipynb", 1e9 + 7200)
    assert read(work).file == "lab.ipynb"


def test_an_emptier_copy_does_not_stop_the_work(tmp_path):
    members = {"lab.ipynb": notebook(FULLER), "lab (1).ipynb": notebook(FILLED)}
    submission = read(folder(tmp_path, members))
    assert (submission.file, submission.doubt) == ("lab.ipynb", "")
    assert "lab (1).ipynb has less filled in" in notes_of(submission)


def test_saved_points_of_jupyter_are_no_version(tmp_path):
    members = {"lab.ipynb": notebook(FILLED)}
    members[".ipynb_checkpoints/lab-checkpoint.ipynb"] = notebook(OTHER)
    submission = read(folder(tmp_path, members))
    assert (submission.doubt, submission.notes) == ("", ())


@pytest.mark.parametrize(
    "line", ["from helpers import criterion", "%run helpers.py", "import helpers"]
)
def test_a_file_that_the_work_uses_is_no_version_of_it(tmp_path, line):
    members = {"lab.ipynb": notebook(line, FILLED), "helpers.py": OTHER}
    assert read(folder(tmp_path, members)).doubt == ""


def test_a_zip_tells_when_its_files_were_saved(tmp_path):
    path = tmp_path / "ada.zip"
    path.write_bytes(archive({"lab.py": FILLED, "lab (2).py": OTHER}))
    with pytest.raises(SubmissionError, match="differently"):
        read(path)


# -- line ends --------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["\r", "\r\n"])
def test_line_ends_of_other_systems_are_line_ends(tmp_path, end):
    marked = "# %% one\nx = 1\n# %% two\n" + FILLED
    path = folder(tmp_path, {"lab.py": marked.replace("\n", end).encode()}) / "lab.py"
    assert [cell.name for cell in read(path).cells] == ["one", "two"]
    lines = FILLED.splitlines()
    for source in (FILLED.replace("\n", end), [line + end for line in lines]):
        data = json.loads(notebook(source))
        (tmp_path / "lab.ipynb").write_text(json.dumps(data))
        assert "return ((y_hat" in source_of(read(tmp_path / "lab.ipynb")).split("\n")[15]


# -- whose it is ------------------------------------------------------------------------------


def test_students_of_one_name_are_told_apart_by_their_group():
    groups = ["class/group A", "class/group B", "other/group B"]
    paths = [Path(group, name) for group in groups for name in ("ada", "ben.py")]
    paths.append(Path("class/group A/cem/lab"))
    names = told_apart(paths, ["lab"])
    assert names == {
        Path("class/group A/ada"): "group A/ada",
        Path("class/group B/ada"): "class/group B/ada",
        Path("other/group B/ada"): "other/group B/ada",
        Path("class/group A/ben.py"): "group A/ben",
        Path("class/group B/ben.py"): "class/group B/ben",
        Path("other/group B/ben.py"): "other/group B/ben",
    }
    assert told_apart(paths[::-1], ["lab"]) == names


def test_two_works_of_one_student_are_of_one_student():
    paths = [Path("submitted/ada/lab"), Path("submitted/ada/other"), Path("submitted/ben/lab")]
    assert told_apart(paths, ["lab", "other"]) == {}
