"""What `autograder release` makes of a small course, and of the real one."""

import ast
import json
import re
from pathlib import Path

import pytest

from autograder.author.leaks import leaks, solution_lines
from autograder.author.pages import for_students
from autograder.author.release import (
    expected_release,
    out_of_step,
    release_assignment,
    release_folder,
    visible_fingerprints,
    write_release,
)
from autograder.course.course import Course
from autograder.course.mistakes import load_mistakes
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
'''
HIDDEN = '''
from autograder.authoring import check, expect

from .checks import NAME_of_two

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
from .checks import NAME_of_two
from .hidden import NAME_of_anything

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
HINTS = """
## NAME_of_two

1. What is two and two?
2. [torch](https://docs.pytorch.org/docs/stable/torch.html) can add.
3. A product, of two factors.
"""
FILES = {
    "checks.py": CHECKS,
    "hidden.py": HIDDEN,
    "hints.md": HINTS,
    "solution.py": SOLUTION,
    "mistakes.py": MISTAKES,
    "show.py": SHOW,
    "statement.md": "Write NAME.\n\n### What to write\n\nA $\\frac{1}{2}$ of it.\n",
    "exercise.toml": 'title = "The NAME"\nentry_points = ["NAME(x)"]\nminutes = 5\n'
    "[limits]\nseconds = 3\n",
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
        'title = "Small"\n[[habits]]\ncall = "torch.lstsq"\nsays = "It is gone."\n'
    )
    return tmp_path


def expected(course: Course, name: str = "small") -> dict[str, bytes]:
    assignment = course.assignment(name)
    return expected_release(assignment)


def released(root: Path) -> dict[str, str]:
    return {path: content.decode() for path, content in expected(Course.open(root)).items()}


def ignore(what: str) -> None:
    """Nobody waits for what is being run."""


def solution_cell(notebook: str, name: str) -> str:
    cells = json.loads(notebook)["cells"]
    return "".join(next(cell["source"] for cell in cells if cell["id"] == name))


def test_a_release_has_these_files_and_no_others(root):
    checks = ("checks.py", "exercise.toml", "hints.md")
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
    written = release_assignment(course, "small", ignore).files
    target = root / "assignments" / "small"
    own = {path.relative_to(root).as_posix() for path in written if target not in path.parents}
    assert own == {f"solutions/small/{f}/fingerprints.json" for f in ("01_double", "02_twice")}
    assert len(written) == 12 + 2
    assert list(release_assignment(course, "small", ignore).files) == []
    assert out_of_step(target, expected(course)) == []


def test_a_docstring_that_changes_leaves_the_fingerprints_as_they_are(root):
    course = Course.open(root)
    release_assignment(course, "small", ignore)
    path = root / "solutions" / "small" / "01_double" / "hidden.py"
    path.write_text(path.read_text().replace("agrees with the reference", "agrees"))
    assert list(release_assignment(Course.open(root), "small", ignore).files) == []


def test_checks_and_hints_are_released_byte_for_byte(root):
    source = root / "solutions" / "small" / "01_double"
    (source / "checks.py").write_bytes((source / "checks.py").read_bytes() + b"\n\n# as it is \n")
    files = expected(Course.open(root))
    for name in ("checks.py", "hints.md"):
        assert files[f"checks/01_double/{name}"] == (source / name).read_bytes()


def test_release_replaces_what_was_changed_and_removes_what_is_left_over(root):
    course = Course.open(root)
    folder, files = release_folder(course.assignment("small")), expected(course)
    write_release(folder, files)
    (folder / "small.py").write_text("changed")
    (folder / "checks" / "03_gone").mkdir()
    (folder / "checks" / "03_gone" / "checks.py").write_text("left over")
    (folder / "my_notes.txt").write_text("not ours")
    assert out_of_step(folder, files) == ["small.py", "checks/03_gone/checks.py"]
    write_release(folder, files)
    assert out_of_step(folder, files) == []
    assert not (folder / "checks" / "03_gone").exists()
    assert (folder / "my_notes.txt").read_text() == "not ours"
    assert [path.name for path in folder.parent.iterdir()] == ["small"]


def test_a_release_that_can_not_be_written_leaves_the_old_one_whole(root):
    course = Course.open(root)
    folder, files = release_folder(course.assignment("small")), expected(course)
    write_release(folder, files)
    with pytest.raises(OSError, match="small"):
        write_release(folder, {**files, "README.md": b"new", "small.py/below": b"a file is there"})
    assert out_of_step(folder, files) == []
    assert [path.name for path in folder.parent.iterdir()] == ["small"]


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
    folder = release_folder(course.assignment("small"))
    write_release(folder, expected(course))
    assignment = Course.handed_out(folder).assignment("small")
    assert (assignment.name, assignment.title) == ("small", "Small")
    assert assignment.habits == ({"call": "torch.lstsq", "says": "It is gone."},)
    for exercise in assignment.exercises:
        assert [check.name for check in exercise.checks] == [f"{exercise.name}_of_two"]
        assert (exercise.points, exercise.hidden_points, exercise.minutes) == (2, 1, 5)
        assert exercise.limits.seconds == 3


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
    exercise = Course.open(root).assignment("small").exercises[1]
    found = visible_fingerprints(exercise, known)
    assert found == (Fingerprint("too_much", "How much?", {"twice_of_two": wrong}),)
    path = root / "fingerprints.json"
    path.write_text(diagnosis.dump(found))
    assert diagnosis.load(path) == found


@pytest.mark.parametrize(
    ("file", "text", "line"),
    [
        ("statement.md", "The check `twice_of_anything` waits for you.", 1),
        ("statement.md", "Write this:\n\n    return the_answer_of_double\n", 3),
        ("show.py", '"""Draw."""\n\nX = """\n    return x * 2 + 100000000\n"""\n', 4),
    ],
)
def test_a_release_that_would_tell_what_is_hidden_is_refused(root, file, text, line):
    path = root / "solutions" / "small" / "01_double" / file
    path.write_text(text)
    problem, *_ = release_assignment(Course.open(root), "small", ignore).problems
    assert (problem.file, problem.line) == (str(path), line)
    assert not (root / "assignments").exists()


def test_a_line_that_the_author_has_marked_may_be_shown(root):
    folder = root / "solutions" / "small" / "01_double"
    (folder / "statement.md").write_text("Begin with\n\n    return the_answer_of_double\n")
    (problem,) = leaks(Course.open(root).assignment("small"))
    assert problem.fact == "shows line 12 of 01_double/solution.py: `return the_answer_of_double`"
    assert "# may be shown" in problem.remedy
    solution = folder / "solution.py"
    line = "return the_answer_of_double"
    solution.write_text(solution.read_text().replace(line, f"{line}  # may be shown"))
    assert leaks(Course.open(root).assignment("small")) == []
    assert "may be shown" not in "".join(released(root).values())


def test_remarks_to_linters_and_the_docstring_of_the_module_go():
    source = '"""Gone."""\n\nx = "# noqa"  # noqa: E501\ny = 1  # type of y\n'
    assert for_students(source) == 'x = "# noqa"\ny = 1  # type of y\n'


# -- the real course ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real_course() -> Course:
    return Course.open(REPOSITORY)


@pytest.fixture(scope="module")
def real_files(real_course: Course) -> dict[str, dict[str, str]]:
    return {
        name: {path: c.decode() for path, c in expected(real_course, name).items()}
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
    """Read anew from the files, without what `leaks` makes of them."""
    for name, files in real_files.items():
        told = {_code(line) for text in files.values() for line in text.splitlines()}
        secrets: set[str] = set()
        elsewhere: set[str] = set()
        for exercise in real_course.assignment(name).exercises:
            texts = {path.name: path.read_text() for path in exercise.folder.glob("*.py")}
            for _, line, inside in solution_lines(texts["solution.py"]):
                code, _, mark = line.partition("  # may be shown")
                secret = inside and code == line and not mark
                (secrets if secret else elsewhere).add(_code(code))
            shown = f"{texts['checks.py']}\n{texts.get('show.py', '')}".splitlines()
            for mistake in load_mistakes(exercise):
                lines = {_code(line) for line in mistake.cells[-1].splitlines()}
                secrets |= lines - {_code(line) for line in shown}
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
