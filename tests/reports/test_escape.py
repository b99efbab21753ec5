"""Nothing invisible reaches a reader of the report."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.reports.escape import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ada Lovelace, Größe 日本 🙂", "Ada Lovelace, Größe 日本 🙂"),
        ("\x1b]52;c;ZXZpbA==\x07", "\\x1b]52;c;ZXZpbA==\\x07"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\x9b31m", "\\x9b31m"),
        ("a\rb\x08c\x7f", "a\\rb\\x08c\\x7f"),
        ("a\u202eb\u2066c\u200bd\ufeff", "a\\u202eb\\u2066c\\u200bd\\ufeff"),
        ("\u2028\u2029\x85\xad", "\\u2028\\u2029\\x85\\xad"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("\u3164", "\\u3164"),
        ("a\nb\tc", "a\\nb\\tc"),
        ("e" + "\u0301" * 5, "e" + "\u0301" * 3 + "\\u0301\\u0301"),
    ],
)
def test_what_can_not_be_seen_is_spelled_out(text, shown):
    assert printable(text) == shown


def test_line_ends_stay_on_request():
    assert printable("a\nb\tc\r", newlines=True) == "a\nb\tc\\r"


@pytest.mark.parametrize(
    ("limit", "shown"), [(10, "abcdefghij"), (9, "abcdef..."), (3, "..."), (2, ".."), (0, "")]
)
def test_long_text_is_cut(limit, shown):
    assert printable("abcdefghij", limit) == shown


def test_an_escape_is_never_cut_in_two():
    assert printable("ab\x1b\x1b\x1b", 9) == "ab\\x1b..."


@given(st.text(st.characters(), max_size=50), st.integers(0, 60), st.booleans())
def test_any_text_becomes_printable_and_short(text, limit, newlines):
    result = printable(text, limit, newlines=newlines)
    assert len(result) <= limit
    visible = result.replace("\n", "").replace("\t", "") if newlines else result
    assert all(c.isprintable() or c.isspace() for c in visible)
    assert not set(visible) & set("\r\n\x1b\x07\x9b\u202e\u2028\u200b")
    result.encode("utf-8")
