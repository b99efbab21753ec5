"""The check cell: what a student sees, what nbgrader reads, and what stays in memory."""

from __future__ import annotations

import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbclient import NotebookClient
from nbgrader.utils import determine_grade

from autograder.grading.grader import Settings
from autograder.grading.warm import WarmGrader
from autograder.notebook import check_cell
from autograder.sandbox.host import base
from autograder.sandbox.layers import LAYERS
from autograder.student import check_cell as check_cells

from ..forkserver import forkserver_of_its_own

HANDED_OUT = Path(__file__).parents[2] / "assignments" / "logistic_regression"
NAME = "logistic_regression.ipynb"
LOG10 = """\
import torch

def criterion(y_hat, y):
    return -torch.mean(y * torch.log10(y_hat) + (1 - y) * torch.log10(1 - y_hat))
"""


def hand_out(folder: Path, **code: str) -> Path:
    """A student's copy, with this code in the cells of these exercises; its notebook."""
    shutil.copytree(HANDED_OUT, folder)
    fill(folder / NAME, **code)
    return folder / NAME


def fill(path: Path, **code: str) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    for cell in content["cells"]:
        cell["source"] = code.get(cell["id"], cell["source"])
    path.write_text(json.dumps(content), encoding="utf-8")


@pytest.fixture(scope="module", autouse=True)
def shared(tmp_path_factory):
    """One working folder, and so one forkserver, for all tests that can share it."""
    with forkserver_of_its_own():
        yield hand_out(tmp_path_factory.mktemp("course") / "work", bce_criterion=LOG10)
        check_cells._WARM.close()


@pytest.fixture(autouse=True)
def outside_of_any_notebook(monkeypatch):
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.setattr(check_cells, "_shell", lambda: None)


@pytest.fixture
def work(shared, monkeypatch):
    monkeypatch.chdir(shared.parent)
    return shared


def kernel(monkeypatch, *ran: str, **variables: str) -> list[dict[str, str]]:
    """As if in a notebook in which this was run; what is displayed."""
    history = SimpleNamespace(input_hist_raw=["", *ran])
    shell = SimpleNamespace(user_ns=variables, history_manager=history)
    monkeypatch.setattr(check_cells, "_shell", lambda: shell)
    shown: list[dict[str, str]] = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append(data))
    return shown


def forkserver() -> int:
    return warm_process().pid


def warm_process() -> subprocess.Popen[bytes]:
    return check_cells._WARM._grader._launcher._process


# -- in a kernel ------------------------------------------------------------------------------


def test_in_a_kernel_it_shows_a_table_and_gives_the_points_alone(tmp_path):
    path = hand_out(tmp_path / "work", bce_criterion=LOG10 + "\nprint('loaded')\n")
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if "bce_criterion" in cell.id][1:3]
    client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": path.parent}})
    solution, check = client.execute().cells
    assert [output.output_type for output in solution.outputs] == ["stream"]
    table, points = check.outputs
    assert (table.output_type, points.output_type) == ("display_data", "execute_result")
    for form in ("text/html", "text/plain"):
        for part in (
            "The manual BCE criterion",
            "0 / 7",
            "0.12985",
            "Every loss is too small",
            "loaded",
        ):
            assert part in table.data[form], f"{part} in {form}"
    assert points.data == {"text/plain": "0"}
    assert determine_grade(check) == (0.0, check.metadata.nbgrader.points)


# -- what it says -----------------------------------------------------------------------------


def test_without_html_the_same_is_printed(work, capsys):
    assert check_cell("bce_criterion") == 0.0
    said = capsys.readouterr()
    assert "The manual BCE criterion: 0 / 7 points" in said.out
    assert re.search(
        r"It returned:\n +yours     0.12985\n +expected  0.299 within 0.0001", said.out
    )
    assert f"Checked: {NAME} as saved at " in said.out
    assert said.err == ""


def test_it_says_how_old_the_file_is(work, capsys):
    os.utime(work, (time.time() - 600,) * 2)
    check_cell("bce_criterion")
    assert ", 10 minutes ago. Changed since? Save, then run this cell again." in (
        capsys.readouterr().out
    )


def test_code_that_was_run_and_not_saved_is_noticed(work, monkeypatch):
    shown = kernel(monkeypatch, LOG10, "from torch import *\n\ndef criterion(a, b):\n    return 1")
    check_cell("bce_criterion")
    assert "What the file has for `criterion` is not what you ran last" in shown[0]["text/plain"]
    shown = kernel(monkeypatch, "def criterion(y_hat, y): return 2", LOG10.rstrip())
    check_cell("bce_criterion")
    assert "you ran last" not in shown[0]["text/plain"]


def test_when_all_is_green_it_says_what_is_still_to_come(work, monkeypatch, capsys):
    content = work.read_bytes()
    right = "def sigmoid(z):\n    return (z - z.exp().add(1).log()).exp()\n"
    code = (HANDED_OUT.parents[1] / "solutions" / HANDED_OUT.name).glob("*_bce_*/solution.py")
    fill(work, bce_criterion=next(code).read_text(), sigmoid_model=right)
    assert check_cell("bce_criterion") == 7.0
    assert "Hidden ones, for 3 more points, run when it is graded." in capsys.readouterr().out
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    assert check_cell("bce_criterion") == 10.0, "what `nbgrader validate` takes for a pass"
    assert check_cell("sigmoid_model") < 7.0
    work.write_bytes(content)


def test_without_isolation_it_works_and_says_so_once(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(hand_out(tmp_path / "work", bce_criterion=LOG10).parent)
    bare = Settings(device="cpu", skip=frozenset(LAYERS))
    monkeypatch.setattr(check_cells, "_WARM", WarmGrader(bare))
    monkeypatch.setattr(check_cells, "_told", set())
    try:
        for times in (1, 0):
            assert check_cell("bce_criterion") == 0.0
            said = capsys.readouterr().out
            assert "0.12985" in said
            assert said.count("This system gives no isolation") == times
    finally:
        check_cells._WARM.close()


# -- where it can't check ---------------------------------------------------------------------


def refused(capsys, exercise="bce_criterion") -> str:
    assert check_cell(exercise) == 0.0
    said = capsys.readouterr()
    assert said.err == ""
    assert "Traceback" not in said.out
    assert said.out.startswith("Not checked: ")
    return said.out


def test_no_notebook(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert "this folder has no notebook" in refused(capsys)


def test_colab(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "google.colab", SimpleNamespace())
    said = refused(capsys)
    assert '    drive.mount("/content/drive")\n' in said
    assert "Then save, and run this cell again." in said


def test_a_notebook_without_its_folder(tmp_path, monkeypatch, capsys):
    (tmp_path / "alone.ipynb").write_text("{}")
    monkeypatch.chdir(tmp_path)
    assert "keep the notebook in the folder that you were given." in refused(capsys)


def test_a_notebook_that_is_cut_off(tmp_path, monkeypatch, capsys):
    notebook = hand_out(tmp_path / "work")
    notebook.write_text(notebook.read_text()[:1000])
    monkeypatch.chdir(notebook.parent)
    assert NAME in refused(capsys)


def test_an_exercise_that_is_not_there(work, capsys):
    assert "has no exercise nope; it has sigmoid_model" in refused(capsys, "nope")


@pytest.fixture
def in_trouble(work, monkeypatch):
    """A grader that raises what it is given; it counts how often it was closed."""

    class Broken:
        closed = 0

        def of_folder(self, folder):
            raise self.error

        def close(self):
            self.closed += 1

    broken = Broken()
    monkeypatch.setattr(check_cells, "_WARM", broken)
    return broken


def test_an_interruption(in_trouble, capsys):
    in_trouble.error = KeyboardInterrupt()
    assert "interrupted." in refused(capsys)
    assert in_trouble.closed == 1, "what was interrupted is not used again"


def test_a_fault_of_ours(in_trouble, capsys):
    in_trouble.error = IndexError("out of range")
    assert "not of your code (IndexError: out of range). Please report it." in refused(capsys)
    assert in_trouble.closed == 1


def test_torch_that_is_not_there(work, capsys, monkeypatch):
    monkeypatch.setattr(check_cells, "_WARM", WarmGrader())
    monkeypatch.setattr(base, "BOOTSTRAP", "import torch_is_not_here")
    assert check_cell("bce_criterion") == 0.0
    said = capsys.readouterr()
    assert "No module named 'torch_is_not_here'" in said.out
    assert "Traceback" not in said.out + said.err
    check_cells._WARM.close()


def test_a_reason_is_no_markup(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("<b>.ipynb", "two.ipynb"):
        (tmp_path / name).write_text("{}")
    shown = kernel(monkeypatch)
    check_cell("bce_criterion")
    assert "&lt;b&gt;.ipynb, two.ipynb" in shown[0]["text/html"]
    assert "<b>.ipynb, two.ipynb" in shown[0]["text/plain"]


# -- which notebook ---------------------------------------------------------------------------


@pytest.fixture
def several(tmp_path, monkeypatch):
    for name in ("one.ipynb", "two.ipynb", ".hidden.ipynb"):
        (tmp_path / name).write_text("{}")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", ["work/two.ipynb", "two.ipynb"])
def test_jupyter_names_the_notebook(several, monkeypatch, name):
    monkeypatch.setenv("JPY_SESSION_NAME", name)
    assert check_cells._notebook() == several / "two.ipynb"


def test_jupyter_names_it_from_wherever_the_student_went(several, monkeypatch, tmp_path_factory):
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    monkeypatch.setenv("JPY_SESSION_NAME", str(several / "two.ipynb"))
    assert check_cells._notebook() == several / "two.ipynb"


def test_vs_code_names_the_notebook(several, monkeypatch):
    kernel(monkeypatch, __vsc_ipynb_file__=str(several / "one.ipynb"))
    assert check_cells._notebook() == several / "one.ipynb"


def test_of_several_that_nobody_names_it_is_the_one_handed_out(several):
    shutil.copytree(HANDED_OUT, several, dirs_exist_ok=True)
    assert check_cells._notebook() == several / NAME


# -- the forkserver ---------------------------------------------------------------------------


def test_it_stays_from_one_check_to_the_next(work):
    check_cell("bce_criterion")
    first = forkserver()
    check_cell("training_loop")
    check_cell("bce_criterion")
    assert forkserver() == first


def test_new_checks_are_seen(work, capsys):
    about = next(work.parent.glob("checks/*bce_criterion/exercise.toml"))
    old = about.read_text()
    about.write_text(old.replace("The manual BCE", "A corrected"))
    check_cell("bce_criterion")
    about.write_text(old)
    assert "A corrected criterion" in capsys.readouterr().out


def test_one_that_died_is_replaced(work, capsys):
    check_cell("bce_criterion")
    first = warm_process()
    first.kill()
    first.wait()
    capsys.readouterr()
    check_cell("bce_criterion")
    assert "0.12985" in capsys.readouterr().out
    assert forkserver() != first.pid


def test_a_fork_of_the_kernel_leaves_it_alone(work):
    check_cell("bce_criterion")
    child = os.fork()
    if child == 0:
        check_cells._WARM.close()
        os._exit(0)
    os.waitpid(child, 0)
    first = forkserver()
    check_cell("bce_criterion")
    assert forkserver() == first


SESSION = """
from autograder.student import check_cell as notebook
notebook.check_cell("bce_criterion")
print("forkserver", notebook._WARM._grader._launcher._process.pid, flush=True)
input()
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, None])
def test_it_ends_with_the_kernel(work, how):
    with subprocess.Popen(
        [sys.executable, "-c", SESSION], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as session:
        line = next(line for line in session.stdout if line.startswith("forkserver"))
        forkserver = os.pidfd_open(int(line.split()[1]))
        if how is None:
            session.stdin.write("\n")
        else:
            session.send_signal(how)
    assert select.select([forkserver], [], [], 60)[0], "the forkserver is still there"
    os.close(forkserver)
