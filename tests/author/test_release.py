"""What `autograder release` makes of a small course, and of the real one."""

import ast
import json
import re
import tomllib
from pathlib import Path

import pytest

from autograder.author.release import (
    as_toml,
    expected_release,
    for_students,
    out_of_step,
    release_assignment,
    release_folder,
)
from autograder.course.course import Course
from autograder.course.mistakes import load_mistakes
from autograder.errors import CourseError
from autograder.judge import diagnosis
from autograder.judge.diagnosis import PASSED, SKIPPED, Fingerprint
from autograder.judge.expect import Evidence

REPOSITORY = Path(__file__).parents[2]

CHECKS = '''
from autograder.authoring import check, expect

@check(points=2)
def NAME_of_two(student):
    """NAME(2) is right"""
    expect(student.NAME(2)).close_to(4)

@check(points=1, after=NAME_of_two)
def NAME_of_anything(student, reference, rng):
    """NAME agrees with the reference"""
    number = float(rng.normal())
    expect(student.NAME(number)).close_to(reference.NAME(number))
'''
SOLUTION = '''
"""Not for students."""

import torch

FACTS = (1, 2)  # fmt: skip


def NAME(x):
    """The NAME of x."""
    ### BEGIN SOLUTION
    the_answer_of_NAME = x * 2
    return the_answer_of_NAME
    ### END SOLUTION
'''
MISTAKES = '''
from autograder.authoring import mistake
from .checks import NAME_of_anything, NAME_of_two

@mistake(fails=NAME_of_two)
def too_much(x):
    """How much is twice two?"""
    return x * 2 + 100000000

@mistake(fails=NAME_of_anything)
def constant(x):
    """What about three?"""
    return 4 + 0 * 123456789
'''
SHOW = '''
"""Draw it."""


def show_NAME(function):
    """Prints it,

in two lines."""
    print(function(2))


show_NAME(NAME)  # noqa: F821 (the student's own)
'''
FILES = {
    "checks.py": CHECKS,
    "solution.py": SOLUTION,
    "mistakes.py": MISTAKES,
    "show.py": SHOW,
    "statement.md": "Write NAME.\n\n### What to write\n\nA $\\frac{1}{2}$ of it.\n",
    "exercise.toml": 'title = "The NAME"\nentry_points = ["NAME(x)"]\nminutes = 5\n'
    'note = "for teachers"\n[limits]\nseconds = 3\n[thresholds]\nloss = 0.25\n',
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A course of one assignment with two exercises, `double` and `twice`."""
    for folder in ("01_double", "02_twice"):
        exercise = tmp_path / "solutions" / "small" / folder
        exercise.mkdir(parents=True)
        for name, text in FILES.items():
            (exercise / name).write_text(text.lstrip().replace("NAME", folder[3:]))
    (tmp_path / "solutions" / "small" / "assignment.toml").write_text(
        'title = "Small"\nsecret = "x"\n[[habits]]\ncall = "torch.lstsq"\nsays = "It is gone."\n'
    )
    return tmp_path


def released(root: Path) -> dict[str, str]:
    files = expected_release(Course.open(root), "small")
    return {path: content.decode() for path, content in files.items()}


def solution_cell(notebook: str, name: str) -> str:
    cells = json.loads(notebook)["cells"]
    return "".join(next(cell["source"] for cell in cells if cell["id"] == name))


def test_a_release_has_these_files_and_no_others(root):
    checks = ("checks.py", "exercise.toml")
    assert set(released(root)) == {
        "README.md",
        "small.ipynb",
        "small.py",
        "checks/assignment.toml",
        *(f"checks/{folder}/{name}" for folder in ("01_double", "02_twice") for name in checks),
    }


def test_the_same_sources_give_the_same_bytes(root):
    assert released(root) == released(root)


def test_release_writes_once_then_says_that_it_is_in_step(root):
    course = Course.open(root)
    written = release_assignment(course, "small")
    assert written[0].parent == root / "assignments" / "small"
    assert len(written) == 8
    assert release_assignment(course, "small") == []
    assert out_of_step(release_folder(course, "small"), expected_release(course, "small")) == []


def test_release_mends_what_was_changed_and_removes_what_is_left_over(root):
    course = Course.open(root)
    release_assignment(course, "small")
    folder = release_folder(course, "small")
    (folder / "small.py").write_text("changed")
    (folder / "checks" / "03_gone").mkdir()
    (folder / "checks" / "03_gone" / "checks.py").write_text("left over")
    (folder / "my_notes.txt").write_text("not ours")
    changed = release_assignment(course, "small")
    assert changed == [folder / "small.py", folder / "checks" / "03_gone" / "checks.py"]
    assert not (folder / "checks" / "03_gone").exists()
    assert (folder / "my_notes.txt").read_text() == "not ours"


def test_script_and_notebook_hold_the_same_stubs(root):
    files = released(root)
    for name in ("double", "twice"):
        stub = solution_cell(files["small.ipynb"], name)
        assert f"# %% {name}\n{stub}\n" in files["small.py"]
        assert f'def {name}(x):\n    """The {name} of x."""\n    # YOUR CODE HERE\n' in stub
        assert "    raise NotImplementedError()" in stub
        assert "Not for students" not in stub
        assert "fmt" not in stub


def test_the_script_compiles_and_draws_only_when_it_is_run(root):
    script = released(root)["small.py"]
    tree = ast.parse(script)
    guarded = [node for node in tree.body if isinstance(node, ast.If)]
    assert [ast.unparse(node.test) for node in guarded] == ["__name__ == '__main__'"] * 2
    assert "noqa" not in script
    assert "in two lines." in script.splitlines()[script.splitlines().index('in two lines."""')]


def test_what_is_handed_out_loads_as_an_assignment_of_visible_checks(root):
    course = Course.open(root)
    release_assignment(course, "small")
    assignment = Course.handed_out(release_folder(course, "small")).assignment("small")
    assert (assignment.name, assignment.title) == ("small", "Small")
    assert assignment.habits == ({"call": "torch.lstsq", "says": "It is gone."},)
    for exercise in assignment.exercises:
        assert [check.name for check in exercise.checks] == [f"{exercise.name}_of_two"]
        assert (exercise.points, exercise.hidden_points, exercise.minutes) == (2, 1, 5)
        assert (exercise.limits.seconds, exercise.thresholds.loss) == (3, 0.25)


def test_the_readme_says_what_is_visible_and_what_is_hidden(root):
    text = released(root)["README.md"]
    assert "| 1 | `double` | The double | 5 | 2 | 1 |" in text
    assert "| | | together | 10 | 4 | 2 |" in text
    assert "autograder check" in text


def test_only_fingerprints_of_what_visible_checks_catch_are_released(root):
    wrong = Evidence("value", "numbers differ", (1.5,))
    known = (
        Fingerprint("too_much", "How much?", {"twice_of_two": wrong, "twice_of_anything": SKIPPED}),
        Fingerprint("constant", "Three?", {"twice_of_two": PASSED, "twice_of_anything": wrong}),
    )
    path = root / "solutions" / "small" / "02_twice" / "fingerprints.json"
    path.write_text(diagnosis.dump(known, "a digest"))
    release_assignment(Course.open(root), "small")
    folder = root / "assignments" / "small" / "checks"
    digest, found = diagnosis.load(folder / "02_twice" / "fingerprints.json")
    assert digest == "a digest"
    assert found == (Fingerprint("too_much", "How much?", {"twice_of_two": wrong}),)
    assert not (folder / "01_double" / "fingerprints.json").exists()


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("statement.md", "The check `twice_of_anything` waits for you."),
        ("statement.md", "Write this:\n\n    return the_answer_of_double\n"),
        (
            "show.py",
            '"""Draw."""\n\nX = """\n    return x * 2 + 100000000\n"""[:0] + twice_of_anything',
        ),
    ],
)
def test_a_release_that_would_tell_what_is_hidden_is_refused(root, file, text):
    (root / "solutions" / "small" / "01_double" / file).write_text(text)
    with pytest.raises(CourseError, match="would tell what is hidden"):
        release_assignment(Course.open(root), "small")
    assert not (root / "assignments").exists()


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("solution.py", "def double(x): pass", "has no solution region"),
        ("solution.py", "def double(x)\n### BEGIN SOLUTION", "does not compile"),
        ("solution.py", "def double(x):\n    ### BEGIN SOLUTION\n    return 2", "END SOLUTION"),
        ("statement.md", None, "is missing"),
    ],
)
def test_sources_that_are_not_as_they_should_be_are_named(root, file, text, message):
    path = root / "solutions" / "small" / "01_double" / file
    path.unlink()
    if text is not None:
        path.write_text(text)
    with pytest.raises(CourseError, match=f"(?i){message}"):
        expected_release(Course.open(root), "small")


def test_remarks_to_linters_and_the_docstring_of_the_module_go():
    source = '"""Gone."""\n\nx = "# noqa"  # noqa: E501\ny = 1  # type of y\n'
    assert for_students(Path("x.py"), source) == 'x = "# noqa"\ny = 1  # type of y\n'


def test_toml_is_read_back_as_it_was():
    table = {
        "title": 'A "quoted" \\ thing, café',
        "entry_points": ["f(x)", "g(a_very_long_name, another_long_name, one_more, eps=1e-8)"],
        "points": 2.5,
        "on": True,
        "limits": {"seconds": 10, "inner": {"eps": 1e-8}},
        "habits": [{"call": "a"}, {"call": "b", "says": "two"}],
    }
    assert tomllib.loads(as_toml(table)) == table


# -- the real course ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real_course() -> Course:
    return Course.open(REPOSITORY)


@pytest.fixture(scope="module")
def real_files(real_course: Course) -> dict[str, dict[str, str]]:
    return {
        name: {path: c.decode() for path, c in expected_release(real_course, name).items()}
        for name in real_course.folders
    }


def test_the_real_script_and_notebook_define_the_same_entry_points(real_course, real_files):
    for name, files in real_files.items():
        tree = ast.parse(files[f"{name}.py"])
        in_script = {node.name for node in tree.body if hasattr(node, "name")}
        for exercise in real_course.assignment(name).exercises:
            stub = solution_cell(files[f"{name}.ipynb"], exercise.name)
            assert f"# %% {exercise.name}\n{stub}\n" in files[f"{name}.py"]
            in_notebook = {node.name for node in ast.parse(stub).body if hasattr(node, "name")}
            assert set(exercise.entry_points) <= in_notebook & in_script


def test_the_real_release_holds_no_hidden_check(real_course, real_files):
    for name, files in real_files.items():
        everything = "\n".join(files.values())
        for exercise in real_course.assignment(name).exercises:
            for check in exercise.checks:
                assert check.visible or not re.search(rf"\b{check.name}\b", everything)


def test_the_real_release_holds_no_line_of_a_solution_or_a_mistake(real_course, real_files):
    for name, files in real_files.items():
        told = {_code(line) for text in files.values() for line in text.splitlines()}
        secrets: set[str] = set()
        elsewhere: set[str] = set()
        for exercise in real_course.assignment(name).exercises:
            texts = {path.name: path.read_text() for path in exercise.folder.glob("*.py")}
            parts = re.split(r"### (?:BEGIN|END) SOLUTION", texts["solution.py"])
            inside, outside = parts[1::2], parts[::2]
            mistakes = [mistake.cells[-1] for mistake in load_mistakes(exercise)]
            secrets |= {_code(line) for text in [*inside, *mistakes] for line in text.splitlines()}
            shown = [*outside, texts["checks.py"], texts.get("show.py", "")]
            elsewhere |= {_code(line) for text in shown for line in text.splitlines()}
        assert not {line for line in (secrets - elsewhere) & told if len(line) > 15}
        assert not any("BEGIN SOLUTION" in text for text in files.values())


def _code(line: str) -> str:
    """A line as it stands in a script, in a comment there, or in a notebook's JSON."""
    return line.strip().removeprefix("# ").strip('",').removesuffix("\\n").strip()


def test_the_real_visible_checks_load(real_course, real_files, tmp_path):
    for name, files in real_files.items():
        for path, text in files.items():
            (tmp_path / name / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name / path).write_text(text)
        handed_out = Course.handed_out(tmp_path / name).assignment(name)
        for here, there in zip(
            handed_out.exercises, real_course.assignment(name).exercises, strict=True
        ):
            visible = [(c.name, c.points, c.after) for c in there.checks if c.visible]
            assert [(c.name, c.points, c.after) for c in here.checks] == visible
            assert here.points + here.hidden_points == there.points
