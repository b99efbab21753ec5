"""What stays of a checks.py when what is hidden is taken out, and how leaks are found."""

import textwrap
from pathlib import Path

import pytest

from autograder.course.load import load_checks
from autograder.course.prune import visible_part
from autograder.errors import CourseError

CHECKS = '''
"""What `double` has to do."""

import math
from pathlib import PurePath

import numpy as np

from autograder.authoring import check, expect, fail, plain

# Powers of two, worked out by hand.
POWERS = (1, 2, 4)
"""How many there are: three."""
POWERS += (8,)
SECRET = (3, 5)  # asked about in the hidden check


# -- by example -----------------------------------------------------------------------


@check(points=1)
def doubles_the_example(student):
    """double(2) is 4"""
    # the comment inside stays
    near(student.double(2), 2 * POWERS[1])


# Unseen numbers, agreed on with nobody.
@check(points=2, after=doubles_the_example)
def agrees_elsewhere(student, reference):
    """double agrees with the reference"""
    for number in SECRET:
        near(student.double(number), plain(reference.double(number)))


def near(found, wanted):
    """A comparison that both checks use."""
    expect(found).close_to(TOLERANCE + wanted)


# -- by symmetry ----------------------------------------------------------------------


@check(points=1, visible=False)
def is_odd(student):
    """double(-x) is -double(x)"""
    if math.isnan(plain(student.double(-1))) or PurePath("x").name:
        fail("no")


# -- numbers --------------------------------------------------------------------------

TOLERANCE = np.float64(0.0)
'''


@pytest.fixture
def prune(tmp_path: Path):
    def pruned(source: str) -> str:
        path = tmp_path / "checks.py"
        path.write_text(textwrap.dedent(source).lstrip())
        return visible_part(path, load_checks(path))

    return pruned


def test_hidden_checks_go_with_all_that_only_they_use(prune):
    text = prune(CHECKS)
    for gone in ("agrees_elsewhere", "is_odd", "SECRET", "math", "PurePath", "reference", "fail"):
        assert gone not in text


def test_helpers_constants_and_imports_of_visible_checks_stay(prune):
    text = prune(CHECKS)
    assert "import numpy as np" in text
    assert "from autograder.authoring import check, expect\n" in text
    assert "TOLERANCE = np.float64(0.0)" in text
    assert "def near(found, wanted):" in text
    assert 'POWERS = (1, 2, 4)\n"""How many there are: three."""\nPOWERS += (8,)\n' in text


def test_what_stays_loads_as_the_same_visible_checks(prune, tmp_path):
    (tmp_path / "pruned").mkdir()
    path = tmp_path / "pruned" / "checks.py"
    path.write_text(prune(CHECKS))
    (check,) = load_checks(path)
    assert (check.name, check.points, check.description) == (
        "doubles_the_example",
        1,
        "double(2) is 4",
    )


def test_comments_stay_with_what_they_belong_to(prune):
    text = prune(CHECKS)
    assert text.startswith('"""What `double` has to do."""\n\nimport numpy')
    assert "# Powers of two, worked out by hand.\nPOWERS" in text
    assert "# -- by example ---" in text
    assert "# -- numbers ---" in text
    assert "    # the comment inside stays\n" in text
    assert "agreed on with nobody" not in text
    assert "# -- by symmetry" not in text


def test_pruning_twice_changes_nothing(prune):
    once = prune(CHECKS)
    assert prune(once) == once


def test_never_more_than_two_blank_lines_are_left(prune):
    assert "\n\n\n\n" not in prune(CHECKS)


def test_blank_lines_inside_a_text_stay(prune):
    text = prune(
        '''
        from autograder.authoring import check

        TEXT = """a



        b"""


        @check(points=1)
        def reads(student):
            """reads the text"""
            student.read(TEXT)
        '''
    )
    assert '"""a\n\n\n\nb"""' in text


def test_a_visible_check_after_a_hidden_one_is_an_error_that_names_both(prune):
    source = '''
        from autograder.authoring import check

        @check(points=1, visible=False)
        def first(student):
            """is hidden"""

        @check(points=1, after=first)
        def second(student):
            """is visible"""
        '''
    with pytest.raises(CourseError, match="second comes after first, which is hidden"):
        prune(source)


def test_a_helper_of_visible_checks_that_names_a_hidden_one_is_an_error(prune):
    source = '''
        from autograder.authoring import check

        @check(points=1, visible=False)
        def secret(student):
            """is hidden"""

        def points():
            return secret.points

        @check(points=1)
        def shown(student):
            """is visible"""
            points()
        '''
    with pytest.raises(CourseError, match="mentions secret, which is hidden"):
        prune(source)


def test_a_call_for_its_effect_stays_where_all_it_uses_stays(prune):
    text = prune(
        '''
        import math
        import numpy as np
        from autograder.authoring import check

        HIDDEN = {}
        SHOWN = {}
        SHOWN["a"] = 1
        SHOWN.update(b=2)
        HIDDEN.update(c=3)

        @check(points=1)
        def visible(student):
            """uses what is shown"""
            student.f(SHOWN)

        @check(points=1, visible=False)
        def hidden(student):
            """uses what is not"""
            student.f(HIDDEN)
        '''
    )
    assert 'SHOWN["a"] = 1\nSHOWN.update(b=2)\n' in text
    assert "HIDDEN" not in text
