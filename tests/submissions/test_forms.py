"""Files as students hand them in: other endings, archives, projects, several versions."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from autograder.errors import SubmissionError
from autograder.submissions.names import told_apart

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


@pytest.mark.parametrize("name", ["lab.py", "lab.json", "lab", "lab.txt"])
def test_a_notebook_is_known_by_what_it_holds(tmp_path, name):
    work = folder(tmp_path / "ada", {name: notebook(FILLED), "data.json": '{"cells": []}'})
    submission = read(work)
    assert "criterion" in submission.filled
    assert submission.file == "lab.ipynb"
    assert f"{name} is read as lab.ipynb" in submission.notes
    assert "criterion" in read(work / name).filled


def test_a_script_with_the_ending_of_a_notebook_is_a_script(tmp_path):
    work = folder(tmp_path / "ada", {"lab.ipynb": FILLED})
    assert read(work).file == read(work / "lab.ipynb").file == "lab.py"
    assert "criterion" in read(work).filled


def test_code_is_read_before_thousands_of_other_files(tmp_path):
    made = {f"images/{number}.png": b"" for number in range(300)}
    made |= {f"big/{number}.csv": b"" for number in range(5_100)}
    submission = read(folder(tmp_path, made | {"src/lab.py": FILLED, "src/z.py": "x = 1"}))
    assert "criterion" in submission.filled
    assert submission.files["z.py"] == b"x = 1"
    assert "big/: more than 5000 entries: some left aside" in submission.notes


def test_code_is_read_before_large_data(tmp_path):
    work = folder(tmp_path, {"a.csv": "", "b.csv": "", "lab.py": FILLED})
    for name in ("a.csv", "b.csv"):
        os.truncate(work / name, 40 << 20)
    submission = read(work)
    assert "criterion" in submission.filled
    assert "b.csv: it is larger than" in notes_of(submission)


def test_what_looks_like_the_work_is_read_first(tmp_path):
    lectures = {f"lecture_{number:02}.py": f"x = {number}" for number in range(20)}
    weeks = {f"week{number}/exercise.py": "x = 1" for number in range(9)}
    assert read(folder(tmp_path / "a", lectures | {"mine.py": FILLED})).file == "mine.py"
    assert read(folder(tmp_path / "b", weeks | {"week8/lab.py": FILLED})).file == "week8/lab.py"


def test_a_notebook_that_imports_the_script_of_its_name_counts_with_it(tmp_path):
    script = {"lab.py": FILLED.replace("def train(model)", "def train_it(model)")}
    for line in ("from lab import criterion, Model", "from lab import *", "%run lab.py"):
        both = notebook(line, "def train(model):\n    return model")
        submission = read(folder(tmp_path / line[:14], {"lab.ipynb": both, **script}))
        assert submission.file == "lab.ipynb"
        assert submission.files == {"lab.py": script["lab.py"].encode()}
        assert not submission.doubt


def test_what_lies_above_the_work_comes_along_where_the_code_speaks_of_it(tmp_path):
    made = {
        "labs/lab.py": "from src.losses import criterion\nimport h",
        "labs/h.py": "",
        "src/losses.py": "open('../data/x.csv')",
        "data/x.csv": "1",
        "other/y.csv": "1",
    }
    submission = read(folder(tmp_path, made))
    assert submission.file == "labs/lab.py"
    assert sorted(submission.files) == ["../data/x.csv", "../src/losses.py", "h.py"]


def test_zips_inside_each_other_are_opened_and_where_that_ends_it_is_said(tmp_path):
    packed = archive({"lab.ipynb": notebook(FILLED)})
    work = tmp_path / "ada.ipynb.zip"
    for _ in range(3):
        packed = archive({"inner.zip": packed})
        work.write_bytes(packed)
        assert "criterion" in read(work).filled
        assert read(work).student == "ada"
    work.write_bytes(archive({"inner.zip": packed}))
    with pytest.raises(SubmissionError, match=r"found inner\.zip: unpack it"):
        read(work)


def test_where_there_is_no_code_what_was_left_aside_is_said(tmp_path):
    made = {"one\nline.py": FILLED}
    with pytest.raises(SubmissionError, match="its name holds unusual characters"):
        read(folder(tmp_path / "a", made | {"x.csv": ""}))
    deep = "/".join("abcdefghijkl")
    with pytest.raises(SubmissionError, match="nested too deeply"):
        read(folder(tmp_path / "b", {f"{deep}/lab.py": FILLED, "x.csv": ""}))


def test_a_folder_that_the_work_imports_is_no_second_submission(tmp_path):
    made = {"notebooks/work.ipynb": notebook("from src.losses import criterion", "import json")}
    submission = read(folder(tmp_path, made | {"src/losses.py": FILLED, "src/__init__.py": ""}))
    assert submission.file == "notebooks/work.ipynb"
    assert submission.files["../src/losses.py"] == FILLED.encode()


@pytest.mark.parametrize("star", ["from lab import *", "from lab import criterion, train, Model"])
def test_a_file_that_only_uses_the_work_is_no_version_of_it(tmp_path, star):
    test = f"{star}\n\n\ndef test_it():\n    assert criterion"
    for name in ("test_lab.py", "Lab.ipynb"):
        data = notebook(test) if name.endswith("b") else test
        submission = read(folder(tmp_path / name, {"lab.py": FILLED, name: data}))
        assert (submission.file, submission.doubt) == ("lab.py", "")


@pytest.mark.parametrize("line", ["print(open(__file__).read())", "import lab"])
def test_a_script_that_reads_itself_finds_itself(tmp_path, line):
    submission = read(folder(tmp_path, {"lab.py": FILLED + line}))
    assert submission.files == {"lab.py": (FILLED + line).encode()}


def test_names_may_hold_any_space_and_joined_emoji(tmp_path):
    name = "lab\u00a0one \N{MAN}\u200d\N{PERSONAL COMPUTER}.py"
    assert read(folder(tmp_path, {name: FILLED})).file == name
