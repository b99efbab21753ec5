"""What is said of a failure where neither the check nor a known mistake has words for it.

A rationale states one fact, with the student's own line where there is one; a hint asks one
question. The hints here are by the kind of the evidence, and by the type of an exception where
that alone tells what to look for, whatever the exercise is about.
"""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterable, Sequence
from typing import Any

from autograder.judge.expect import Evidence, said
from autograder.sandbox.outcomes import Raised, StudentFault
from autograder.sandbox.remote import Call
from autograder.submissions.syntax import shown

INSTALLED = "torch, numpy, matplotlib and Python's own modules"
"""What exercises may import; also in what `autograder doctor` would call a complete machine."""

MOST_MESSAGE = 400
MOST_LINES = 5
MOST_CODE = 100

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
    "credit": "Which of your steps decides how far this gets?",
    "raised": "What do the names on that line hold when it runs? Print them just above it.",
}
"""By kind of evidence; a kind that is not here is one of a check's own."""

NONE = "Does every way through your function end in a `return`?"
NAN = (
    "nan comes from 0 / 0, inf - inf, 0 * inf or the logarithm of a negative number: "
    "which step of yours is the first to hold one?"
)
MISSING = "What comes after that line did not run: what does it need, or the line above it?"

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
_MODULE = re.compile(r"No module named '([\w.]+)'")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


# -- hints ----------------------------------------------------------------------------------


def hint_for(evidence: Evidence, expected: str, check: str, fault: StudentFault | None) -> str:
    """The hint of a failure: the expectation's own, what the kind alone tells, the check's own,
    then the one for all failures of the kind. "" for kinds of which only a check knows.
    """
    if expected:
        return expected
    if evidence.kind == "type" and evidence.detail == "NoneType":
        return NONE
    if isinstance(fault, Raised) and (told := _of_exception(fault)):
        return told
    if evidence.kind in ("value", "type", "shape", "length", "no gradient", "raised") and check:
        return check
    if evidence.kind == "value" and any(number != number for number in evidence.numbers):
        return NAN
    if evidence.kind == "credit" and check:
        return check
    return HINTS.get(evidence.kind, check)


def _of_exception(fault: Raised) -> str:
    if fault.type_name in ("ModuleNotFoundError", "ImportError"):
        return not_installed(fault)
    return RAISED.get(fault.type_name, "")


def not_installed(fault: Raised) -> str:
    """Which package is not here, and which are; "" for another exception."""
    found = _MODULE.search(fault.message)
    if fault.type_name != "ModuleNotFoundError" or not found:
        return ""
    name = found[1].partition(".")[0]
    return (
        f"`{shown(name)}` is not installed here, and no {shown(name)}.py lies beside your work. "
        f"There is {INSTALLED}: can one of them do it?"
    )


# -- rationales -----------------------------------------------------------------------------


def where(fault: StudentFault) -> str:
    """` at cell 5, line 3: `the line``, or "" where no line is the student's."""
    place = f" at {fault.place}" if fault.place else ""
    return f"{place}: `{shown(fault.line, MOST_CODE)}`" if fault.line else place


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
    return f"{said(fault.call)}It raised `{fault.type_name}{told}`{where(fault)}."


def of_fault(fault: StudentFault) -> str:
    """What was called, and how it ended without an answer."""
    message = fault.message
    if fault.place:
        message = message.removesuffix(".") + where(fault) + "."
    return f"{said(fault.call)}{message}"


def of_stub(fault: Raised, entry_points: Iterable[str]) -> str:
    """Which function is not written yet, and where."""
    known = [name for name in _names_in(fault.call) if name in entry_points]
    subject = f"`{known[0]}` is" if known else f"{said(fault.call)}It is"
    return f"{subject} not written yet: the stub is still there{where(fault)}."


def _names_in(call: object) -> Sequence[str]:
    return (call.name, *call.about) if isinstance(call, Call) else ()


def of_other_arguments(fault: Raised, signatures: Sequence[str], code: Any) -> tuple[str, str]:
    """Rationale and hint where a function does not take the arguments that it was called with,
    at no line of the student's but the one that defines it; ("", "") for anything else.
    """
    found = _ARGUMENTS.match(fault.message) if fault.type_name == "TypeError" else None
    if found is None or fault.place:
        return "", ""
    line = defined_at(code, found["name"])
    if not line:
        return "", ""
    name = found["name"].removesuffix(".__init__")
    wanted = next((text for text in signatures if text.partition("(")[0] == name), "")
    rationale = f"{said(fault.call)}Yours takes other arguments ({brief(fault.message)}): {line}."
    if not wanted:
        return rationale, "With which arguments is it called, and which does that line list?"
    return rationale, f"The exercise asks for `{wanted}`: which arguments does your line list?"


def of_missing(name: str, signature: str, why: str, code: Any) -> tuple[str, str]:
    """Rationale and hint for an entry point that is not there; `why`, as far as that is known."""
    if why:
        return f"`{name}` is not there yet: {why}", MISSING
    near = difflib.get_close_matches(name, defined_in(code), n=1, cutoff=0.6)
    hint = f"The exercise asks for `{signature}`, by that very name"
    if near:
        hint += f". You have a `{shown(near[0])}`: is that the one?"
    else:
        hint += ": is it spelled otherwise, or indented into something else?"
    return f"Your work does not define `{name}`.", hint


# -- the student's definitions, by reading ---------------------------------------------------


def defined_in(code: Any) -> list[str]:
    """The functions and classes at the top level of the work."""
    parts = code.parts if code is not None else ()
    return [
        node.name
        for part in parts
        for node in part.tree.body
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef))
    ]


def defined_at(code: Any, name: str) -> str:
    """The line of `criterion` or `Model.forward`, with its place; "" where it is not found."""
    owner, _, method = name.partition(".")
    for part in reversed(code.parts if code is not None else ()):
        for node in part.tree.body:
            if isinstance(node, (*_FUNCTIONS, ast.ClassDef)) and node.name == owner:
                inside = [one for one in node.body if isinstance(one, _FUNCTIONS)]
                found = next((one for one in inside if one.name == method), node)
                line = part.cell.source.split("\n")[found.lineno - 1]
                return f"{part.cell.where(found.lineno)}: `{shown(line, MOST_CODE)}`"
    return ""
