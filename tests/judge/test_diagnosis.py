"""Naming the mistake behind a wrong value, and fingerprints as JSON."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.errors import CourseError
from autograder.judge.diagnosis import PASSED, SKIPPED, Fingerprint, diagnose, dump, load, same
from autograder.judge.expect import Evidence


def value(*numbers):
    return Evidence("value", "", tuple(map(float, numbers)))


def fingerprint(mistake, **profile):
    return Fingerprint(mistake, f"hint of {mistake}", profile)


def test_the_same_check_with_the_same_wrong_value_names_the_mistake():
    known = [fingerprint("log10", a=value(0.1299)), fingerprint("sum", a=value(1.196))]
    assert diagnose("a", {"a": value(0.12991)}, known).mistake == "log10"


@pytest.mark.parametrize(
    "evidence",
    [
        value(0.5),
        value(0.1299, 0.1),
        value(),
        Evidence("shape", "", (0.1299,)),
        Evidence("value", "other words", (0.1299,)),
        value(math.nan),
        value(math.inf),
    ],
    ids=repr,
)
def test_other_evidence_is_not_named(evidence):
    assert diagnose("a", {"a": evidence}, [fingerprint("log10", a=value(0.1299))]) is None


def test_the_same_value_in_another_check_is_not_named():
    assert diagnose("b", {"b": value(1)}, [fingerprint("log10", a=value(1), b=PASSED)]) is None


@pytest.mark.parametrize("kind", ["passed", "skipped", "missing", "untouched"])
def test_what_tells_nothing_is_never_named(kind):
    evidence = Evidence(kind)
    assert diagnose("a", {"a": evidence}, [fingerprint("any", a=evidence)]) is None


def test_a_tie_is_broken_by_the_whole_profile():
    known = [
        fingerprint("one", a=value(1), b=value(2), c=PASSED),
        fingerprint("two", a=value(1), b=value(3), c=PASSED),
        fingerprint("three", a=value(1), b=value(2), c=value(4)),
    ]
    for name, b, c in [
        ("one", value(2), PASSED),
        ("two", value(3), PASSED),
        ("three", value(2), value(4)),
    ]:
        assert diagnose("a", {"a": value(1), "b": b, "c": c}, known).mistake == name
        assert diagnose("a", {"a": value(1), "b": b, "c": c}, known[::-1]).mistake == name


def test_a_tie_that_stays_goes_to_the_first():
    known = [fingerprint("first", a=value(1)), fingerprint("second", a=value(1))]
    assert diagnose("a", {"a": value(1)}, known).mistake == "first"


@pytest.mark.parametrize("number", [0.0, 1e-3, 1.0, -1e6, math.inf, -math.inf, math.nan])
def test_numbers_are_alike_within_what_another_processor_changes(number):
    assert same(value(number), value(number * (1 + 1e-4)))
    assert not same(value(number), value(2 * number + 1 if math.isfinite(number) else 0.0))


def test_numbers_in_words_do_not_count():
    said = "IndexError: index {} is out of bounds for dimension 0 with size {}"
    one, other = (Evidence("raised", said.format(*sizes)) for sizes in [(4, 4), (100, 64)])
    assert same(one, other)
    assert not same(one, Evidence("raised", "IndexError: other"))


evidence = st.builds(
    Evidence,
    st.sampled_from(["value", "shape", "raised", "passed"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=10),
    st.lists(st.floats(width=32), max_size=4).map(tuple),
)
fingerprints = st.lists(
    st.builds(
        Fingerprint,
        st.text("abc_", min_size=1, max_size=5),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
        st.dictionaries(st.text("abc_", min_size=1, max_size=5), evidence, max_size=4),
    ),
    max_size=4,
    unique_by=lambda one: one.mistake,
)


@given(fingerprints)
def test_fingerprints_survive_as_json(tmp_path_factory, known):
    path = tmp_path_factory.mktemp("prints") / "fingerprints.json"
    path.write_text(dump(known), encoding="utf-8")
    found = load(path)
    assert [(one.mistake, one.hint) for one in found] == [(one.mistake, one.hint) for one in known]
    for one, other in zip(known, found, strict=True):
        assert one.profile.keys() == other.profile.keys()
        assert all(same(one.profile[name], other.profile[name]) for name in one.profile)


def test_json_of_fingerprints_is_standard_json():
    text = dump([fingerprint("odd", a=value(math.nan, math.inf, -math.inf), b=SKIPPED)])
    assert "NaN" not in text
    assert "Infinity" not in text


def test_where_there_is_no_file_nothing_is_known(tmp_path):
    assert load(tmp_path / "fingerprints.json") == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"digest": "d", "mistakes": {"a": {}}}',
        '{"digest": "d", "mistakes": {"a": {"hint": "h", "profile": {"c": ["value"]}}}}',
        "\xff",
    ],
)
def test_a_broken_file_is_named_with_its_remedy(tmp_path, text):
    path = tmp_path / "fingerprints.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(CourseError, match=r"fingerprints\.json") as caught:
        load(path)
    assert caught.value.remedy
