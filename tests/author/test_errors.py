"""What an author's errors are told: each by one small edit, each with the exact lines."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from autograder.author.new import lay_out_exercise
from autograder.author.release import release_assignment
from autograder.author.validate import validate
from autograder.cli.main import main
from autograder.course.course import Course

from .edits import READ, RUN, Edit


@pytest.fixture(scope="module")
def sound(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny course, with a solution of a telling length, released."""
    root = tmp_path_factory.mktemp("sound") / "course"
    shutil.copytree(tiny, root)
    solution = root / "solutions" / "tiny" / "01_double" / "solution.py"
    longer = "    the_answer = 2 * x + 0\n    return the_answer"
    solution.write_text(solution.read_text().replace("    return 2 * x", longer))
    assert not release_assignment(Course.open(root), "tiny", lambda what: None).problems
    return root


@pytest.fixture
def course(sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(sound, tmp_path / "course")
    monkeypatch.chdir(tmp_path / "course")
    return tmp_path / "course" / "solutions" / "tiny"


PYTHON = ["solution.py", "checks.py", "hidden.py", "mistakes.py", "show.py"]


def make(edit: Edit, folder: Path) -> None:
    if edit.file is None:
        assert edit.old is not None
        assert edit.new is not None
        if edit.new.startswith("+"):
            shutil.copytree(folder / edit.old, folder / edit.new[1:])
        else:
            (folder / edit.old).rename(folder / edit.new)
    elif edit.new is None:
        (folder / edit.file).unlink()
    elif edit.old is None:
        (folder / edit.file).write_text(edit.new)
    else:
        text = (folder / edit.file).read_text()
        assert edit.old in text
        (folder / edit.file).write_text(text.replace(edit.old, edit.new, 1))


def told(edit: Edit, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What the command that finds an error prints of it; it says so in its exit code, too."""
    commands = ["release", "prove"][: 1 + (edit.command == "prove")]
    if edit.name == "the_release_is_out_of_step":  # a release would bring it in step
        commands = ["prove"]
    *before, code = [main([command]) for command in commands]
    assert before == [0] * len(before)
    assert code == {"release": 4, "prove": 1}[edit.command]
    said = capsys.readouterr()
    assert said.err == ""
    endings = ("ok ", "tiny: not released", "tiny: in step", " written")
    return [
        line
        for line in said.out.splitlines()
        if not line.startswith(endings[:3]) and not line.endswith(endings[3])
    ]


@pytest.mark.parametrize("edit", READ, ids=lambda edit: edit.name)
def test_an_error_that_shows_when_the_files_are_read(course, capsys, edit):
    make(edit, course)
    assert told(edit, capsys) == edit.lines


@pytest.mark.parametrize("edit", RUN, ids=lambda edit: edit.name)
def test_an_error_that_shows_when_the_course_is_run(course, capsys, edit):
    make(edit, course)
    assert told(edit, capsys) == edit.lines


@pytest.mark.parametrize(
    "name",
    ["exercise.toml", "statement.md", "hints.md", *PYTHON],
)
def test_a_file_that_is_not_utf_8_is_named(course, capsys, name):
    file = course / "01_double" / name
    file.touch()
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join([*lines, b"# caf\xe9\n"]))
    for command, code in (("release", 4), ("prove", 1)):
        assert main([command]) == code
        told = capsys.readouterr().out.splitlines()[0]
        at = f"error solutions/tiny/01_double/{name}:{len(lines) + 1}"
        assert told == f"{at}: is not valid UTF-8: save it as UTF-8"


def test_a_byte_order_mark_is_no_error(course, capsys):
    for file in set((course / "01_double").iterdir()) - {
        course / "01_double" / "fingerprints.json"
    }:
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert main(["release"]) == 0
    assert main(["prove"]) == 0


def test_one_exercise_can_be_proven_before_anything_is_released(course, capsys):
    (course / "01_double" / "fingerprints.json").unlink()
    assert main(["prove", "--exercise", "double"]) == 0
    assert main(["prove"]) == 1
    told = capsys.readouterr().out.splitlines()
    missing = "error solutions/tiny/01_double/fingerprints.json: is missing"
    assert f"{missing}: run `autograder release tiny`" in told


def test_one_exercise_is_found_in_whichever_assignment_has_it(course, capsys):
    lay_out_exercise("another", "triple", course)
    assert main(["prove", "--exercise", "double"]) == 0
    assert main(["prove", "--exercise", "triple"]) == 0
    ok = [line for line in capsys.readouterr().out.splitlines() if line.startswith("ok ")]
    assert [line.split()[1] for line in ok] == ["tiny/double:", "another/triple:"]


def test_there_are_enough_of_them_and_none_is_told_at_length():
    edits = [*READ, *RUN]
    assert len({edit.name for edit in edits}) == len(edits) >= 40
    assert max(len(edit.lines) for edit in edits) <= 2


def test_nothing_is_released_where_there_is_an_error(course, capsys):
    release = course.parents[1] / "assignments" / "tiny"
    before = {path: path.read_bytes() for path in release.rglob("*") if path.is_file()}
    (course / "01_double" / "statement.md").write_text("A new statement.\n")
    (course / "02_shout" / "hints.md").unlink()
    assert main(["release"]) == 4
    capsys.readouterr()
    assert {path: path.read_bytes() for path in release.rglob("*") if path.is_file()} == before


def test_the_real_course_is_valid_and_nothing_of_it_is_run_to_say_so(monkeypatch):
    def refuse(*_: object) -> None:
        raise AssertionError("a line of the course was run")

    root = Path(__file__).parents[2]
    monkeypatch.setattr("autograder.course.load.exec", refuse, raising=False)
    monkeypatch.setattr("builtins.exec", refuse)
    folders = Course.open(root).folders.values()
    assert folders
    assert [validate(folder) for folder in folders] == [[] for _ in folders]


def test_a_problem_in_one_exercise_does_not_hide_one_in_another(course, capsys):
    (course / "01_double" / "statement.md").unlink()
    (course / "02_shout" / "statement.md").unlink()
    assert main(["prove"]) == 1
    said = capsys.readouterr().out
    assert [line.partition(": ")[0] for line in said.splitlines()] == [
        "error solutions/tiny/01_double/statement.md",
        "error solutions/tiny/02_shout/statement.md",
    ]
