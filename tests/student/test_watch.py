"""`autograder watch`, driven in a real terminal: saves, keys, half-written files, endless loops."""

from __future__ import annotations

import io
import itertools
import os
import queue
import signal
import subprocess
import sys
import time
from contextlib import closing

import pytest
from rich.console import Console

from autograder.course.course import Course
from autograder.grading.reader import Reader
from autograder.sandbox.host.start import PLAIN
from autograder.sandbox.linux import hunt
from autograder.student.events import Saved
from autograder.student.progress import Progress
from autograder.student.saves import read_work
from autograder.student.watch import Watch

from .handout import RIGHT, STUB, lay_out, notebook, script
from .screen import Screen

WATCH = (sys.executable, "-m", "autograder", "watch", "--device", "cpu")
KEYS = "q quit"
NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """One watch for the whole module; each test begins from stubs, see `lab`."""
    folder = lay_out(tmp_path_factory.mktemp("lab"), seconds=600.0)
    with Screen(WATCH, folder) as screen:
        screen.shows("not written yet", "answered in")
        yield folder, screen


@pytest.fixture
def lab(session):
    """The folder and the screen, with the first exercise at hand and nothing solved."""
    folder, screen = session
    mark = f"reset {next(NUMBERS)}"
    (folder / "tiny.py").write_text(script(below=f"print('{mark}')"))
    screen.shows(mark, "answered in")
    (folder / "tiny.py").write_text(script(double=f"return '{mark}'"))
    screen.shows("1 double", f"yours     '{mark}'", "answered in")
    screen.type("a")
    screen.shows("0 of 3 solved", "all exercises: answered in")
    screen.forget()
    return folder, screen


def save(folder, **bodies):
    (folder / "tiny.py").write_text(script(**bodies))


# -- saves ----------------------------------------------------------------------------------


def test_a_save_is_answered_with_what_came_back_and_what_was_expected(lab):
    folder, screen = lab
    save(folder, double="return 11 * x")
    page = screen.shows("yours     55", "expected  10", "tiny.py: answered in")
    assert "Called `double(x)` with x = 5" in page
    assert "Hint: How much is twice?" in page
    assert len(page.splitlines()) <= 24


def test_what_the_code_prints_stands_apart(lab):
    folder, screen = lab
    save(folder, double="print('inside', x); return 12 * x", below="print('at the top')")
    page = screen.shows("yours     60", "Your code printed:")
    assert page.index("inside 5") > page.index("at the top") > page.index("Your code printed:")


def test_it_goes_on_to_the_next_when_an_exercise_turns_green(lab):
    folder, screen = lab
    save(folder, double=RIGHT["double"])
    screen.shows("Solved: double", "1 of 3 solved", "2 triple", "not written yet", "answered in")
    save(folder, double=RIGHT["double"], triple=RIGHT["triple"])
    screen.shows("Solved: triple", "2 of 3 solved", "3 shout")
    save(folder, **RIGHT)
    screen.shows("3 of 3 solved", "Every visible check passes", "all exercises: answered in")


def test_what_was_solved_and_is_broken_again_is_noticed_at_once(lab):
    folder, screen = lab
    save(folder, double=RIGHT["double"])
    screen.shows("Solved: double", "1 of 3 solved", "2 triple", "answered in")
    save(folder, double="return 34 * x", triple=RIGHT["triple"])
    screen.shows("Solved: triple", "1 of 3 solved", "answered in")
    screen.type("l")
    screen.shows("open 0 / 3 1 double", "solved 3 / 3 2 triple")
    screen.type("l")


def test_an_error_is_the_students_own_line_and_no_stack_trace(lab):
    folder, screen = lab
    save(folder, double="return x.nothing_of_the_kind")
    page = screen.shows("AttributeError", "`return x.nothing_of_the_kind`", "answered in")
    assert "Traceback" not in page


def test_the_exercise_that_was_changed_is_the_one_at_hand(lab):
    folder, screen = lab
    mark = screen.page
    assert "1 double" in mark or mark == ""
    (folder / "tiny.py").write_text(
        (folder / "tiny.py")
        .read_text()
        .replace(f"def shout(x):\n    {STUB}", "def shout(x):\n    return 'quiet'")
    )
    screen.shows("3 shout", "yours     'quiet'")


def test_an_editor_that_saves_by_renaming_is_followed(lab):
    folder, screen = lab
    for number in (13, 14, 15):
        new = folder / ".tiny.py.new"
        new.write_text(script(double=f"return {number} * x"))
        os.replace(new, folder / "tiny.py")
        screen.shows(f"yours     {5 * number}")


def test_an_editor_that_moves_the_old_file_away_first_is_followed(lab):
    folder, screen = lab
    os.rename(folder / "tiny.py", folder / "tiny.py~")
    save(folder, double="return 16 * x")
    screen.shows("yours     80")
    (folder / "tiny.py~").unlink()


def test_a_syntax_error_that_lasts_is_shown(lab):
    folder, screen = lab
    save(folder, double="return (2 * x")
    page = screen.shows("'(' was never closed", "answered in")
    assert "tiny.py, line 3" in page


def test_a_save_without_changes_is_noticed_and_runs_nothing(lab):
    folder, screen = lab
    save(folder, double="print('once'); return 18 * x")
    screen.shows("yours     90", "answered in")
    save(folder, double="print('once'); return 18 * x")
    screen.shows("yours     90", "the code is as it was")


def test_an_endless_loop_ends_with_the_next_save(lab):
    folder, screen = lab
    save(folder, double="while True: pass")
    screen.shows("double: running for")
    save(folder, double="return 19 * x")
    screen.shows("yours     95", "answered in")  # long before the check's own limit


def test_an_endless_loop_at_top_level_ends_with_the_next_save(lab):
    folder, screen = lab
    save(folder, below="while True: pass")
    screen.shows("double: running for")
    save(folder, double="return 20 * x")
    screen.shows("yours     100", "answered in")


def test_a_forkserver_that_is_killed_costs_no_answer(lab):
    folder, screen = lab
    kill_forkserver(screen)
    save(folder, double="return 21 * x")
    screen.shows("yours     105", "answered in")
    save(folder, double="while True: pass")
    screen.shows("double: running for")
    kill_forkserver(screen)
    screen.forget()
    screen.shows("double: running for")
    save(folder, double="return 22 * x")
    screen.shows("yours     110", "answered in")


def kill_forkserver(screen):
    below = hunt.children(screen.process.pid)
    (forkserver,) = [pid for pid in below if hunt.children(pid)]
    os.kill(forkserver, signal.SIGKILL)


def test_a_notebook_is_answered_and_its_automatic_saves_are_not(tmp_path):
    folder = lay_out(tmp_path / "lab")
    (folder / "tiny.py").unlink()
    (folder / "tiny.ipynb").write_text(notebook(double="return 21 * x"))
    with Screen(WATCH, folder) as screen:
        screen.shows("yours     105", "answered in")
        (folder / "tiny.ipynb").write_text(notebook("an output", double="return 21 * x"))
        screen.shows("the code is as it was")
        whole = notebook(double="return 22 * x")
        (folder / "tiny.ipynb").write_text(whole)
        screen.shows("yours     110", "answered in")
        (folder / "tiny.ipynb").write_text(whole[:200])
        screen.shows("it is not complete JSON", "waiting for the next save")
        (folder / "tiny.ipynb").write_text(whole.replace("22", "23"))
        screen.shows("yours     115", "answered in")
        screen.type("q")
        assert screen.ended() == 0


# -- half of a save: what `Watch` does with it, without a clock --------------------------------


class Asked:
    """A Runner that remembers the code that it is asked to run."""

    def __init__(self):
        self.codes = []

    def ask(self, job):
        self.codes.append("\n".join(cell.source for cell in job.submission.cells))


class Desk:
    """A Watch of a folder; `save` tells it at once what was written, as `follows` does."""

    def __init__(self, folder):
        self.folder = folder
        self.page = io.StringIO()
        self.asked = Asked()
        course = Course.handed_out(folder)
        console = Console(file=self.page, width=80)
        reader, events = Reader(), queue.SimpleQueue()
        self.watch = Watch(folder, course, self.asked, reader, events, console, has_keys=False)
        self.watch.take(read_work(folder, course.known(), reader), time.monotonic())

    def save(self, name, text):
        (self.folder / name).write_text(text)
        self.tell(name)

    def close(self):
        self.watch.reader.close()

    def tell(self, name):
        self.watch.on_save(Saved(self.folder / name, time.monotonic()))


@pytest.fixture
def desk(tmp_path):
    with closing(Desk(lay_out(tmp_path / "lab"))) as desk:
        yield desk


@pytest.mark.parametrize(("name", "written"), [("tiny.py", script), ("tiny.ipynb", notebook)])
def test_a_half_written_file_is_not_answered(tmp_path, name, written):
    folder = lay_out(tmp_path / "lab")
    (folder / "tiny.py").unlink()
    (folder / name).write_text(written(double="return 16 * x"))
    whole = written(double="return 17 * x", triple="return 4")
    with closing(Desk(folder)) as desk:
        before = desk.page.getvalue()
        desk.save(name, whole[: whole.index("17 * x") + 4])
        assert len(desk.asked.codes) == 1
        assert desk.page.getvalue() == before
        desk.save(name, whole)
    assert len(desk.asked.codes) == 2
    assert "return 17 * x" in desk.asked.codes[1]


def test_a_file_that_is_moved_away_to_be_written_anew_is_not_missed(desk):
    before = desk.page.getvalue()
    os.rename(desk.folder / "tiny.py", desk.folder / "tiny.py~")
    desk.tell("tiny.py")
    assert len(desk.asked.codes) == 1
    assert desk.page.getvalue() == before
    desk.save("tiny.py", script(double="return 18 * x"))
    assert "return 18 * x" in desk.asked.codes[1]


# -- keys -----------------------------------------------------------------------------------


def test_h_shows_hints_that_rise_and_they_are_remembered(lab):
    folder, screen = lab
    save(folder, double="return 24 * x")
    screen.shows("yours     120", "answered in")
    screen.type("h")
    screen.shows("Hint 1 of 3", "A first question about double?")
    screen.type("h")
    screen.shows("Hint 2 of 3", "https://docs.pytorch.org/docs/stable/generated/torch.add.html")
    assert Progress.open(folder).revealed["double"]["right_for_double"] == 2
    save(folder, double="return 25 * x")
    screen.shows("yours     125", "Hint 2 of 3")


def test_of_two_open_checks_the_one_that_fares_otherwise_is_explained(lab):
    folder, screen = lab
    save(folder, double="return 35 * x")
    screen.shows("yours     175", "double(5) is 10", "answered in")
    again = "double.times = getattr(double, 'times', 0) + 1; return 35 * x"
    save(folder, double=f"{again} if double.times % 2 else 36 * x")
    screen.shows("double can be called twice", "answered in")


def test_a_hint_goes_when_the_mistake_is_another_one(lab):
    folder, screen = lab
    screen.type("h")
    screen.shows("Hint 3 of 3", "Nearly the line of double.")
    screen.forget()
    save(folder, double="return x.nothing_of_the_kind")
    page = screen.shows("AttributeError", "answered in")
    assert "Nearly the line" not in page


def test_l_lists_and_l_again_goes_back(lab):
    _, screen = lab
    screen.type("l")
    page = screen.shows("> open", "1 double", "2 triple", "3 shout", "5 min")
    assert "Called" not in page
    screen.type("l")
    screen.shows("Called `double(x)`")


def test_n_goes_to_the_next_open_exercise_and_r_runs_again(lab):
    _, screen = lab
    screen.type("n")
    screen.shows("2 triple", "not written yet", "answered in")
    screen.forget()
    screen.type("r")
    screen.shows("2 triple", "not written yet", "answered in")


def test_what_was_solved_elsewhere_is_noticed_and_a_runs_all(lab):
    folder, screen = lab
    save(folder, double="return 26 * x", triple=RIGHT["triple"], shout=RIGHT["shout"])
    screen.shows("yours     130", "2 of 3 solved", "tiny.py: answered in")
    screen.type("a")
    screen.shows("2 of 3 solved", "yours     130", "all exercises: answered in")


def test_arrow_keys_do_nothing(lab):
    _, screen = lab
    screen.type("\x1b[A")
    screen.type("l")
    screen.shows("> open")
    screen.type("l")


# -- the end --------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["q", "\x03", signal.SIGTERM, signal.SIGHUP])
def test_the_terminal_is_as_before_however_it_ends(tmp_path, end):
    folder = lay_out(tmp_path / "lab")
    with Screen(WATCH, folder) as screen:
        screen.shows(KEYS)  # while torch is still being imported
        assert not screen.is_restored()
        if isinstance(end, str):
            screen.type(end)
        else:
            screen.process.send_signal(end)
        assert screen.ended() == 0
        assert screen.is_restored()


def test_a_stop_leaves_the_terminal_to_the_shell_and_fg_takes_it_again(tmp_path):
    folder = lay_out(tmp_path / "lab")
    shell = ("bash", "--norc", "--noprofile", "-i")
    with Screen(shell, folder) as screen:
        screen.type(" ".join(WATCH) + "\n")
        screen.shows("not written yet", KEYS)
        screen.type("\x1a")
        screen.shows("Stopped")
        screen.forget()
        screen.type("fg\n")
        screen.shows("not written yet", KEYS)
        screen.type("l")
        screen.shows("> open")
        screen.type("q")
        screen.shows("q quit", "shell>")
        screen.type("exit $?\n")
        assert screen.ended() == 0


def test_of_two_files_that_differ_the_one_saved_last_is_answered(tmp_path):
    folder = lay_out(tmp_path / "lab")
    (folder / "tiny.ipynb").write_text(notebook(double="return 28 * x"))
    save(folder, double="return 29 * x")
    os.utime(folder / "tiny.ipynb", (1, 1))
    with Screen(WATCH, folder) as screen:
        screen.shows("yours     145", "answered in")
        (folder / "tiny.ipynb").write_text(notebook(double="return 30 * x"))
        screen.shows("yours     150", "tiny.ipynb: answered in")


def test_without_a_terminal_it_answers_line_by_line(tmp_path):
    folder = lay_out(tmp_path / "lab")
    with subprocess.Popen(
        WATCH, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        assert any("not written yet" in line for line in lines)
        assert any("answered in" in line for line in lines)
        save(folder, double="return 27 * x")
        assert any("yours     135" in line for line in lines)
        process.send_signal(signal.SIGTERM)
        rest = "".join(lines)
    assert process.returncode == 0
    assert "\x1b" not in rest
    assert "q quit" not in rest


def test_a_helper_in_a_folder_of_the_work_is_followed_too(tmp_path):
    folder = lay_out(tmp_path / "lab")
    (folder / "parts").mkdir()
    (folder / "parts" / "factors.py").write_text("FACTOR = 31\n")
    save(folder, double="from parts.factors import FACTOR; return FACTOR * x")
    with Screen(WATCH, folder) as screen:
        screen.shows("yours     155", "answered in")
        (folder / "parts" / "factors.py").write_text("FACTOR = 32\n")
        screen.shows("yours     160", "factors.py: answered in")


def test_without_isolation_it_is_said_once_and_works_the_same(tmp_path, monkeypatch):
    monkeypatch.setenv(PLAIN, "1")
    folder = lay_out(tmp_path / "lab")
    with Screen(WATCH, folder) as screen:
        screen.shows("not written yet", "runs here without isolation", "answered in")
        save(folder, double="while True: pass")
        screen.shows("running")
        save(folder, double="return 33 * x")
        screen.shows("yours     165", "answered in")
        screen.forget()
        save(folder, double=RIGHT["double"])
        page = screen.shows("Solved: double", "answered in")
        assert "isolation" not in page


def test_a_folder_without_checks_is_said_in_a_line(tmp_path):
    done = subprocess.run(WATCH, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 4
    assert "has no checks/" in done.stderr
    assert "Traceback" not in done.stderr
