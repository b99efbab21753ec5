"""What is found in nbgrader's folder of submissions, whatever the folders are called."""

import datetime
import os
from pathlib import Path

import pytest

from autograder.errors import UsageError
from autograder.nbgrader.tree import problem_of, read_timestamp, walk

NAMES = ("intro", "tiny")


def make(root: Path, *folders: str) -> Path:
    for folder in folders:
        (root / folder).mkdir(parents=True)
    return root


def found(tree) -> list[tuple[str, str]]:
    return [(place.student, place.assignment) for place in tree.places]


@pytest.fixture
def course(tmp_path: Path) -> Path:
    return make(
        tmp_path,
        "submitted/ada/tiny",
        "submitted/ada/intro",
        "submitted/bo/tiny",
        "submitted/cy/elsewhere",
        "submitted/.ipynb_checkpoints",
    )


def test_all_students_one_student_or_one_submission_may_be_given(course):
    all_of_ada = [("ada", "intro"), ("ada", "tiny")]
    for path, expected in (
        ("submitted", [*all_of_ada, ("bo", "tiny")]),
        ("submitted/ada", all_of_ada),
        ("submitted/ada/intro", [("ada", "intro")]),
    ):
        tree = walk([course / path], NAMES)
        assert found(tree) == expected
        assert tree.root == course


def test_paths_that_overlap_give_each_submission_once(course):
    paths = [course / "submitted/bo", course / "submitted/ada/tiny", course / "submitted/ada"]
    assert found(walk(paths, NAMES)) == [("ada", "intro"), ("ada", "tiny"), ("bo", "tiny")]


def test_paths_stay_as_they_were_given(course, monkeypatch):
    monkeypatch.chdir(course / "submitted")
    assert [str(place.folder) for place in walk([Path("bo")], NAMES).places] == ["bo/tiny"]
    assert found(walk([Path()], NAMES)) == [("ada", "intro"), ("ada", "tiny"), ("bo", "tiny")]
    monkeypatch.chdir(course / "submitted/ada")
    tree = walk([Path()], NAMES)
    assert (found(tree), tree.root) == ([("ada", "intro"), ("ada", "tiny")], course)
    monkeypatch.chdir(course / "submitted/ada/tiny")
    tree = walk([Path()], NAMES)
    assert (found(tree), tree.root) == ([("ada", "tiny")], course)


def test_the_folder_may_have_another_name(tmp_path):
    make(tmp_path, "handed_in/ada/tiny", "handed_in/tiny/tiny")
    for tree in (
        walk([tmp_path / "handed_in"], NAMES, submitted="handed_in"),
        walk([tmp_path / "handed_in" / "ada"], NAMES),
    ):
        assert tree.root == tmp_path
        assert ("ada", "tiny") in found(tree)


def test_a_student_may_be_called_like_an_assignment(tmp_path):
    make(tmp_path, "submitted/tiny/tiny", "submitted/ada/tiny")
    tree = walk([tmp_path / "submitted"], NAMES)
    assert found(tree) == [("ada", "tiny"), ("tiny", "tiny")]


def test_other_assignments_are_counted(course):
    assert walk([course / "submitted"], NAMES).others == (("elsewhere", 1),)
    assert walk([course / "submitted"], ["tiny"]).others == (("elsewhere", 1), ("intro", 1))


def test_links_are_not_followed(course, tmp_path_factory):
    elsewhere = make(tmp_path_factory.mktemp("elsewhere"), "tiny")
    (course / "submitted" / "eve").symlink_to(elsewhere)
    make(course, "submitted/dan")
    (course / "submitted" / "dan" / "tiny").symlink_to(elsewhere / "tiny")
    tree = walk([course / "submitted"], NAMES)
    assert not {"eve", "dan"} & {place.student for place in tree.places}
    assert [why for _, why in tree.skipped] == ["it is a link", "it is a link"]


@pytest.mark.parametrize(
    "name",
    ["od\nd", "\x1b]52;c;x", "\u202eada", " ada", "ada ", "x" * 129, ".ada", "a\udcffb"],
)
def test_names_that_nbgrader_cant_take_are_left_out_and_said(course, name):
    assert problem_of(name)
    (course / "submitted" / os.fsdecode(os.fsencode(name)) / "tiny").mkdir(parents=True)
    tree = walk([course / "submitted"], NAMES)
    assert len(tree.places) == 3
    assert len(tree.skipped) == 1


@pytest.mark.parametrize("name", ["O'Hara", "=cmd()", "ada,bo", "Zoë", "[a]*", "-rf", "a;b"])
def test_odd_names_that_do_no_harm_are_taken(course, name):
    make(course, f"submitted/{name}/tiny")
    assert (name, "tiny") in found(walk([course / "submitted"], NAMES))


def test_what_cant_be_walked_is_said(course, tmp_path_factory):
    with pytest.raises(UsageError, match="no such folder"):
        walk([course / "nowhere"], NAMES)
    with pytest.raises(UsageError, match="no submission of tiny"):
        walk([make(tmp_path_factory.mktemp("empty"), "submitted/ada") / "submitted"], ["tiny"])
    other = make(tmp_path_factory.mktemp("other"), "submitted/ada/tiny")
    with pytest.raises(UsageError, match="different courses"):
        walk([course / "submitted", other / "submitted"], NAMES)


def test_timestamps_are_read_as_nbgrader_reads_them(tmp_path):
    file = tmp_path / "timestamp.txt"
    assert read_timestamp(tmp_path) == (None, "")
    for text, expected in (
        ("2026-11-20 10:00:01.000002 UTC\n", datetime.datetime(2026, 11, 20, 10, 0, 1, 2)),
        ("2026-11-20T12:00:00+02:00", datetime.datetime(2026, 11, 20, 10)),
        ("", None),
    ):
        file.write_text(text)
        assert read_timestamp(tmp_path) == (expected, "")


@pytest.mark.parametrize("data", [b"soon", b"\xff\xfe", b"9" * 400, b"1 2 3 4 5", b"x" * 5_000])
def test_a_timestamp_that_is_none_is_said_and_stops_nothing(tmp_path, data):
    (tmp_path / "timestamp.txt").write_bytes(data)
    when, note = read_timestamp(tmp_path)
    assert when is None
    assert "timestamp.txt" in note


def test_a_timestamp_is_a_regular_file(tmp_path):
    os.mkfifo(tmp_path / "timestamp.txt")
    assert read_timestamp(tmp_path)[0] is None
