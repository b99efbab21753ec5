"""The report for the terminal: complete, calm, and safe to look at."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from autograder.reports.text import OUR_FAULT, UNCLEAR, print_result, print_summary
from autograder.results import ExerciseResult, Result, Status, Verdict, exact

ON = {"on": True, "detail": "so"}
OFF = {"on": False, "detail": "not here"}


def verdict(name="a_check", status=Status.PASSED, **fields):
    known = {"description": "does a thing", "score": 0, "max_score": 2, "visible": True}
    given = {**known, **fields}
    points = {key: exact(given[key]) for key in ("score", "max_score")}
    return Verdict(name=name, status=status, **{**given, **points})


def result(*verdicts, **fields):
    exercise = ExerciseResult("double", "Twice", verdicts, fields.pop("printed", ""))
    known = {"protections": {"kill": ON}, "seconds": 1.25}
    return Result("class/ada.py", "ada", "tiny", (exercise,), **{**known, **fields})


def printed(shown, *, width=100, **options):
    stream = io.StringIO()
    print_result(shown, Console(file=stream, width=width, highlight=False), **options)
    return stream.getvalue()


def test_it_says_who_what_and_how_much():
    text = printed(result(verdict(score=2.0), verdict("other", Status.FAILED)))
    assert "ada" in text
    assert "class/ada.py" in text
    assert "2 / 4" in text
    assert "passed" in text
    assert "1.2 s" in text


@pytest.mark.parametrize("status", [Status.FAILED, Status.PARTIAL, Status.ERROR, Status.INTERNAL])
def test_what_did_not_pass_has_its_reason_and_hint(status):
    shown = verdict(status=status, rationale="Got 9.", hint="Why?", mistake="squares")
    text = printed(result(shown))
    for part in ("does a thing", "Got 9.", "Why?", "squares", status.value):
        assert part in text


def test_what_passed_is_one_line():
    text = printed(result(verdict(rationale="hidden fact", hint="hidden hint")))
    assert "hidden" not in text


def test_hidden_checks_are_marked():
    assert "(hidden)" in printed(result(verdict(visible=False)))
    assert "(hidden)" not in printed(result(verdict()))


def test_what_the_code_printed_is_shown_on_request():
    shown = result(verdict(), printed="hello\nthere")
    assert "hello" not in printed(shown)
    assert "hello" in printed(shown, printed=True)


def test_a_submission_that_could_not_be_read_says_why():
    assert "cut off" in printed(result(verdict(), error="ada.py: is cut off: send it again"))


@pytest.mark.parametrize(
    ("protections", "said"),
    [
        ({"kill": ON, "network": ON}, "All 2 protections"),
        ({"kill": ON, "network": OFF}, "were off: network"),
        ({"kill": OFF, "network": OFF}, "NO ISOLATION"),
    ],
)
def test_it_says_which_protections_were_off(protections, said):
    assert said in printed(result(verdict(), protections=protections), width=200)


HOSTILE = "\x1b]52;c;cm0=\x07\x1b[2J\r\x9b31m\u202egnp\u2066[red]x[/red]\x00\ud800"


def test_nothing_that_a_student_wrote_reaches_the_terminal_as_it_is():
    shown = verdict(status=Status.ERROR, rationale=HOSTILE, hint=HOSTILE, mistake="m")
    text = printed(
        replace(
            result(shown, printed=HOSTILE, notes=(HOSTILE,)),
            student=HOSTILE,
            submission=HOSTILE,
            assignment=HOSTILE,
        ),
        printed=True,
    )
    text += printed(replace(result(shown), error=HOSTILE))
    for character in "\x1b\x07\r\x9b\u202e\u2066\x00\ud800":
        assert character not in text
    assert text.count("[red]") >= 7, "markup was obeyed"


def test_a_name_cannot_forge_a_line_of_the_report():
    forged = "ada\n  passed  2 / 2  everything"
    text = printed(
        replace(result(verdict(status=Status.FAILED)), student=forged, submission=forged)
    )
    assert not any(line.strip().startswith("passed") for line in text.splitlines())


def test_lines_of_a_message_stay_under_their_check():
    shown = verdict(status=Status.ERROR, rationale="a\n  passed      2 / 2  everything")
    line = next(line for line in printed(result(shown)).splitlines() if "everything" in line)
    assert line.startswith(" " * 4), "it looks like a check of its own"


def test_long_texts_are_cut():
    shown = verdict(status=Status.ERROR, rationale="x" * 1_000_000, hint="y" * 1_000_000)
    assert len(printed(result(shown))) < 10_000


def test_the_summary_begins_with_the_reason_not_with_the_path():
    lost = replace(
        result(verdict()), submission="a/b/ada", error="a/b/ada/lab.py: it is empty: save it"
    )
    stream = io.StringIO()
    print_summary([lost], Console(file=stream, width=60))
    assert "  lab.py: it is empty" in stream.getvalue()


def test_after_many_it_is_said_which_ones_a_person_should_look_at():
    stream = io.StringIO()
    fine, broken = result(verdict()), result(verdict(status=Status.INTERNAL))
    unclear, unread = replace(fine, doubt="a.py or b.py"), replace(fine, error="it is empty")
    lost = replace(fine, error="it is our fault", is_our_fault=True)
    results = [fine, broken, unclear, unread, lost, replace(unread, doubt="a.py or b.py")]
    print_summary(results, Console(file=stream, width=100, highlight=False))
    lines = [line.rstrip() for line in stream.getvalue().splitlines()]
    assert [line.partition("0 / 2")[2].strip() for line in lines[1:-1]] == [
        *("", OUR_FAULT, UNCLEAR, "it is empty", "it is our fault", "it is empty"),
    ]
    assert lines[-1] == "3 graded, 2 could not be read, 4 for a person to look at"
