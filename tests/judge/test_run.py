"""From a submission to findings and verdicts, in a tiny course, with real workers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autograder.judge.diagnosis import Fingerprint
from autograder.judge.expect import Evidence
from autograder.judge.run import Candidate, Setup, check_seed, conclude, run_exercise
from autograder.results import Status
from autograder.sandbox.host.session import Session, Source


@pytest.fixture
def judge(tiny_grader):
    """A function that runs an exercise's checks on some code: {check name: finding}."""
    opened = []
    assignment = tiny_grader.course.assignment("tiny")

    def run(exercise, *sources, seconds=None, **options):
        cells = [
            Source(source, lambda line, number=number: f"cell {number}, line {line}")
            for number, source in enumerate(sources, start=1)
        ]
        session = Session(tiny_grader._launcher.start, cells, load_seconds=60.0)
        opened.append(session)
        found = next(e for e in assignment.exercises if e.name == exercise)
        if "checks" in options:
            found = replace(found, checks=tuple(options.pop("checks")))
        reference = options.pop("reference", tiny_grader.reference(found))
        candidate = Candidate(session, **options)
        findings = run_exercise(Setup(found, reference, seconds=seconds), candidate)
        return {finding.check.name: finding for finding in findings}

    yield run
    for session in opened:
        session.close()


def statuses(findings):
    return [finding.status.value for finding in findings.values()]


def body(*lines):
    return "def double(x):\n" + "".join(f"    {line}\n" for line in lines)


def test_a_right_answer_passes_every_check(judge):
    findings = judge("double", body("return x + x"))
    assert statuses(findings) == ["passed"] * 3
    assert all(f.fraction == 1.0 and f.rationale == "" for f in findings.values())


def test_a_wrong_answer_fails_with_rationale_hint_and_evidence(judge):
    findings = judge("double", body("return x * x"))
    failed = findings["doubles_a_number"]
    assert failed.status is Status.FAILED
    assert (
        failed.rationale == "Called `double(x)` with x = 3. It returned 9; expected 6 within 6e-05."
    )
    assert failed.hint == "How much is twice?"
    assert failed.evidence == Evidence("value", "", (9.0,))


def test_a_check_that_builds_on_another_is_skipped(judge):
    skipped = judge("double", body("return x * x"))["agrees_on_unseen"]
    assert (skipped.status, skipped.fraction) == (Status.SKIPPED, 0.0)
    assert "after doubles_a_number" in skipped.rationale


def test_the_reference_is_asked_where_a_check_wants_it(judge):
    source = body("return 2 * x if isinstance(x, int) else 3 * x")
    assert statuses(judge("double", source)) == ["passed", "passed", "failed"]


def test_partial_credit_is_a_fraction_with_its_reason(judge):
    partial = judge("double", body("return 1.45 * x"))["gets_far"]
    assert (partial.status, partial.fraction) == (Status.PARTIAL, pytest.approx(0.5))
    assert partial.rationale == "It went 0.5 of the way."
    assert judge("double", body("return x"))["gets_far"].status is Status.FAILED


def test_an_exception_is_the_students_error_with_its_place(judge):
    error = judge("double", "import math", body("y = -1", "return math.sqrt(y)"))[
        "doubles_a_number"
    ]
    assert error.status is Status.ERROR
    assert error.rationale == (
        "Called `double(x)` with x = 3. It raised `ValueError: math domain error` "
        "at cell 2, line 3: `return math.sqrt(y)`."
    )
    assert error.evidence == Evidence("raised", "ValueError: math domain error")


def test_an_untouched_stub_is_no_error(judge):
    findings = judge("double", body("raise NotImplementedError()"))
    first = findings["doubles_a_number"]
    assert (first.status, first.evidence.kind) == (Status.FAILED, "untouched")
    assert "not written yet" in first.rationale
    assert statuses(findings) == ["failed", "failed", "skipped"]


def test_a_missing_entry_point_is_named_with_the_reason(judge):
    findings = judge("double", "treble = 3", why_missing={"double": "Cell 4 broke."}.get)
    first = findings["doubles_a_number"]
    assert (first.status, first.evidence) == (Status.FAILED, Evidence("missing", "double"))
    assert first.rationale == ("`double` is not there yet: Cell 4 broke.")


def test_a_name_that_the_students_own_code_lacks_is_an_error_of_theirs(judge):
    first = judge("double", body("return twice(x)"))["doubles_a_number"]
    assert first.status is Status.ERROR
    assert "NameError: name 'twice' is not defined" in first.rationale
    tricky = judge("double", body("raise NameError('double is not defined')"))["doubles_a_number"]
    assert tricky.status is Status.ERROR


def test_an_entry_point_that_is_no_function_is_an_error(judge):
    first = judge("double", "double = 3")["doubles_a_number"]
    assert first.status is Status.ERROR
    assert "'int' object is not callable" in first.rationale


def test_a_crash_costs_its_check_and_no_other(judge):
    source = body("import os", "if x == 3: os._exit(0)", "return 2 * x")
    findings = judge("double", source)
    assert statuses(findings) == ["error", "passed", "skipped"]
    assert findings["doubles_a_number"].rationale == (
        "Called `double(x)` with x = 3. It ended Python with exit status 0."
    )


def test_after_two_time_outs_the_rest_is_skipped(judge, tiny_grader):
    exercise = tiny_grader.course.assignment("tiny").exercises[0]
    checks = [replace(exercise.checks[0], name=name) for name in "abc"]
    findings = judge("double", body("while True: pass"), checks=checks, seconds=0.3)
    assert statuses(findings) == ["error", "error", "skipped"]
    assert findings["a"].rationale == (
        "Called `double(x)` with x = 3. It did not finish within 0.3 seconds of processor time."
    )
    assert "2 checks here ran out of time" in findings["c"].rationale


def test_once_the_submissions_time_is_spent_nothing_is_begun(judge):
    findings = judge("double", body("return 2 * x"), most=0.0)
    assert statuses(findings) == ["skipped"] * 3
    assert "as a whole" in findings["gets_far"].rationale


def test_a_check_with_a_bug_is_our_fault(judge, tiny_grader):
    exercise = tiny_grader.course.assignment("tiny").exercises[0]

    def buggy(student):
        return {}["no such key"]

    def returns_nonsense(student):
        return True

    checks = [
        replace(exercise.checks[0], name="buggy", function=buggy),
        replace(exercise.checks[0], name="nonsense", function=returns_nonsense),
        replace(exercise.checks[0], name="after", after=("buggy",)),
        exercise.checks[0],
    ]
    findings = judge("double", body("return 2 * x"), checks=checks)
    assert statuses(findings) == ["internal", "internal", "skipped", "passed"]
    rationale = findings["buggy"].rationale
    assert "our fault" in rationale
    assert "KeyError: 'no such key' (test_run.py, line " in rationale
    assert "/" not in rationale, "a path of this machine"
    assert "credit(fraction, rationale)" in findings["nonsense"].rationale


@pytest.mark.parametrize(
    "source",
    [
        "def double(x):\n    raise ValueError('broken')\n",
        "1 / 0\n",
        "def double(x):\n    import os; os._exit(1)\n",
    ],
    ids=["raises", "does not load", "crashes"],
)
def test_a_reference_that_does_not_answer_is_our_fault(judge, tiny_grader, source):
    exercise = tiny_grader.course.assignment("tiny").exercises[0]
    broken = tiny_grader._learned().recorded(exercise, source)
    findings = judge("double", body("return 2 * x"), reference=broken)
    broken.close()
    assert statuses(findings) == ["passed", "passed", "internal"]
    assert "the reference did not answer" in findings["agrees_on_unseen"].rationale


def test_seeds_are_of_the_check_and_stay(judge):
    assert check_seed(0, "double", "a") == check_seed(0, "double", "a")
    others = [
        check_seed(1, "double", "a"),
        check_seed(0, "shout", "a"),
        check_seed(0, "double", "b"),
    ]
    assert len({check_seed(0, "double", "a"), *others}) == 4


# -- verdicts -------------------------------------------------------------------------------


def test_verdicts_carry_points_and_the_known_mistake(judge, tiny_grader):
    exercise = tiny_grader.course.assignment("tiny").exercises[0]
    findings = list(judge("double", body("return x * x if x == 3 else 1.45 * x")).values())
    known = [
        Fingerprint(
            "squares", "Is it a square?", {"doubles_a_number": Evidence("value", "", (9.0,))}
        )
    ]
    result = conclude(exercise, findings, known, "printed")
    first, second, third = result.checks
    assert (first.mistake, first.hint) == ("squares", "Is it a square?")
    assert (second.score, second.max_score, second.mistake) == (2.0, 4, None)
    assert (third.mistake, third.visible) == (None, False)
    assert (result.score, result.max_score, result.printed) == (2.0, 9, "printed")


def test_an_unknown_mistake_keeps_the_checks_own_hint(judge, tiny_grader):
    exercise = tiny_grader.course.assignment("tiny").exercises[0]
    findings = list(judge("double", body("return 7")).values())
    first = conclude(exercise, findings, []).checks[0]
    assert (first.mistake, first.hint) == (None, "How much is twice?")
