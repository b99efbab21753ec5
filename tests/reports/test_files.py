"""Results on disk: whole or not at all, one file a submission, whatever it is called."""

from __future__ import annotations

import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.errors import UsageError
from autograder.reports.files import ResultFolder, write_whole
from autograder.results import Result


def result(student="ada", assignment="tiny", **fields):
    return Result(f"class/{student}", student, assignment, **fields)


def test_a_result_is_written_as_the_json_of_one_report(tmp_path):
    path = ResultFolder(tmp_path / "new" / "folder").write(result(notes=("é",)))
    assert path == tmp_path / "new" / "folder" / "ada-tiny.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    assert [found["student"] for found in content["results"]] == ["ada"]
    assert content["results"][0]["notes"] == ["é"]


def test_two_students_of_the_same_name_get_a_file_each(tmp_path):
    folder = ResultFolder(tmp_path)
    paths = [folder.write(result(notes=(str(n),))) for n in range(3)]
    assert [path.name for path in paths] == ["ada-tiny.json", "ada-tiny-2.json", "ada-tiny-3.json"]
    assert [json.loads(p.read_text())["results"][0]["notes"] for p in paths] == [
        ["0"],
        ["1"],
        ["2"],
    ]


def test_names_that_differ_in_case_alone_get_a_file_each(tmp_path):
    folder = ResultFolder(tmp_path)
    names = {folder.write(result(student)).name.casefold() for student in ("Ada", "ada")}
    assert len(names) == 2


def test_a_second_run_replaces_the_first(tmp_path):
    for note in ("old", "new"):
        path = ResultFolder(tmp_path).write(result(notes=(note,)))
    assert os.listdir(tmp_path) == ["ada-tiny.json"]
    assert json.loads(path.read_text())["results"][0]["notes"] == ["new"]


@pytest.mark.parametrize(
    "student",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "..",
        ".",
        "",
        ".bashrc",
        "a\0b",
        "a\nb",
        "\udc80",
        "名" * 300,
        "a" * 300,
        "=HYPERLINK(1)",
        "con\x1b[2J",
        "\u202egpj.exe",
    ],
)
def test_hostile_names_stay_in_the_folder(tmp_path, student):
    folder = tmp_path / "results"
    first, second = (ResultFolder(folder).write(result(student)) for _ in range(2))
    assert first == second
    assert os.listdir(folder) == [first.name]
    assert os.listdir(tmp_path) == ["results"]
    assert not first.name.startswith(".")
    json.loads(first.read_bytes().decode("utf-8"))["results"][0]["student"].encode("utf-8")


@given(st.text(), st.text(max_size=10))
def test_any_name_can_be_written(tmp_path_factory, student, assignment):
    folder = tmp_path_factory.mktemp("results")
    path = ResultFolder(folder).write(result(student, assignment))
    assert [folder / name for name in os.listdir(folder)] == [path]


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"--output .*file"):
        ResultFolder(tmp_path / "file")


def test_a_place_that_cannot_be_written_is_told_and_nothing_is_left(tmp_path):
    (tmp_path / "ada-tiny.json").mkdir()
    with pytest.raises(UsageError, match="can't be written"):
        ResultFolder(tmp_path).write(result())
    assert os.listdir(tmp_path) == ["ada-tiny.json"]


def test_the_old_file_stays_where_the_new_one_fails(tmp_path, monkeypatch):
    path = tmp_path / "result.json"
    write_whole(path, "old")

    def interrupted(descriptor):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["result.json"]
