"""Reading a course: what is there, and for what is odd the file and the remedy."""

from __future__ import annotations

import shutil

import pytest

from autograder.course import load
from autograder.course.course import Course, solution_source
from autograder.course.mistakes import load_mistakes
from autograder.errors import CourseError, UsageError


@pytest.fixture
def copy(tiny, tmp_path):
    """A copy of the tiny course that a test may spoil; its assignment's folder."""
    shutil.copytree(tiny, tmp_path / "course")
    return tmp_path / "course" / "solutions" / "tiny"


def spoilt(path, *replaced, text=None):
    content = path.read_text(encoding="utf-8") if text is None else text
    for old, new in zip(replaced[::2], replaced[1::2], strict=True):
        assert old in content
        content = content.replace(old, new)
    path.write_text(content, encoding="utf-8")


def refused(folder):
    with pytest.raises(CourseError) as caught:
        load.load_assignment(folder)
    assert caught.value.remedy
    return caught.value


# -- what is there --------------------------------------------------------------------------


def test_an_assignment_is_its_exercises_in_order(tiny):
    assignment = Course.open(tiny).assignment("tiny")
    assert (assignment.name, assignment.title) == ("tiny", "A tiny assignment")
    assert [exercise.name for exercise in assignment.exercises] == ["double", "shout"]
    assert assignment.entry_points == ("double", "shout", "Voice")


def test_an_exercise_is_what_its_files_say(tiny):
    double, shout = Course.open(tiny).assignment("tiny").exercises
    assert (double.title, double.minutes, double.points) == ("Twice", 1, 9)
    assert (double.limits.seconds, double.thresholds.enough) == (0.6, 0.9)
    assert double.entry_points == {"double": ("x",)}
    assert shout.entry_points == {"shout": ("text",), "Voice": ("volume",)}
    assert shout.signatures == ("shout(text)", "Voice(volume)")
    assert shout.title == "Loud"


def test_visible_checks_come_first_then_those_of_hidden_py(tiny):
    double, shout = Course.open(tiny).assignment("tiny").exercises
    assert [(c.name, c.points, c.visible, c.after) for c in double.checks] == [
        ("doubles_a_number", 2, True, ()),
        ("gets_far", 4, True, ()),
        ("agrees_on_unseen", 3, False, ("doubles_a_number",)),
    ]
    assert [check.visible for check in shout.checks] == [True, False]
    assert double.checks[0].description == "double(3) is 6"


@pytest.mark.parametrize(
    ("text", "name", "parameters"),
    [
        ("f(x)", "f", ("x",)),
        ("f()", "f", ()),
        ("Model(n_inputs=1)", "Model", ("n_inputs",)),
        (" train(model, x, epochs=10) ", "train", ("model", "x", "epochs")),
        ("f(size=(1, 2), *, y: float = 0.5)", "f", ("size", "y")),
    ],
)
def test_signatures_are_read_as_printed(tmp_path, text, name, parameters):
    assert load.parse_signature(tmp_path, text) == (name, parameters)


@pytest.mark.parametrize("text", ["f", "f(", "f(x", "(x)", "f(x) g(y)", "f(1)", "", "f(x): pass"])
def test_what_is_no_signature_is_refused(tmp_path, text):
    with pytest.raises(CourseError, match=r"exercise.toml.*write it like f\(x"):
        load.parse_signature(tmp_path, text)


def test_a_course_is_found_from_inside_it(copy):
    assert Course.open(copy / "01_double").folders == {"tiny": copy.resolve()}


def test_the_reference_is_there_or_not(copy):
    exercise = load.load_assignment(copy).exercises[0]
    assert "return 2 * x" in solution_source(exercise)
    (exercise.folder / "solution.py").unlink()
    assert solution_source(exercise) is None


def test_what_was_handed_out_is_read_without_solutions(copy, tmp_path):
    handed_out = tmp_path / "mine"
    shutil.copytree(copy, handed_out / "checks", ignore=shutil.ignore_patterns("solution.py"))
    spoilt(handed_out / "checks" / "assignment.toml", text='name = "tiny"\ntitle = "T"\n')
    course = Course.handed_out(handed_out)
    assert course.folders == {"tiny": handed_out / "checks"}
    assert course.assignment("tiny").name == "tiny"


# -- what is odd ----------------------------------------------------------------------------


def test_no_course_names_the_place_and_the_option(tmp_path):
    with pytest.raises(CourseError, match=r"--course DIR") as caught:
        Course.open(tmp_path)
    assert caught.value.file == str(tmp_path.resolve())


def test_a_folder_that_was_not_handed_out_is_told(tmp_path):
    with pytest.raises(CourseError, match=r"no checks/.*cd into"):
        Course.handed_out(tmp_path)


def test_an_unknown_assignment_is_told_with_those_there_are(tiny):
    with pytest.raises(UsageError, match=r"'big'; there is tiny"):
        Course.open(tiny).assignment("big")


def test_an_assignment_without_exercises_is_refused(copy):
    for folder in ("01_double", "02_shout"):
        shutil.rmtree(copy / folder)
    assert "01_name" in str(refused(copy))


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("assignment.toml", "title = ", "is not valid TOML"),
        ("assignment.toml", "habits = 3\n", "habits"),
        ("01_double/exercise.toml", "\xff = ", "is not valid UTF-8"),
        ("01_double/exercise.toml", "title = 'x'\n", "entry_points"),
        ("01_double/exercise.toml", "entry_points = 'f(x)'\n", "entry_points"),
        ("01_double/exercise.toml", "entry_points = [3]\n", "entry_points = [3]"),
        ("01_double/exercise.toml", "entry_points = ['f(x)']\nminuts = 3\n", "minuts"),
        ("01_double/exercise.toml", "entry_points = ['f x']\n", "is not a signature"),
        ("01_double/exercise.toml", "entry_points = ['f(x)']\n[limits]\nsecond = 3\n", "limits"),
        ("01_double/exercise.toml", "entry_points = ['f(x)']\n[limits]\nseconds = 'x'\n", "limits"),
        ("01_double/exercise.toml", "entry_points = ['f(x)']\n[limits]\nseconds = 0\n", "limits"),
        ("01_double/exercise.toml", "entry_points = ['f(x)']\nthresholds = 3\n", "thresholds"),
        ("01_double/exercise.toml", "entry_points = ['f(x)']\nminutes = 'x'\n", "minutes"),
        ("01_double/checks.py", "def f(:\n", "a syntax error"),
        ("01_double/checks.py", "1 / 0\n", "ZeroDivisionError"),
        ("01_double/checks.py", "raise SystemExit\n", "SystemExit"),
        (
            "01_double/checks.py",
            "from autograder.authoring import check\n@check(points=1)\ndef f(student):\n    pass\n",
            "f needs a docstring",
        ),
        (
            "01_double/checks.py",
            "from autograder.authoring import check\n@check(points=1)\ndef f(pupil):\n    'doc'\n",
            "pupil",
        ),
    ],
)
def test_what_is_odd_in_a_file_names_the_file_and_the_remedy(copy, file, text, said):
    (copy / file).write_bytes(text.encode("latin-1"))
    error = refused(copy)
    assert error.file == str(copy / file)
    assert said in error.problem


def test_an_exercise_without_checks_is_refused(copy):
    (copy / "02_shout" / "hidden.py").unlink()
    (copy / "02_shout" / "checks.py").write_text("")
    assert refused(copy).problem == "defines no check"


def test_a_name_belongs_to_one_exercise(copy):
    path = copy / "02_shout" / "exercise.toml"
    spoilt(path, "shout(text)", "double(text)")
    error = refused(copy)
    assert error.file == str(path)
    assert "double is an entry point of double" in error.problem


def test_a_missing_file_is_named(copy):
    (copy / "01_double" / "checks.py").unlink()
    assert refused(copy).file == str(copy / "01_double" / "checks.py")


def test_two_checks_of_one_name_are_refused(copy):
    path = copy / "02_shout" / "hidden.py"
    spoilt(path, "has_volume", "is_loud")
    error = refused(copy)
    assert (error.file, error.line) == (str(path), 6)
    assert error.problem == "the check is_loud is defined twice"


def test_a_check_after_one_that_is_not_there_is_refused(copy):
    path = copy / "02_shout" / "hidden.py"
    spoilt(path, "points=1", 'points=1, after="gone"')
    assert "comes after gone" in refused(copy).problem


def test_a_visible_check_can_not_ask_for_the_reference(copy):
    path = copy / "02_shout" / "checks.py"
    spoilt(path, "(student)", "(student, reference)")
    error = refused(copy)
    assert (error.file, error.remedy) == (str(path), "move it to hidden.py")


def test_checks_know_nothing_of_the_exercise_and_hidden_ones_know_the_checks(copy):
    spoilt(copy / "02_shout" / "checks.py", '"""A', 'from .solution import shout\n"""A')
    error = refused(copy)
    assert error.line == 1
    assert "solution" in error.problem
    spoilt(copy / "02_shout" / "checks.py", "from .solution import shout\n", "LOUD = 'A'\n")
    hidden = copy / "02_shout" / "hidden.py"
    spoilt(hidden, "\n\n\n@check", "\n\nfrom .checks import LOUD, is_loud\n\n\n@check")
    spoilt(hidden, "points=1", "points=1, after=is_loud")
    checks = load.load_exercise(copy / "02_shout").checks
    assert [(check.name, check.after) for check in checks] == [
        ("is_loud", ()),
        ("has_volume", ("is_loud",)),
    ]


# -- mistakes -------------------------------------------------------------------------------


def mistakes(copy, text=None, exercise=0):
    found = load.load_assignment(copy).exercises[exercise]
    if text is not None:
        (found.folder / "mistakes.py").write_text(text, encoding="utf-8")
    return load_mistakes(found)


HEAD = "from autograder.authoring import mistake\nfrom .checks import doubles_a_number\n"


def test_a_mistake_is_its_definition_under_the_entry_points_name(copy):
    (one,) = mistakes(copy)
    assert (one.name, one.ids, one.fails) == ("squares", ("T1",), "doubles_a_number")
    assert one.hint == "Is 2 * 3 the same as 3 * 3?"
    namespace = {}
    for cell in one.cells:
        exec(cell, namespace)
    assert namespace["double"](3) == 9


def test_helpers_and_imports_of_the_file_come_along_but_not_the_courses_own(copy):
    text = (
        '"""Doc."""\nimport math\n'
        + HEAD
        + "FACTOR = 3\n\ndef helper(x):\n    return math.floor(x) * FACTOR\n\n"
        '@mistake(fails=doubles_a_number, ids="A1, A2")\ndef treble(x):\n'
        '    """Hint\n    in lines?"""\n    return helper(x)\n'
    )
    (one,) = mistakes(copy, text)
    assert one.ids == ("A1", "A2")
    assert one.hint == "Hint in lines?"
    assert "autograder" not in "".join(one.cells)
    namespace = {}
    for cell in one.cells:
        exec(cell, namespace)
    assert namespace["double"](2.5) == 6


def test_a_mistake_may_be_a_cell(copy):
    text = (
        HEAD + '@mistake(fails=doubles_a_number, cell=True)\ndef breaks():\n    """Hint?"""\n'
        '    double = 3\n    other = """\n    text"""\n'
    )
    (one,) = mistakes(copy, text)
    namespace = {}
    exec(one.cells[-1], namespace)
    assert namespace["double"] == 3


def test_where_there_is_no_file_there_are_no_mistakes(copy):
    (copy / "02_shout" / "mistakes.py").unlink()
    assert mistakes(copy, exercise=1) == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def f(:\n", "syntax error"),
        ('@mistake()\ndef f(x):\n    """Hint?"""\n', "fails="),
        ('@mistake(fails=nothing)\ndef f(x):\n    """Hint?"""\n', "fails="),
        ("@mistake(fails=doubles_a_number)\ndef f(x):\n    return x\n", "docstring"),
        ('@mistake(fails=doubles_a_number, replaces="g")\ndef f(x):\n    """H?"""\n', "replaces"),
        (
            '@mistake(fails=doubles_a_number)\ndef f(x):\n    """H?"""\n\n'
            '@mistake(fails=doubles_a_number)\ndef f(x):\n    """H?"""\n',
            "f is defined twice",
        ),
    ],
)
def test_an_odd_mistake_names_the_file_and_the_remedy(copy, text, said):
    with pytest.raises(CourseError) as caught:
        mistakes(copy, text)
    assert caught.value.file == str(copy / "01_double" / "mistakes.py")
    assert said in caught.value.problem
    assert caught.value.remedy


def test_with_several_entry_points_a_mistake_says_which_it_replaces(copy):
    text = '@mistake(fails=is_loud)\ndef whisper(text):\n    """Loud?"""\n    return text\n'
    with pytest.raises(CourseError, match="replaces="):
        mistakes(copy, text, exercise=1)
    (one,) = mistakes(copy, text.replace("is_loud", 'is_loud, replaces="shout"'), exercise=1)
    assert one.cells[-1].endswith("shout = whisper\n")
