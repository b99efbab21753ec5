"""The table of an exercise: complete, inert, and readable on white and on black."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.reports.html import BACKGROUNDS, exercise_html
from autograder.reports.text import exercise_text
from autograder.results import ExerciseResult, Status, Verdict, exact

TAGS = {"div", "table", "tbody", "tr", "td", "span", "strong", "code", "pre", "br"}
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>&\"'`<b>`\x1b]52;c;eA==\x07\u202e"


class Seen(HTMLParser):
    """Every tag with its attributes, and the text."""

    def __init__(self, page: str):
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def verdict(name="a_check", status=Status.FAILED, **fields):
    known = {"description": "does a thing", "score": 0, "max_score": 2, "visible": True}
    given = {**known, **fields}
    points = {key: exact(given[key]) for key in ("score", "max_score")}
    return Verdict(name=name, status=status, **{**given, **points})


def table(*verdicts, printed="", title="Twice", **options):
    return exercise_html(ExerciseResult("double", title, verdicts, printed), **options)


def text(*verdicts, **options):
    return Seen(table(*verdicts, **options)).text


def test_it_says_what_each_check_asks_and_gave():
    seen = text(verdict(score=1.5, status=Status.PARTIAL), verdict("b", Status.PASSED, score=2.0))
    for part in ("Twice: 3.5 / 4 points", "partial", "1.5 / 2", "does a thing", "a_check", "2 / 2"):
        assert part in seen


@pytest.mark.parametrize("status", [Status.FAILED, Status.PARTIAL, Status.ERROR, Status.INTERNAL])
def test_what_did_not_pass_has_its_reason_and_hint(status):
    seen = text(verdict(status=status, rationale="Called `f(x)`.\nGot 9.", hint="Why?"))
    for part in (status.value, "Called f(x).", "Got 9.", "Hint: Why?"):
        assert part in seen


def test_a_check_that_passed_explains_nothing():
    seen = text(verdict(status=Status.PASSED, rationale="Nothing.", hint="Why?"))
    assert "Nothing." not in seen
    assert "Why?" not in seen


def test_a_check_that_was_skipped_says_after_which():
    seen = text(verdict(status=Status.SKIPPED, rationale="(after other)"))
    assert "a_check (after other)" in seen


def test_a_hint_is_given_once():
    seen = text(verdict(hint="Why?"), verdict("b", hint="Why?"))
    assert seen.count("Why?") == 1
    assert "Hint: as above." in seen


def test_your_value_stands_beside_the_expected_one_and_is_not_said_twice():
    page = table(
        verdict(
            rationale="Called `f(x)`. It returned [0.1, 0.2]; expected [0.1, 0.3] within 1e-05.",
            actual="[0.1, 0.2]",
            expected="[0.1, 0.3] within 1e-05",
        )
    )
    assert "It returned:" in page
    assert re.search(r"yours</td><td [^>]*>expected</td></tr>", page)
    assert re.search(r">\[0\.1, 0\.2\]</td><td [^>]*>\[0\.1, 0\.3\] within 1e-05</td>", page)
    assert page.count("[0.1, 0.2]") == 1


def test_values_that_the_rationale_words_otherwise_are_shown_with_all_of_it():
    seen = text(verdict(rationale="Something else.", actual="1", expected="2"))
    assert "Something else." in seen
    assert "yoursexpected12" in seen


# -- what is hidden ---------------------------------------------------------------------------

SECRET = verdict(
    "secret_name", visible=False, rationale="RATIONALE", hint="HINT", mistake="MISTAKE",
    actual="ACTUAL", expected="EXPECTED",
)  # fmt: skip


@pytest.mark.parametrize("status", list(Status))
def test_of_a_hidden_check_students_see_the_description_alone(status):
    shown = Verdict(**{**{f: getattr(SECRET, f) for f in Verdict.__slots__}, "status": status})
    for page in (table(shown), exercise_text(ExerciseResult("double", "Twice", (shown,)))):
        assert "does a thing" in page
        assert "(hidden)" in page
        for secret in ("RATIONALE", "HINT", "MISTAKE", "ACTUAL", "EXPECTED", "secret_name"):
            assert secret not in page


def test_what_was_printed_is_shown_only_where_asked_for():
    assert "noise" not in table(verdict(), printed="noise")
    assert "Your code printed" not in table(verdict(), printed=" \n")
    shown = exercise_html(ExerciseResult("a", "A", (), "\n1\n  <2>\n"), printed=True)
    assert ">1\n  &lt;2&gt;</pre>" in shown


# -- inert ------------------------------------------------------------------------------------


def everywhere(hostile: str) -> str:
    """A table with a text in every place that takes one."""
    shown = verdict(
        hostile,
        description=hostile,
        rationale=hostile,
        hint=hostile,
        mistake=hostile,
        actual=hostile,
        expected=hostile,
    )
    exercise = ExerciseResult(hostile, hostile, (shown,), hostile)
    return exercise_html(exercise, [hostile], printed=True)


@given(st.text() | st.text(st.sampled_from("<>&\"'`/=! aeosrc\n\x1b")))
def test_nothing_that_a_submission_says_becomes_markup(hostile):
    seen = Seen(everywhere(hostile))
    assert {tag for tag, _ in seen.tags} <= TAGS
    attributes = {name for _, found in seen.tags for name in found}
    assert attributes <= {"style", "class"}
    styles = {value for _, found in seen.tags for name, value in found.items() if name == "style"}
    harmless = {v for _, f in Seen(everywhere("x")).tags for n, v in f.items() if n == "style"}
    assert styles <= harmless


def test_hostile_text_is_shown_and_does_nothing():
    page = everywhere(HOSTILE)
    assert "<script" not in page
    assert "<img" not in page
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert page.count(html.escape("<script>alert(1)</script>")) >= 7
    assert "\\x1b]52" in page


def test_a_text_without_end_is_cut():
    assert len(everywhere("<" * 1_000_000)) < 100_000


def test_mathjax_leaves_it_alone():
    assert table(verdict(rationale="$x$")).startswith('<div class="tex2jax_ignore mathjax_ignore"')


# -- readable ---------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, as WCAG 2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("status", list(Status))
def test_a_word_in_white_is_readable_on_its_background(status):
    assert 1.05 / (luminance(BACKGROUNDS[status]) + 0.05) >= 4.5


def test_no_text_has_a_colour_that_suits_only_one_theme():
    coloured = [
        f
        for _, f in Seen(everywhere("x")).tags
        if re.search(r"(?<!-)color: (?!inherit)", f.get("style") or "")
    ]
    assert coloured
    assert all("background: #" in str(found["style"]) for found in coloured)


def test_tables_take_the_colour_of_the_page_even_where_it_has_no_doctype():
    tables = [found for tag, found in Seen(everywhere("x")).tags if tag == "table"]
    assert len(tables) == 2
    assert all("color: inherit" in str(found["style"]) for found in tables)
