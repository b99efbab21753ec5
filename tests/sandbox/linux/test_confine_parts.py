"""The parts of the confinement that need no worker."""

import struct
import subprocess
import sys
import sysconfig

import pytest

from autograder.sandbox.linux import landlock, seccomp
from autograder.sandbox.policy import Policy, library_paths

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux only")


def test_importing_the_confinement_starts_no_thread_and_needs_no_torch():
    code = (
        "import os, sys, threading\n"
        "import autograder.sandbox.linux.confine, autograder.sandbox.linux.probe\n"
        "print(threading.active_count(), 'torch' in sys.modules, 'numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "False", "False"]


def test_an_unknown_layer_cannot_be_skipped():
    with pytest.raises(ValueError, match="no such layer: magic"):
        Policy(skip=frozenset({"magic"}))


def test_a_limit_must_be_positive():
    with pytest.raises(ValueError, match="memory_bytes must be positive"):
        Policy(memory_bytes=0)


def test_an_entry_of_the_search_path_that_is_no_library_is_not_readable(tmp_path, monkeypatch):
    """An editable install puts the course's own folder on the search path."""
    monkeypatch.syspath_prepend(str(tmp_path))
    paths = library_paths.__wrapped__()
    assert str(tmp_path) not in paths
    assert sys.prefix not in paths
    assert sysconfig.get_path("purelib") in paths


def instructions(program):
    return list(struct.iter_unpack("HBBI", program))


@linux
@pytest.mark.parametrize("pid", [None, 42])
def test_every_jump_of_the_filter_stays_within_it(pid):
    code = instructions(seccomp.program(own_signals_only=pid, hidden_memory=False))
    for position, (operation, if_true, if_false, _) in enumerate(code):
        if operation & 7 == 5:
            assert position + 1 + max(if_true, if_false) < len(code)
    assert code[-1][0] == 6, "a program ends with a return"


@linux
def test_cuda_may_make_files_in_memory():
    closed = seccomp.program(own_signals_only=None, hidden_memory=False)
    assert len(seccomp.program(own_signals_only=None, hidden_memory=True)) < len(closed)


@pytest.mark.parametrize(
    ("version", "bits"), [(1, 13), (2, 14), (3, 15), (4, 15), (5, 16), (9, 16)]
)
def test_landlock_asks_only_for_rights_that_its_version_knows(version, bits):
    assert landlock._handled(version) == (1 << bits) - 1


WEIGHED = """
import os, signal, time
from autograder.sandbox.linux import init

signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGCHLD,))
time.monotonic = lambda: 100.0
worker = os.fork()
if worker == 0:
    signal.pause()
done, wait = [], signal.sigtimedwait

class Scale:
    pause = 1.0

    def over(self):
        done.append("weigh")
        os.kill(worker, signal.SIGSTOP)
        os.waitid(os.P_PID, worker, os.WSTOPPED | os.WNOWAIT)
        os.kill(worker, signal.SIGKILL if "wait" in done else signal.SIGCONT)
        return False

def sigtimedwait(signals, seconds):
    if "wait" in done:
        os.kill(worker, signal.SIGKILL)
    done.append("wait")
    return wait(signals, 60.0)

signal.sigtimedwait = sigtimedwait
print(init._wait(worker, Scale()), *done)
"""


@linux
def test_to_be_stopped_for_a_weighing_is_no_cause_for_the_next_one():
    done = subprocess.run([sys.executable, "-c", WEIGHED], capture_output=True, text=True)
    assert done.stdout.split() == ["-9", "weigh", "wait", "wait"], done.stderr
