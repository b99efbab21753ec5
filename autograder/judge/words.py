"""What is said of a failure where neither the check nor a known mistake has words for it.

A rationale states one fact, with the student's own line where there is one; a hint asks one
question. The hints here are by the kind of the evidence, and by the type of an exception where
that alone tells what to look for, whatever the exercise is about.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Iterable, Sequence

from autograder.judge.expect import Evidence
from autograder.judge.wording import about, called
from autograder.sandbox.host.remote import Call
from autograder.sandbox.outcomes import Raised, StudentFault
from autograder.submissions.code import MOST_SHOWN
from autograder.submissions.model import Code
from autograder.submissions.newer import NEWER
from autograder.submissions.syntax import shown

INSTALLED = "torch, numpy, matplotlib and Python's own modules"
"""What exercises may import: what this package brings."""

MOST_MESSAGE = 400
MOST_LINES = 3

HINTS = {
    "untouched": "What does the statement ask for first, and what are you given to make it from?",
    "timed out": "Is there a loop that never ends, or one that takes far more rounds than asked?",
    "out of memory": "Which tensor or list of yours is the largest, and what makes it grow?",
    "crashed": "Which call of yours ends the program, or hands a library something it can't take?",
    "broke the protocol": "Does your code write to a file or pipe that it did not open itself?",
    "type": "What does your last line return, and what kind of thing does the statement ask for?",
    "shape": "Print `.shape` after each of your steps: which is the first that surprises you?",
    "length": "What is each entry for, and at which line of yours is it added?",
    "no gradient": "Which step leaves autograd: `.item()`, `.detach()`, `.data`, `no_grad`, or a "
    "new `torch.tensor(...)`?",
    "value": "Work one row out on paper: at which step does your code part from it?",
    "credit": "Begin with the first that falls short: what does your code do for it, step by step?",
    "raised": "What do the names on that line hold when it runs? Print them just above it.",
}
"""By kind of evidence; a kind that is not here is one of a check's own."""

NONE = "Does every way through your function end in a `return`?"
FUNCTION = "That is a function itself, not what it gives: are its brackets `()` there?"
NAN = (
    "nan comes from 0 / 0, inf - inf, 0 * inf or the logarithm of a negative number: "
    "which step of yours is the first to hold one?"
)
SHAPES = "Which shapes meet on that line? Print the `.shape` of each just above it."
UNREADABLE = "Python can't read its code:"
"""Begins the reason where a definition has a syntax error."""

SYNTAX = "Is a bracket, a quote or a colon missing there, or on the line above?"
OLDER = "How does an older Python write that? With other quotes, or without that part?"
INDENTATION = "With how many spaces does that line begin, and with how many the line above?"
IMPORT = "Can one of these do what you wanted it for?"
STOPPED = "Does the definition have to need what that line was to make?"

RAISED = {
    "EOFError": "Nobody is there to type while checks run: which value could `input()` stand for?",
    "FileNotFoundError": "While checks run, only what lies beside your work is there: does the "
    "exercise need a file at all?",
    "NameError": "Is that name spelled as where you made it, and is it made (or imported) above?",
    "UnboundLocalError": "Is there a way to that line on which the name has not got a value yet?",
    "RecursionError": "When does your function stop calling itself?",
    "SystemExit": "That ends the whole program; which statement ends only the function?",
}
"""By type of exception: what to look for, whatever the exercise is about."""

_ARGUMENTS = re.compile(
    r"(?P<name>[\w.]+)\(\) (?:takes|missing|got an unexpected keyword|got multiple values)\b"
)
_SHAPES = re.compile(
    r"shapes cannot be multiplied|must match the size|size mismatch|inconsistent tensor size"
    r"|broadcastable|could not be broadcast"
)
_NAME = re.compile(r"name '(\w+)' is not defined")
_MODULE = re.compile(r"No module named '([\w.]+)'")
TYPES = {
    "NoneType": NONE,
    "function": FUNCTION,
    "method": FUNCTION,
    "builtin_function_or_method": FUNCTION,
}
"""By type of a value that is no plain data."""


# -- hints ----------------------------------------------------------------------------------


def hint_for(evidence: Evidence, expected: str, check: str, fault: StudentFault | None) -> str:
    """The hint of a failure: the `expected` value's own; what the kind of failure alone tells;
    that of the `check`, which is about wrong values; then one for all failures of the kind.
    """
    if expected:
        return expected
    if isinstance(fault, Raised):
        return _of_exception(fault) or check or HINTS["raised"]
    if fault is not None or evidence.kind == "untouched":
        return HINTS[evidence.kind]
    if evidence.kind == "type" and evidence.detail in TYPES:
        return TYPES[evidence.detail]
    if check:
        return check
    if evidence.kind == "value" and any(math.isnan(number) for number in evidence.numbers):
        return NAN
    return HINTS.get(evidence.kind, "")


def _of_exception(fault: Raised) -> str:
    """Where the student's line is known, it is what to look at first."""
    if advice := not_installed(fault):
        return f"{advice} {IMPORT}"
    if _SHAPES.search(fault.message):
        return SHAPES
    return RAISED.get(fault.type_name, HINTS["raised"] if fault.place else "")


def not_installed(fault: Raised) -> str:
    """Which package is not here, and which are; "" for another exception."""
    found = _MODULE.search(fault.message)
    if fault.type_name != "ModuleNotFoundError" or not found:
        return ""
    name = found[1].partition(".")[0]
    return (
        f"`{shown(name)}` is not installed here, and no {shown(name)}.py lies beside your work. "
        f"What is here: {INSTALLED}."
    )


def missing_name(fault: StudentFault) -> str:
    """The name that a NameError is about, "" for other faults."""
    found = _NAME.match(fault.message) if isinstance(fault, Raised) else None
    return found[1] if found is not None else ""


# -- rationales -----------------------------------------------------------------------------


def where(fault: StudentFault) -> str:
    """` at cell 5, line 3: `the line``, or "" where no line is the student's."""
    place = f" at {fault.place}" if fault.place else ""
    return f"{place}: `{shown(fault.line, MOST_SHOWN)}`" if fault.line else place


def brief(message: str) -> str:
    """An exception's text, of a length that can be read; a library's may fill pages."""
    lines = message.strip().split("\n")
    text = "\n".join(lines[:MOST_LINES])
    if len(text) > MOST_MESSAGE:
        return text[:MOST_MESSAGE] + "..."
    return text + (" ..." if len(lines) > MOST_LINES else "")


def of_exception(fault: Raised) -> str:
    """What was called, and what it raised where."""
    message = brief(fault.message)
    told = "" if message in ("", "None") else f": {message}"
    return f"{called(fault.call)}It raised `{fault.type_name}{told}`{where(fault)}."


def of_fault(fault: StudentFault) -> str:
    """What was called, and how it ended without an answer."""
    message = fault.message
    if fault.place:
        message = message.removesuffix(".") + where(fault) + "."
    return f"{called(fault.call)}{message}"


def of_stub(fault: Raised, entry_points: Iterable[str]) -> str:
    """Which function is not written yet, and where."""
    known = [name for name in _names_in(fault.call) if name in entry_points]
    subject = f"`{known[0]}` is" if known else f"{called(fault.call)}It is"
    return f"{subject} not written yet: the stub is still there{where(fault)}."


def _names_in(call: object) -> Sequence[str]:
    return (call.name, *about(call)) if isinstance(call, Call) else ()


def of_lines(code: Code, names: Sequence[str]) -> str:
    """The lines that use one of the names; "" where there are none."""
    found = code.lines_with([name.rpartition(".")[2] for name in names]) if names else []
    more = f" (and {len(found) - MOST_LINES} more)" if len(found) > MOST_LINES else ""
    return f" In your code: {'; '.join(found[:MOST_LINES])}{more}." if found else ""


def of_other_arguments(fault: Raised, signatures: Sequence[str], code: Code) -> tuple[str, str]:
    """Rationale and hint where a function does not take the arguments that it was called with,
    at no line of the student's but the one that defines it; ("", "") for anything else.
    """
    found = _ARGUMENTS.match(fault.message) if fault.type_name == "TypeError" else None
    if found is None or fault.place:
        return "", ""
    line = code.line_of(found["name"])
    if not line:
        return "", ""
    name = found["name"].removesuffix(".__init__")
    wanted = next((text for text in signatures if text.partition("(")[0] == name), "")
    call = called(fault.call).partition("` with ")[0]
    call = call if call.endswith(". ") else f"{call}`. "
    rationale = f"{call}Python says: {brief(fault.message)}. Yours begins at {line}."
    if not wanted:
        return rationale, "Which arguments does it get, and which does that line list?"
    return rationale, f"The exercise asks for `{wanted}`: which arguments does that line list?"


def of_missing(name: str, signature: str, why: str, code: Code) -> tuple[str, str]:
    """Rationale and hint for an entry point that is not there; `why`, as far as that is known."""
    if why:
        return f"`{name}` is not there yet: {why}", _why_hint(why)
    near = difflib.get_close_matches(name, code.names, n=1, cutoff=0.6)
    hint = f"The exercise asks for `{signature}`, by that very name"
    if near:
        hint += f". You have a `{shown(near[0])}`: is that the one?"
    else:
        hint += ": is it spelled otherwise, or indented into something else?"
    return f"Your work does not define `{name}`.", hint


def of_lost_name(fault: Raised, why_missing: Callable[[str], str]) -> tuple[str, str]:
    """Why a name is not there that a function needs, and the hint; "" where that isn't known."""
    name = missing_name(fault)
    why = why_missing(name) if name else ""
    return (f" `{name}` is not there: {why}", _why_hint(why)) if why else ("", "")


def _why_hint(why: str) -> str:
    if why.startswith(UNREADABLE):
        if NEWER in why:
            return OLDER
        return INDENTATION if "indent" in why else SYNTAX
    if INSTALLED in why:
        return IMPORT
    for type_name, advice in RAISED.items():
        if f": {type_name}: " in why:
            return advice
    return HINTS["timed out"] if "did not finish" in why else STOPPED
