"""Runs the checks of one exercise against one submission and forms the verdicts.

For each check: skip it if what it builds on has not passed; give it what its parameters
name; and turn whatever happens (a failed expectation, an exception in the student's code, a
time-out, a dead worker, a fault of ours) into a `Finding`. Nothing that a student's code does
ends the run.
"""

from __future__ import annotations

import math
import traceback
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from autograder.course.model import Check, Exercise
from autograder.errors import ProtectionError
from autograder.judge import diagnosis, words
from autograder.judge.diagnosis import Fingerprint
from autograder.judge.expect import CheckFailed, Credit, Evidence
from autograder.judge.foresight import Foresight
from autograder.judge.reference import RecordedReference, ReferenceFault
from autograder.results import ExerciseResult, Status, Verdict, exact
from autograder.sandbox.host.pipeline import Foreseen, Unforeseen
from autograder.sandbox.host.remote import Subject
from autograder.sandbox.host.session import Session
from autograder.sandbox.outcomes import BrokeProtocol, Crashed, Raised, StudentFault, TimedOut
from autograder.submissions.model import Code

OUR_FAULT = "The check itself failed; this is our fault. "
MAX_TIMEOUTS = 2
"""After so many time-outs in one exercise its other checks are skipped: they call the same code."""


@dataclass(frozen=True, slots=True)
class Finding:
    """How one check ended, before mistakes are named."""

    check: Check
    status: Status
    fraction: float
    rationale: str = ""
    hint: str = ""
    evidence: Evidence = diagnosis.PASSED
    actual: str = ""
    expected: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A submission in the form in which checks meet it.

    `code` is for what is told, never for marks; `why_missing` tells why a name is not there (a cell
    failed), or "". Once `most` seconds are spent in its session, no further check is begun.
    """

    session: Session
    code: Code = field(default_factory=Code)
    why_missing: Callable[[str], str] = lambda _: ""
    most: float = math.inf


@dataclass(frozen=True, slots=True)
class Setup:
    """What the judge brings to the checks of one exercise.

    `seed` is that of the whole run, `seconds` replaces the exercise's own limit for a check,
    `foresight`, with the same seed, is sent ahead; `reference` and `bench` are for checks that ask
    for them.
    """

    exercise: Exercise
    reference: RecordedReference | None
    bench: RecordedReference | None = None
    seed: int = 0
    seconds: float | None = None
    foresight: Foresight | None = None


def check_seed(seed: int, exercise: str, check: str) -> int:
    """A seed for one check: the same in every run, another for every check."""
    return zlib.crc32(f"{seed}/{exercise}/{check}".encode())


def run_exercise(setup: Setup, candidate: Candidate) -> list[Finding]:
    """The visible checks of an exercise, in order, and then the hidden ones."""
    findings: list[Finding] = []
    for visible in (True, False):
        run_part(setup, visible, findings, candidate)
    return findings


def run_part(setup: Setup, visible: bool, findings: list[Finding], candidate: Candidate) -> None:
    """As `run_exercise`, but only the visible checks, or only the hidden ones: nothing that these
    ask is sent before that. Adds to `findings`, which hold those of the checks before."""
    checks = [check for check in setup.exercise.checks if check.visible is visible]
    for number, check in enumerate(checks):
        finding = _skip(check, findings, candidate)
        if finding is None:
            ahead = _ahead(checks[number : number + 2], findings, setup.foresight)
            finding = run_check(setup, check, candidate, ahead)
            _take_back(setup.exercise, candidate, findings)
        findings.append(finding)
    if checks:
        candidate.session.settle()
        _take_back(setup.exercise, candidate, findings)


def _take_back(exercise: Exercise, candidate: Candidate, findings: list[Finding]) -> None:
    """Takes the points of the last check if it got more answers than were asked for: which of
    them the code's own were, nobody can tell."""
    fault, candidate.session.left_behind = candidate.session.left_behind, None
    ran = [i for i, finding in enumerate(findings) if finding.status is not Status.SKIPPED]
    if isinstance(fault, BrokeProtocol) and ran and findings[ran[-1]].fraction > 0:
        findings[ran[-1]] = _faulted(exercise, findings[ran[-1]].check, candidate, fault)


def _skip(check: Check, findings: Sequence[Finding], candidate: Candidate) -> Finding | None:
    passed = _passed(findings)
    unmet = [name for name in check.after if name not in passed]
    if unmet:
        reason = f"(after {unmet[0]})"
    elif sum(f.evidence.kind == TimedOut.kind for f in findings) >= MAX_TIMEOUTS:
        reason = f"(not tried: {MAX_TIMEOUTS} checks here ran out of time)"
    elif candidate.session.spent >= candidate.most:
        reason = "(not tried: the submission as a whole ran out of time)"
    else:
        return None
    return Finding(check, Status.SKIPPED, 0.0, reason, evidence=diagnosis.SKIPPED)


def _ahead(
    checks: Sequence[Check], findings: Sequence[Finding], foresight: Foresight | None
) -> list[Foreseen]:
    """What this check will ask, then what the next one will if it is certain to be run."""
    ahead: list[Foreseen] = []
    passed = _passed(findings)
    for check in checks:
        known = foresight is not None and passed.issuperset(check.after) and foresight.of(check)
        if not known:
            break
        ahead.append(known)
    return ahead


def _passed(findings: Sequence[Finding]) -> set[str]:
    return {finding.check.name for finding in findings if finding.status is Status.PASSED}


def run_check(
    setup: Setup, check: Check, candidate: Candidate, ahead: Sequence[Foreseen] = ()
) -> Finding:
    """How one check ends; `ahead` is sent before it asks anything."""
    exercise = setup.exercise
    own_seed = check_seed(setup.seed, exercise.name, check.name)

    def returned(ahead: Sequence[Foreseen]) -> object:
        candidate.session.begin(own_seed, setup.seconds or exercise.limits.seconds, ahead)
        return check.function(**_fixtures(setup, check, candidate, own_seed))

    try:
        try:
            return _concluded(check, returned(ahead))
        except (Unforeseen, Crashed, ReferenceFault) as ended:
            if not _deserves_another_try(ended):
                raise
            return _concluded(check, returned(()))
    except CheckFailed as failure:
        hint = words.hint_for(failure.evidence, failure.hint or "", check.hint or "", None)
        values = failure.actual, failure.expected
        rationale = failure.rationale + words.of_lines(candidate.code, failure.names)
        return Finding(check, Status.FAILED, 0.0, rationale, hint, failure.evidence, *values)
    except StudentFault as fault:
        return _faulted(exercise, check, candidate, fault)
    except ProtectionError:
        raise
    except Exception as error:
        rationale = f"{OUR_FAULT}{where_and_what(error, check.function.__code__.co_filename)}"
        return Finding(check, Status.INTERNAL, 0.0, rationale, evidence=Evidence("internal"))


def _deserves_another_try(ended: BaseException) -> bool:
    """Whether something else was sent ahead, or a worker was killed: the code's or the
    reference's."""
    worker = ended.__cause__ if isinstance(ended, ReferenceFault) else ended
    return isinstance(worker, Unforeseen) or (isinstance(worker, Crashed) and worker.was_killed)


def where_and_what(error: Exception, file: str = "") -> str:
    """An exception of ours in a line: same text in every run, no line of a hidden check. The place
    is the last one in `file`, where that is in the trace."""
    trace = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in trace if frame.filename == file]
    frame = [*trace, *own][-1]
    return f"{type(error).__name__}: {error} ({Path(frame.filename).name}, line {frame.lineno})"


def _fixtures(setup: Setup, check: Check, candidate: Candidate, seed: int) -> dict[str, Any]:
    exercise, given = setup.exercise, dict[str, Any]()
    for name in check.wants:
        if name == "student":
            given[name] = Subject(candidate.session, exercise.entry_points)
        elif name in ("reference", "bench"):
            asker = setup.reference if name == "reference" else setup.bench
            assert asker is not None, f"this check needs the {name}, which is not here"
            asker.begin(seed)
            given[name] = Subject(asker, exercise.entry_points if name == "reference" else {})
        elif name == "rng":
            given[name] = np.random.default_rng(seed)
        else:
            given[name] = exercise.thresholds
    return given


def _concluded(check: Check, returned: object) -> Finding:
    if returned is None:
        return Finding(check, Status.PASSED, 1.0)
    if not isinstance(returned, Credit):
        raise TypeError(
            f"{check.name} returned {returned!r}: nothing, or credit(fraction, rationale)"
        )
    if returned.fraction >= 1.0:
        return Finding(check, Status.PASSED, 1.0)
    status = Status.PARTIAL if returned.fraction > 0 else Status.FAILED
    evidence = Evidence("credit", "", returned.evidence)
    hint = words.hint_for(evidence, "", check.hint or "", None)
    return Finding(check, status, returned.fraction, returned.rationale, hint, evidence)


def _faulted(
    exercise: Exercise, check: Check, candidate: Candidate, fault: StudentFault
) -> Finding:
    """The verdict on code that did not return."""
    if isinstance(fault, Raised):
        name = _undefined(exercise, fault)
        if name:
            why = candidate.why_missing(name)
            signature = next(s for s in exercise.signatures if s.partition("(")[0] == name)
            rationale, hint = words.of_missing(name, signature, why, candidate.code)
            evidence = Evidence("missing", name)
            return Finding(check, Status.FAILED, 0.0, rationale, hint, evidence)
        if fault.type_name == "NotImplementedError" and not fault.message:
            evidence = Evidence("untouched")
            rationale = words.of_stub(fault, exercise.entry_points)
            hint = words.hint_for(evidence, "", "", None)
            return Finding(check, Status.FAILED, 0.0, rationale, hint, evidence)
        evidence = Evidence("raised", f"{fault.type_name}: {fault.message[:120]}")
        rationale, hint = words.of_other_arguments(fault, exercise.signatures, candidate.code)
        hint = hint or words.hint_for(evidence, "", check.hint or "", fault)
        why, advice = words.of_lost_name(fault, candidate.why_missing)
        rationale, hint = (rationale or words.of_exception(fault)) + why, advice or hint
        return Finding(check, Status.ERROR, 0.0, rationale, hint, evidence)
    evidence = Evidence(fault.kind, fault.detail)
    hint = words.hint_for(evidence, "", "", fault)
    return Finding(check, Status.ERROR, 0.0, words.of_fault(fault), hint, evidence)


def _undefined(exercise: Exercise, fault: Raised) -> str:
    """The entry point that is not there, if that is what the worker said."""
    if fault.type_name != "NameError" or fault.place:
        return ""
    name = fault.message.removesuffix(" is not defined")
    return name if name in exercise.entry_points else ""


# -- verdicts -------------------------------------------------------------------------------


def profile_of(findings: Sequence[Finding]) -> dict[str, Evidence]:
    """How each check ended, for diagnosis."""
    return {finding.check.name: finding.evidence for finding in findings}


def conclude(
    exercise: Exercise, findings: Sequence[Finding], known: Sequence[Fingerprint], printed: str = ""
) -> ExerciseResult:
    """Verdicts with points, and the name and hint of a known mistake where one fits. What hidden
    checks found has no part in what is said of visible ones."""
    whole = profile_of(findings)
    shown = profile_of([finding for finding in findings if finding.check.visible])
    verdicts = []
    for finding in findings:
        profile = shown if finding.check.visible else whole
        found = diagnosis.diagnose(finding.check.name, profile, known)
        verdicts.append(
            Verdict(
                name=finding.check.name,
                description=finding.check.description,
                status=finding.status,
                score=_earned(finding.check.points, finding.fraction),
                max_score=finding.check.points,
                visible=finding.check.visible,
                rationale=finding.rationale,
                hint=found.hint if found else finding.hint,
                mistake=found.mistake if found else None,
                actual=finding.actual,
                expected=finding.expected,
            )
        )
    return ExerciseResult(exercise.name, exercise.title, tuple(verdicts), printed)


def _earned(points: Decimal, fraction: float) -> Decimal:
    """Part of the points, rounded half even to hundredths, or to as many digits as they have."""
    return (points * exact(fraction)).quantize(points + Decimal("0.00"))
