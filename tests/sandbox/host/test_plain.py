"""Workers as macOS and Windows get them: plain processes, tried here on Linux."""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from autograder.errors import InternalError, ProtectionError
from autograder.sandbox.host import base, plain
from autograder.sandbox.host.plain import PlainLauncher
from autograder.sandbox.host.remote import Subject, value_of
from autograder.sandbox.host.session import Session, Source
from autograder.sandbox.host.start import PLAIN
from autograder.sandbox.outcomes import Crashed, Interrupted, Raised, TimedOut
from autograder.sandbox.policy import Policy

ROOT = Path(__file__).parents[3]
CODE = """
import os, sys, time
def f(x):
    print("called with", x)
    return x + 1
def leave():
    os._exit(7)
def crash():
    os.kill(os.getpid(), 11)
def leave_a_child():
    if os.fork() == 0:
        time.sleep(600)
    os._exit(8)
def hang():
    while True: pass
def stop():
    sys.exit("enough")
def flood():
    print("x" * 200_000)
def read():
    return input()
"""


def folders():
    return {name for name in os.listdir(tempfile.gettempdir()) if name.startswith("worker-")}


@pytest.fixture(scope="module", autouse=True)
def own_folder(tmp_path_factory):
    """Where workers of this module, and of processes that it starts, get their folders."""
    with pytest.MonkeyPatch.context() as patch:
        folder = str(tmp_path_factory.mktemp("workers"))
        patch.setattr(tempfile, "tempdir", folder)
        patch.setenv("TMPDIR", folder)
        yield


@pytest.fixture(scope="module")
def launcher():
    with PlainLauncher(Policy()) as made:
        yield made
    assert folders() == set(), "a worker left its folder behind"


@pytest.fixture
def session(launcher):
    made = Session(launcher.start, [Source(CODE, lambda line: f"cell 1, line {line}")])
    made.begin(0, 30.0)
    yield made
    made.close()


def subject(session):
    names = ("f", "leave", "leave_a_child", "crash", "hang", "stop", "flood")
    return Subject(session, dict.fromkeys(names, ()))


def test_it_answers_says_what_was_printed_and_goes_on_after_each_way_to_die(session):
    student = subject(session)
    assert value_of(student.f(1)) == 2
    assert session.drain() == "called with 1\n"
    for name, kind, words in [
        ("leave", Crashed, "exit status 7"),
        ("leave_a_child", Crashed, "exit status 8"),
        ("crash", Crashed, "SIGSEGV"),
        ("hang", TimedOut, "within 1 second"),
        ("stop", Raised, "enough"),
    ]:
        session.begin(0, 1.0)
        with pytest.raises(kind, match=words):
            getattr(student, name)()
    session.begin(0, 30.0)
    student.flood()
    assert session.drain().endswith("[more was printed; it is not shown]")


def test_it_has_no_protection_and_says_so(launcher, session):
    assert not any(layer.on for layer in launcher.layers)
    assert all(layer.detail for layer in launcher.layers)


def test_a_required_layer_is_refused():
    launcher = PlainLauncher(Policy(), require=frozenset({"network"}))
    with launcher, pytest.raises(ProtectionError, match="network"):
        launcher.start()


def test_a_stranger_who_connects_is_not_taken_for_the_worker():
    with PlainLauncher(Policy()) as launcher:
        port = launcher._listener.getsockname()[1]
        strangers = [socket.create_connection((plain.HERE, port)) for _ in range(2)]
        strangers[0].sendall(b"\0" * plain.TOKEN_BYTES)
        strangers[1].close()
        transport = launcher.start()
        assert transport.layers
        assert strangers[0].recv(1) == b"", "the stranger was kept"
        strangers[0].close()


def test_an_interrupt_ends_the_wait_for_torch():
    with PlainLauncher(Policy()) as launcher:
        process = launcher._spare.process
        launcher.interrupted.set()
        with pytest.raises(Interrupted):
            launcher.start()
        assert process.poll() is not None


def test_a_worker_that_does_not_start_is_our_fault_and_says_why(monkeypatch):
    monkeypatch.setattr(base, "BOOTSTRAP", "import no_such_torch")
    refused = pytest.raises(InternalError, match=r"no_such_torch.*is torch installed")
    with PlainLauncher(Policy()) as launcher, refused:
        launcher.start()


JUDGE = """
import os, sys
from autograder.sandbox.host.plain import PlainLauncher
from autograder.sandbox.policy import Policy
from autograder.sandbox.host.session import Session, Source
with PlainLauncher(Policy()) as launcher:
    session = Session(launcher.start, [Source("print(1)\\nwhile True: pass", str)])
    session.load()
    print(session.transport.pid, flush=True)
    os.kill(os.getpid(), 9)
"""


def test_a_worker_ends_when_its_judge_is_killed():
    done = subprocess.run([sys.executable, "-c", JUDGE], capture_output=True, check=False)
    pid = int(done.stdout)
    with contextlib.suppress(ProcessLookupError):  # it has ended already
        descriptor = os.pidfd_open(pid)
        ended, _, _ = select.select([descriptor], [], [], 30.0)
        os.close(descriptor)
        assert ended
    for name in folders():
        shutil.rmtree(Path(tempfile.gettempdir()) / name, ignore_errors=True)


WITHOUT_UNIX = """
import os, socket, sys
for name in ("fcntl", "termios", "tty", "pty", "resource", "pwd", "grp"):
    sys.modules[name] = None
for name in ("fork", "forkpty", "pidfd_open", "setsid", "getuid", "geteuid", "setresuid"):
    delattr(os, name)
del socket.AF_UNIX
"""


@pytest.fixture
def elsewhere(tmp_path):
    """The environment of a judge that finds nothing of what only Unix has."""
    (tmp_path / "patch").mkdir()
    (tmp_path / "patch" / "sitecustomize.py").write_text(WITHOUT_UNIX)
    return {**os.environ, PLAIN: "1", "PYTHONPATH": str(tmp_path / "patch"), "COLUMNS": "100"}


def run(environment, *words, folder=None):
    return subprocess.run(
        [sys.executable, "-m", "autograder", *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_student_without_unix_gets_the_same_and_is_told_once(elsewhere, tmp_path, command):
    work = shutil.copytree(ROOT / "assignments" / "logistic_regression", tmp_path / "work")
    shutil.copy(ROOT / "tests" / "samples" / "grace" / "logistic_regression.ipynb", work)
    here = command("check", cwd=work, COLUMNS="100")
    shutil.rmtree(work / ".autograder", ignore_errors=True)
    told = run(elsewhere, "check", folder=work)
    again = run(elsewhere, "check", folder=work)
    assert told.returncode == here.returncode
    assert told.stderr.startswith("Your code runs here without isolation")
    assert again.stderr == ""
    assert again.stdout.splitlines()[:8] == here.stdout.splitlines()[:8]


def test_a_teacher_without_unix_gets_the_same_marks(elsewhere):
    done = run(elsewhere, "grade", "--json", str(ROOT / "tests/samples/alan"), folder=ROOT)
    assert done.returncode == 0, done.stderr
    assert [result["score"] for result in json.loads(done.stdout)["results"]] == [24]
