"""Every message that a student can meet, made to happen, and read as a student would.

Each case is an answer to one exercise in a folder as it is handed out; the real engine runs it.
What is said must name the student's own line where there is one, state the fact, ask a question,
blame nobody, use no word of ours, and fit a screen.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from rich.console import Console

from autograder.course.course import Course
from autograder.grading.grader import Grader, Settings
from autograder.judge import words
from autograder.judge.expect import Evidence
from autograder.reports.student import print_check
from autograder.reports.text import explained
from autograder.results import Result, Status, Verdict

ROOT = Path(__file__).parents[1]
NAME = "logistic_regression"
FILE = f"{NAME}.py"
JARGON = re.compile(
    r"\b(workers?|frames?|wire|judge|fingerprints?|evidence|payload|protocol|forkserver|sessions?"
    r"|transport|opaque|remote|outcome|verdict|sandbox|seccomp|helper|internal)\b",
    re.IGNORECASE,
)
BLAME = re.compile(
    r"\b(you forgot|stupid|careless|obviously|clearly|simply|of course|should have|your fault"
    r"|you failed|bad|illegal|nonsense|mistaken?)\b",
    re.IGNORECASE,
)
HEAD = "def criterion(y_hat, y):\n"
LOSS = "-(y * torch.log(y_hat) + (1 - y) * torch.log(1 - y_hat))"
RIGHT = f"{HEAD}    return {LOSS}.mean()\n"


def needing(value: str) -> str:
    """A right criterion that can't be defined without a value."""
    return RIGHT.replace("):", f", unused={value}):", 1)


STUBS = {
    "bce_criterion": r"def criterion\(.*?raise NotImplementedError\(\)\n",
    "accuracy_check": r"def predict\(.*?(?=# %%)",
    "training_loop": r"def train\(.*?raise NotImplementedError\(\)\n",
}


@dataclass(frozen=True)
class Case:
    """`code` for an exercise; what has to be in the rationale, in the hint and in the notes;
    `line` is the student's own, which has to be shown with its number."""

    code: str
    says: tuple[str, ...] = ()
    hints: str = "?"
    line: str = ""
    notes: str = ""
    exercise: str = "bce_criterion"
    seconds: float = 60.0
    load_seconds: float = 60.0
    status: Status = Status.FAILED
    options: dict[str, float] = field(default_factory=dict)


ERROR = Status.ERROR
CASES = {
    "stub untouched": Case(
        f"{HEAD}    raise NotImplementedError()\n",
        says=("`criterion` is not written yet", "the stub is still there"),
        line="raise NotImplementedError()",
    ),
    "stub of a function that checks call in an experiment": Case(
        "def train(model, criterion, optimizer, x, y, epochs):\n    raise NotImplementedError()\n",
        exercise="training_loop",
        says=("`train` is not written yet",),
        line="raise NotImplementedError()",
    ),
    "name missing": Case(
        "# nothing here\n",
        says=("Your work does not define `criterion`.",),
        hints="The exercise asks for `criterion(y_hat, y)`, by that very name",
    ),
    "name spelled otherwise": Case(
        "def my_criterion(y_hat, y):\n    return 3\n",
        says=("does not define `criterion`",),
        hints="You have a `my_criterion`: is that the one?",
    ),
    "one argument where two are given": Case(
        "def criterion(y_hat):\n    return y_hat.mean()\n",
        status=ERROR,
        says=("Called `criterion(y_hat, y)`.", "takes 1 positional argument but 2 were given"),
        line="def criterion(y_hat):",
        hints="The exercise asks for `criterion(y_hat, y)`",
    ),
    "an argument more": Case(
        "def criterion(y_hat, y, weights):\n    return y_hat.mean()\n",
        status=ERROR,
        says=("missing 1 required positional argument: 'weights'",),
        line="def criterion(y_hat, y, weights):",
        hints="The exercise asks for `criterion(y_hat, y)`",
    ),
    "an argument less in an experiment": Case(
        "def train(model, criterion, optimizer, x, y):\n    return []\n",
        exercise="training_loop",
        status=ERROR,
        says=("Used `train`.", "takes 5 positional arguments but 6 were given"),
        line="def train(model, criterion, optimizer, x, y):",
        hints="`train(model, criterion, optimizer, x, y, epochs)`",
    ),
    "raises where shapes meet": Case(
        f"{HEAD}    loss = y_hat @ y\n    return loss\n",
        status=ERROR,
        says=("Called `criterion(y_hat, y)` with y_hat = [0.9, 0.2", "It raised `RuntimeError: "),
        line="loss = y_hat @ y",
        hints="Which shapes meet on that line?",
    ),
    "raises a name that is not there": Case(
        f"{HEAD}    return -(y * log(y_hat)).mean()\n",
        status=ERROR,
        says=("NameError: name 'log' is not defined",),
        line="return -(y * log(y_hat)).mean()",
        hints="Is that name spelled",
    ),
    "raises in an experiment": Case(
        "def train(model, criterion, optimizer, x, y, epochs):\n    return model.loss\n",
        exercise="training_loop",
        status=ERROR,
        says=("Used `train` with x = [1, 2, 3, 4] of shape (4, 1), y = ", "epochs = 1, lr = 0.1"),
        line="return model.loss",
    ),
    "raises a message of many lines": Case(
        f"{HEAD}    raise ValueError('so it goes, on and on\\n' * 200)\n",
        status=ERROR,
        says=("It raised `ValueError: so it goes", "..."),
        line="raise ValueError(",
    ),
    "calls itself for ever": Case(
        f"{HEAD}    return criterion(y_hat, y)\n",
        status=ERROR,
        says=("RecursionError",),
        line="return criterion(y_hat, y)",
        hints="When does your function stop calling itself?",
    ),
    "waits for someone to type": Case(
        f"{HEAD}    return float(input())\n",
        status=ERROR,
        says=("EOFError",),
        line="return float(input())",
        hints="Nobody is there to type",
    ),
    "opens a file that is not there": Case(
        f"{HEAD}    return torch.load('weights.pt')\n",
        status=ERROR,
        says=("FileNotFoundError",),
        line="return torch.load('weights.pt')",
        hints="only what lies beside your work is there",
    ),
    "ends the program": Case(
        f"{HEAD}    exit()\n",
        status=ERROR,
        says=("It raised `SystemExit` at",),
        line="exit()",
        hints="which statement ends only the function?",
    ),
    "returns None": Case(
        f"{HEAD}    loss = {LOSS}.mean()\n",
        says=("It returned None; expected a number",),
        hints="Does every way through your function end in a `return`?",
    ),
    "wrong type": Case(
        f"{HEAD}    return 'loss'\n",
        says=("It returned 'loss'; expected a number, not a string.",),
    ),
    "returns a function": Case(
        f"{HEAD}    return torch.mean\n",
        says=("It returned a built-in function; expected a number",),
        hints="are its brackets `()` there?",
    ),
    "wrong shape": Case(
        f"{HEAD}    return {LOSS}\n",
        says=("of shape (4, 1); expected a single number, not shape (4, 1).",),
    ),
    "wrong dtype": Case(
        f"{HEAD}    return torch.tensor(1j)\n",
        says=("It returned tensor(1j); expected a number, not a complex tensor.",),
    ),
    "too large to show": Case(
        f"{HEAD}    return torch.ones(40_000_000)\n",
        says=("a tensor of 40,000,000 numbers; expected a number",),
    ),
    "too long to show": Case(
        f"{HEAD}    return [0.5] * 300_000\n",
        says=("a list of 300,000 items; expected a number",),
    ),
    "a tensor where a float is asked for": Case(
        "def predict(model, x):\n    return (model(x) > 0.5).float()\n\n"
        "def accuracy(model, x, y):\n    return (predict(model, x) == y).float().mean()\n",
        exercise="accuracy_check",
        says=("expected a Python float, not a tensor",),
    ),
    "nan": Case(
        f"{HEAD}    return y.sum() * float('nan')\n", says=("It returned nan; expected 0.299",)
    ),
    "wrong value, known": Case(
        f"{HEAD}    return {LOSS.replace('log(', 'log10(')}.mean()\n",
        says=("It returned 0.12985; expected 0.299 within 0.0001.",),
        hints="Which function of torch is the logarithm to the base e?",
    ),
    "wrong value, unknown": Case(
        f"{HEAD}    return (y_hat * 0.37).sum() + 1\n",
        says=("It returned 1.814; expected 0.299",),
        hints="Work the four rows out on paper",
    ),
    "never ends": Case(
        f"{HEAD}    while True:\n        pass\n",
        status=ERROR,
        says=("It did not finish within 2 seconds of processor time.",),
        seconds=2.0,
        hints="Is there a loop that never ends",
    ),
    "asks for too much memory": Case(
        f"{HEAD}    return torch.ones(10**11).mean()\n",
        status=ERROR,
        says=("It ran out of memory (400 GB asked for at once)",),
        line="return torch.ones(10**11).mean()",
        hints="Which tensor or list of yours is the largest",
    ),
    "crashes": Case(
        f"{HEAD}    import ctypes\n    ctypes.string_at(0)\n",
        status=ERROR,
        says=("Python was ended by SIGSEGV (a crash in native code).",),
        hints="Which call of yours",
    ),
    "ends Python": Case(
        f"{HEAD}    import os\n    os._exit(3)\n",
        status=ERROR,
        says=("It ended Python with exit status 3.",),
        hints="Which call of yours ends the program",
    ),
    "syntax error": Case(
        f"{HEAD}    return -(y * torch.log(y_hat)\n",
        says=("`criterion` is not there yet", "Python can't read", "'(' was never closed"),
        line="return -(y * torch.log(y_hat)",
        hints="Is a bracket, a quote or a colon missing there, or on the line above?",
    ),
    "import inside of something not installed": Case(
        f"{HEAD}    import tensorflow\n    return 3\n",
        status=ERROR,
        says=("ModuleNotFoundError",),
        line="import tensorflow",
        hints="`tensorflow` is not installed here",
    ),
    "import above of something not installed": Case(
        f"import tensorflow as tf\n\n{needing('tf.float32')}",
        says=("`criterion` is not there yet", "`tensorflow` is not installed here", "numpy"),
        line="import tensorflow as tf",
        notes="ModuleNotFoundError",
    ),
    "work above that raises": Case(
        f"x = torch.zeros(3) @ torch.zeros(4)\n\n{needing('x')}",
        says=("`criterion` is not there yet", "RuntimeError"),
        line="x = torch.zeros(3) @ torch.zeros(4)",
        hints="Does the definition have to need",
    ),
    "work above that never ends": Case(
        f"x = [0 for _ in iter(int, 1)]\n\n{needing('x')}",
        says=("`criterion` is not there yet", "did not finish within 3 seconds"),
        load_seconds=3.0,
        hints="Is there a loop that never ends",
    ),
}
UNREADABLE: dict[str, tuple[Callable[[Path], None], str]] = {
    "no work at all": (
        lambda folder: (folder / FILE).unlink(),
        "there is no .py or .ipynb file in it: hand in the script or the notebook",
    ),
    "a notebook that broke off": (
        lambda folder: (
            (folder / FILE).rename(folder / f"{NAME}.ipynb").write_text('{"cells": [') and None
        ),
        "JSON",
    ),
    "binary data": (lambda folder: (folder / FILE).write_bytes(b"\0" * 9) and None, "binary data"),
}


@pytest.fixture(scope="module")
def grader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grader]:
    """As `autograder check` has one: over a copy of what is handed out, script only."""
    folder = tmp_path_factory.mktemp("student") / NAME
    shutil.copytree(ROOT / "assignments" / NAME, folder)
    (folder / f"{NAME}.ipynb").unlink()
    with Grader(Course.handed_out(folder), Settings(device="cpu")) as running:
        yield running


@pytest.fixture
def folder(grader: Grader) -> Path:
    """The working folder, as it was handed out."""
    found = grader.course.folders[NAME].parent
    shutil.copyfile(ROOT / "assignments" / NAME / FILE, found / FILE)
    (found / f"{NAME}.ipynb").unlink(missing_ok=True)
    return found


def answered(grader: Grader, folder: Path, case: Case) -> Result:
    """The result for one exercise, answered as the case says."""
    text = (folder / FILE).read_text()
    code, count = re.subn(STUBS[case.exercise], lambda _: case.code, text, count=1, flags=re.S)
    assert count == 1
    (folder / FILE).write_text(code)
    grader.limit(seconds=case.seconds, load_seconds=case.load_seconds)
    return grader.grade(folder, [case.exercise])


def first_open(result: Result) -> Verdict:
    return next(v for v in result.exercises[0].checks if v.status is not Status.PASSED)


def screen(grader: Grader, result: Result) -> str:
    """What `autograder check` prints, in 80 columns."""
    console = Console(width=80, color_system=None, highlight=False)
    with console.capture() as captured:
        print_check(result, grader.course.assignment(NAME), console)
    return captured.get()


def read_critically(text: str) -> None:
    assert not JARGON.findall(text)
    assert not BLAME.findall(text)
    assert "Traceback" not in text
    assert str(ROOT) not in text
    assert all(len(line) <= 80 for line in text.splitlines())
    assert len(text.splitlines()) <= 24


@pytest.mark.parametrize("name", CASES)
def test_what_is_said_reads_like_a_good_teaching_assistant(
    name: str, grader: Grader, folder: Path
) -> None:
    case = CASES[name]
    result = answered(grader, folder, case)
    verdict = first_open(result)

    assert verdict.status is case.status, verdict
    for text in case.says:
        assert text in verdict.rationale
    assert case.hints in verdict.hint
    assert 0 < verdict.hint.count("?") <= 2
    assert len(verdict.hint) <= 240
    if case.line:
        assert re.search(
            rf"{re.escape(FILE)}, line \d+: [^`]*`{re.escape(case.line)}", verdict.rationale
        )
        number = int(re.findall(rf"{re.escape(FILE)}, line (\d+)", verdict.rationale)[0])
        assert case.line in (folder / FILE).read_text().splitlines()[number - 1]
    assert case.notes in "\n".join(result.notes)
    read_critically(explained(verdict, 76))
    read_critically(screen(grader, result))


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_work_that_cannot_be_read_is_told_in_a_line_with_what_to_do(
    name: str, grader: Grader, folder: Path
) -> None:
    spoil, says = UNREADABLE[name]
    spoil(folder)
    result = grader.grade(folder)
    assert says in result.error
    assert "\n" not in result.error
    read_critically(screen(grader, result).replace(str(folder.parent), ""))


def test_slow_work_above_the_functions_gets_a_note_and_its_marks(
    grader: Grader, folder: Path
) -> None:
    result = answered(grader, folder, Case(f"import time\ntime.sleep(3.2)\n\n{RIGHT}"))
    assert result.exercises[0].checks[0].status is Status.PASSED
    page = screen(grader, result)
    assert re.search(r"this ran for \d+ s before any check could begin\.", " ".join(page.split()))
    assert '__name__ == "__main__"' in " ".join(page.split())
    assert not [note for note in result.notes if re.search(r"\d s ", note)], "times in a report"
    read_critically(page)


def test_a_hint_stands_for_every_kind_of_failure() -> None:
    for kind in words.HINTS:
        assert "?" in words.hint_for(Evidence(kind), "", "", None)
    assert words.hint_for(Evidence("value", "", (float("nan"),)), "", "", None) == words.NAN


def test_an_expectations_own_hint_comes_before_the_checks_and_that_before_the_kinds() -> None:
    value = Evidence("value", "", (1.0,))
    assert words.hint_for(value, "expected", "check", None) == "expected"
    assert words.hint_for(value, "", "check", None) == "check"
    assert words.hint_for(value, "", "", None) == words.HINTS["value"]
    assert words.hint_for(Evidence("said"), "", "", None) == ""
