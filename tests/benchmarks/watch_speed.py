"""What the student's loop costs beyond the student's own compute. Prints figures; asserts nothing.

    python tests/benchmarks/watch_speed.py [--saves 30] [--runs 7]

"Save to answer" drives `autograder watch` in a terminal of its own: from just before the editor's
rename until the answer stands on the screen. "Cold check" compares `autograder check` with a plain
process that imports torch and torch._dynamo and runs the same code, started in turn. The student's
own compute is measured as in speed.py: the very requests that the judge sent, in a plain process.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "student"))

from screen import Screen  # noqa: E402
from speed import Recorder, replay, spread  # noqa: E402

from autograder.course.course import Course  # noqa: E402
from autograder.grading.grader import Grader, Settings  # noqa: E402
from autograder.sandbox.host.session import Transport  # noqa: E402
from autograder.student.start import start  # noqa: E402

ROOT = HERE.parents[1]
NAME = "logistic_regression"
SAMPLE = ROOT / "tests" / "samples" / "ada" / f"{NAME}.py"
AT_HAND = "training_loop"
MISTAKE = (
    "\n\ndef train(model, criterion, optimizer, x, y, epochs):\n"
    + """\
    losses = []
    for _ in range(epochs):
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
"""
)
"""zero_grad is missing: a thousand epochs are run all the same, and the exercise stays open."""


def source(number: int) -> str:
    """The sample with the mistake, other in each save, and saying which."""
    return f"{SAMPLE.read_text()}{MISTAKE}\nprint('save {number}.')\n"


def requests(folder: Path, only: frozenset[str]) -> list[list[bytes]]:
    """What the judge sends to the workers of the work in `folder`."""
    sent: list[list[bytes]] = []
    with Grader(Course.handed_out(folder), Settings(device="cpu")) as grader:
        launcher = grader._launcher
        assert launcher is not None
        make = launcher.start

        def recording() -> Transport:
            sent.append([])
            return Recorder(make(), sent[-1])

        made = Grader.session

        def session(self, submission):  # type: ignore[no-untyped-def]
            found = made(self, submission)
            found.start = recording
            return found

        Grader.session = session  # type: ignore[method-assign]
        try:
            grader.grade(folder, only)
        finally:
            Grader.session = made  # type: ignore[method-assign]
    return sent


def save_to_answer(folder: Path, saves: int) -> list[float]:
    """Seconds for each of many saves."""
    seconds = []
    command = [sys.executable, "-m", "autograder", "watch", "--device", "cpu"]
    with Screen(command, folder) as screen:
        screen.shows(f"3 {AT_HAND}", "save 0.", "answered in")
        for number in range(1, saves + 1):
            new = folder / ".new"
            new.write_text(source(number))
            begun = time.perf_counter()
            os.replace(new, folder / f"{NAME}.py")
            screen.shows(f"save {number}.", f"{NAME}.py: answered in")
            seconds.append(time.perf_counter() - begun)
        screen.type("q")
        screen.ended()
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--saves", type=int, default=30)
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = start(NAME, Path(place) / "lab", ROOT).folder
        (folder / f"{NAME}.py").write_text(source(0))

        sent = requests(folder, frozenset({AT_HAND}))
        own = [replay(sent)[1] for _ in range(options.runs)]
        answers = save_to_answer(folder, options.saves)
        share = statistics.median(answers) - statistics.median(own)
        print(f"save to answer, {options.saves} saves: {spread(answers)} s")
        print(f"  the student's own compute {spread(own)} s; beyond it {1000 * share:.0f} ms")

        sent = requests(folder, frozenset())
        check = ["-m", "autograder", "check", "--device", "cpu", str(folder)]
        cold, plain = [], []
        for _ in range(options.runs):
            begun = time.perf_counter()
            subprocess.run([sys.executable, *check], stdout=subprocess.DEVNULL, check=False)
            cold.append(time.perf_counter() - begun)
            plain.append(replay(sent)[0])
        ratios = [one / other for one, other in zip(cold, plain, strict=True)]
        print(f"cold check {spread(cold)} s; plain process {spread(plain)} s")
        print(f"  ratio {spread(ratios)}")


if __name__ == "__main__":
    main()
