"""The structure of results, and the JSON Schema that belongs to it."""

from __future__ import annotations

import copy
import json
from decimal import Decimal
from importlib.resources import files

import pytest
from jsonschema import Draft202012Validator, ValidationError

from autograder.results import (
    MOST_NOTES,
    NOTE_LENGTH,
    SCHEMA_VERSION,
    ExerciseResult,
    Report,
    Result,
    Status,
    Verdict,
    as_json,
    few,
)
from autograder.sandbox.layers import LAYERS

SCHEMA = json.loads(files("autograder.reports").joinpath("schema.json").read_text("utf-8"))
validate = Draft202012Validator(SCHEMA).validate


def result(*statuses):
    verdicts = tuple(
        Verdict(f"check_{number}", "does a thing", status, Decimal("0.1"), Decimal("0.2"), True)
        for number, status in enumerate(statuses)
    )
    return Result("ada.py", "ada", "tiny", (ExerciseResult("double", "Twice", verdicts),))


def parts(value):
    """Every object inside a JSON value."""
    if isinstance(value, dict):
        yield value
    if isinstance(value, (dict, list)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from parts(part)


def test_the_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["properties"]["schema_version"]["const"] == SCHEMA_VERSION


def test_the_schema_says_what_each_field_is_and_allows_no_other():
    definitions = [SCHEMA, *SCHEMA["$defs"].values()]
    for definition in definitions:
        if definition["type"] != "object":
            continue
        assert definition["additionalProperties"] is False
        assert sorted(definition["required"]) == sorted(definition["properties"])


def test_the_schema_knows_the_words_of_the_code():
    statuses = SCHEMA["$defs"]["verdict"]["properties"]["status"]["enum"]
    assert statuses == [status.value for status in Status]
    layers = SCHEMA["$defs"]["result"]["properties"]["protections"]["propertyNames"]["enum"]
    assert layers == list(LAYERS)


def test_a_report_fits_the_schema():
    validate(as_json(Report((result(*Status), result()))))
    validate(as_json(Report(())))


def test_a_report_with_a_field_more_or_less_does_not():
    sound = as_json(Report((result(Status.FAILED),)))
    for number, part in enumerate(list(parts(sound))):
        if not part:
            continue
        more = copy.deepcopy(sound)
        list(parts(more))[number]["extra"] = 1
        with pytest.raises(ValidationError):
            validate(more)
        less = copy.deepcopy(sound)
        list(parts(less))[number].popitem()
        with pytest.raises(ValidationError):
            validate(less)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("score", -1),
        ("score", "3"),
        ("device", "tpu"),
        ("seed", -1),
        ("notes", [1]),
        ("error", None),
    ],
)
def test_a_field_of_another_kind_does_not_fit(field, wrong):
    report = as_json(Report((result(),)))
    report["results"][0][field] = wrong
    with pytest.raises(ValidationError):
        validate(report)


def test_scores_are_sums_without_rounding_noise():
    found = result(*[Status.PARTIAL] * 3)
    for one in (found, *found.exercises):
        assert (one.score, one.max_score) == (Decimal("0.3"), Decimal("0.6"))


def test_a_fault_of_ours_is_found():
    assert result(Status.PASSED, Status.INTERNAL).has_internal_faults
    assert not result(Status.ERROR, Status.FAILED).has_internal_faults


def test_json_holds_no_text_that_utf8_cannot():
    odd = Result("\udc80.py", "\udc80", "tiny", notes=("\ud800",), error="\udfff")
    assert as_json(Report((odd,)))["results"][0]["student"] == "\\udc80"
    json.dumps(as_json(Report((odd,))), ensure_ascii=False).encode("utf-8")


def test_a_result_keeps_a_few_short_notes_and_says_how_many_there_are():
    flooded = Result("a", "a", "tiny", notes=tuple(f"note {n}" for n in range(1990)))
    assert len(flooded.notes) == MOST_NOTES
    assert flooded.notes[0] == "note 0"
    assert flooded.notes[-1] == "and 1971 more"
    (long,) = Result("a", "a", "tiny", notes=("x" * 5_000,)).notes
    assert (len(long), long[-4:]) == (NOTE_LENGTH, "x...")
    as_many = tuple(map(str, range(MOST_NOTES)))
    assert Result("a", "a", "tiny", notes=as_many).notes == as_many


@pytest.mark.parametrize("most", [2, 5, MOST_NOTES, 25])
def test_notes_that_were_left_out_before_are_counted_too(most):
    whole = [f"note {n}" for n in range(100)]
    assert few(few(whole, 25), most) == few(whole, most)
    assert few(["first", *few(whole, 25)], most) == few(["first", *whole], most)
