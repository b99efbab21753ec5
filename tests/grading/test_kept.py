"""Results that are kept between runs: the same result again, for the same cause only."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.errors import UsageError
from autograder.grading.grader import Settings
from autograder.grading.kept import KeptResults, key_of, only_writer
from autograder.results import ExerciseResult, Result, Status, Verdict
from autograder.submissions.files import digest_of_folder
from autograder.submissions.model import Submission

RESULT = Result(
    submission="submitted/ada/tiny",
    student="ada",
    assignment="tiny",
    exercises=(
        ExerciseResult(
            "double",
            "Twice",
            (
                Verdict(
                    "doubles",
                    "twice",
                    Status.PARTIAL,
                    Decimal("0.333"),
                    Decimal("1.8"),
                    True,
                    "half\n",
                    "a hint",
                    "M1",
                ),
            ),
            printed="\x1b[31m",
        ),
    ),
    notes=("a note",),
    protections={"network": {"on": True, "detail": "netns"}},
    seconds=1.5,
    seed=7,
)
SUBMISSION = Submission("submitted/ada/tiny", "ada", "tiny", (), {}, (), "digest", file="tiny.py")


def test_a_result_comes_back_as_it_was(tmp_path: Path):
    kept = KeptResults(tmp_path / "results")
    kept.keep(RESULT, "key")
    assert kept.find("ada", "tiny", "key") == RESULT


def test_a_result_counts_only_under_the_protections_that_are_required_now(tmp_path: Path):
    kept = KeptResults(tmp_path)
    weaker = {
        "network": {"on": True, "detail": "netns"},
        "filesystem": {"on": False, "detail": "refused"},
    }
    kept.keep(replace(RESULT, protections=weaker), "key")
    assert kept.find("ada", "tiny", "key", {"network"}) is not None
    assert kept.find("ada", "tiny", "key", {"network", "filesystem"}) is None
    assert kept.find("ada", "tiny", "key", {"landlock"}) is None, "it was not looked for then"


def test_another_key_student_or_assignment_has_no_result(tmp_path: Path):
    kept = KeptResults(tmp_path)
    kept.keep(RESULT, "key")
    assert kept.find("ada", "tiny", "other") is None
    assert kept.find("ad", "a-tiny", "key") is None
    assert kept.find("ada", "tin", "key") is None


@pytest.mark.parametrize("student", ["../../up", "a/b", "x" * 300, "Zoë", "\n", "CON"])
def test_names_of_students_stay_inside_the_folder(tmp_path: Path, student: str):
    kept = KeptResults(tmp_path / "results")
    kept.keep(replace(RESULT, student=student), "key")
    found = kept.find(student, "tiny", "key")
    assert found is not None
    assert found.student == student
    assert [path.parent for path in tmp_path.rglob("*.json")] == [tmp_path / "results"]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"key": "key"}', '{"key": "key", "results": [3]}']
)
def test_a_broken_file_is_as_good_as_none(tmp_path: Path, text: str):
    kept = KeptResults(tmp_path)
    kept.keep(RESULT, "key")
    (file,) = tmp_path.glob("*.json")
    file.write_text(text)
    assert kept.find("ada", "tiny", "key") is None


def test_a_key_follows_from_all_that_a_result_follows_from():
    settings = Settings()
    keys = {
        key_of(SUBMISSION, "course", settings, "cpu"),
        key_of(replace(SUBMISSION, digest="other"), "course", settings, "cpu"),
        key_of(replace(SUBMISSION, file="tiny.ipynb"), "course", settings, "cpu"),
        key_of(replace(SUBMISSION, notes=("a twin",)), "course", settings, "cpu"),
        key_of(SUBMISSION, "another course", settings, "cpu"),
        key_of(SUBMISSION, "course", replace(settings, seed=1), "cpu"),
        key_of(SUBMISSION, "course", replace(settings, seconds=1.0), "cpu"),
        key_of(SUBMISSION, "course", settings, "cuda:0"),
    }
    assert len(keys) == 8
    again = key_of(replace(SUBMISSION, name="elsewhere"), "course", Settings(), "cpu")
    assert again in keys


def test_any_file_of_an_assignment_counts(tiny: Path, tmp_path: Path):
    import shutil

    shutil.copytree(tiny, tmp_path / "course")
    assignment = Course.open(tmp_path / "course").assignment("tiny")
    before = digest_of_folder(assignment.folder)
    assert before == digest_of_folder(Course.open(tiny).assignment("tiny").folder)
    (assignment.folder / "01_double" / "__pycache__").mkdir(exist_ok=True)
    (assignment.folder / "01_double" / "__pycache__" / "checks.pyc").write_bytes(b"x")
    assert digest_of_folder(assignment.folder) == before
    checks = assignment.folder / "01_double" / "checks.py"
    checks.write_text(checks.read_text() + "\n")
    assert digest_of_folder(assignment.folder) != before


def test_one_writer_at_a_time_and_the_next_when_it_is_done(tmp_path: Path):
    with only_writer(tmp_path, "it"), pytest.raises(UsageError), only_writer(tmp_path, "it"):
        pass
    with only_writer(tmp_path, "it"):
        pass


def test_a_folder_that_cant_be_made_is_said(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="can't be created"):
        KeptResults(tmp_path / "file" / "results")
