"""Real workers: how code ends in them, what is taken in of it, and what is left of them."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import textwrap
from dataclasses import replace
from threading import Event

import pytest

from autograder.errors import InternalError, ProtectionError
from autograder.sandbox import wire
from autograder.sandbox.host.launcher import Launcher
from autograder.sandbox.host.remote import Subject, value_of
from autograder.sandbox.host.session import Session, Source
from autograder.sandbox.host.time_limit import TimeLimit
from autograder.sandbox.host.transport import OUTPUT_LIMIT, WorkerTransport
from autograder.sandbox.layers import LAYERS
from autograder.sandbox.linux import forkserver, hunt
from autograder.sandbox.outcomes import BrokeProtocol, Crashed, OutOfMemory, Raised, TimedOut
from autograder.sandbox.policy import Policy

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="workers are Linux's")

SECONDS = 60.0


class Student:
    """Code in a worker of its own; `call` calls its function f in a check."""

    def __init__(self, launcher, *sources, **options):
        cells = [
            Source(
                textwrap.dedent(source), lambda line, number=number: f"cell {number}, line {line}"
            )
            for number, source in enumerate(sources, start=1)
        ]
        self.session = Session(launcher.start, cells, **options)

    def begin(self, seconds=SECONDS):
        self.session.begin(0, seconds)
        return Subject(self.session, {"f": (), "g": ()})

    def call(self, seconds=SECONDS):
        return value_of(self.begin(seconds).f())


@pytest.fixture
def student(launcher):
    """A function that puts code into a worker; the workers end with the test."""
    opened = []

    def put(*sources, **options):
        opened.append(Student(launcher, *sources, **options))
        return opened[-1]

    yield put
    for one in opened:
        one.session.close()


def ends(student, outcome, seconds=SECONDS):
    """Calls f, which must end in this outcome; and shows that the next check goes on."""
    with pytest.raises(outcome) as caught:
        student.call(seconds)
    assert value_of(student.begin().g()) == 1
    return caught.value


G = "def g():\n    return 1\n"


# -- outcomes -------------------------------------------------------------------------------


def test_a_value_comes_back(student):
    assert student("import torch\ndef f():\n    return torch.ones(2).sum().item()\n").call() == 2.0


@pytest.mark.parametrize(
    "body",
    [
        "while True: pass",
        "import os\n    os.fork()\n    while True: pass",
        "import os\n    while os.fork(): os.wait()\n    sum(range(10**7))\n    os._exit(0)",
        "import threading\n"
        "    busy = threading.Thread(target=lambda: [0 for _ in iter(int, 1)])\n"
        "    busy.start()\n    busy.join()",
    ],
    ids=["endless loop", "in a child", "in children that ended", "in a thread"],
)
def test_processor_time_is_limited(student, policy_of, body):
    policy_of(memory_bytes=1 << 30)
    fault = ends(student(f"def f():\n    {body}\n", G), TimedOut, seconds=0.4)
    assert fault.message == "It did not finish within 0.4 seconds of processor time."


def test_endless_output_is_ended(student):
    body = "while True: print('x' * 1000)"
    fault = ends(student(f"def f():\n    {body}\n", G), TimedOut, seconds=0.4)
    assert "did not finish within" in fault.message


@pytest.mark.parametrize(
    "body",
    [
        "import signal, time\n"
        "    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())\n"
        "    while True: time.sleep(9)",
        "import threading\n    lock = threading.Lock()\n    lock.acquire()\n    lock.acquire()",
        "import os\n    os.read(os.pipe()[0], 1)",
    ],
    ids=["sleep without signals", "a lock that is never released", "nothing to read"],
)
def test_the_clock_ends_what_waits(student, body):
    fault = ends(student(f"def f():\n    {body}\n", G), TimedOut, seconds=0.4)
    assert fault.message == (
        "It did not finish within 1.6 seconds "
        "(it may use 0.4 seconds of processor time, and take 1.6 in all)."
    )


@contextlib.contextmanager
def busy_core(forkserver, others):
    """Workers get one core, and share it with so many processes that never rest."""
    cores = os.sched_getaffinity(forkserver)
    core = {min(cores)}
    os.sched_setaffinity(forkserver, core)
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(others)]
    try:
        for loop in loops:
            os.sched_setaffinity(loop.pid, core)
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()
        os.sched_setaffinity(forkserver, cores)


def test_a_busy_machine_costs_nothing(student, launcher):
    """By the clock it takes about eight times the limit, of which it uses a third."""
    with busy_core(launcher._process.pid, others=20):
        code = student(
            """
            import time
            def f():
                end = time.process_time() + 0.4
                while time.process_time() < end: pass
                return 7
            """
        )
        assert code.call(seconds=1.2) == 7


def test_an_endless_loop_at_the_top_costs_its_cell(student):
    code = student("while True: pass\n", "def f():\n    return 2\n", load_seconds=0.5)
    assert code.call() == 2
    (found,) = code.session.load_faults
    assert (found.index, found.fault.kind) == (0, "timed out")
    assert found.fault.message == "It did not finish within 0.5 seconds of processor time."


@pytest.mark.parametrize(
    ("body", "detail", "said"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "signal 11", "SIGSEGV"),
        ("import os; os.abort()", "signal 6", "SIGABRT"),
        ("import ctypes; ctypes.string_at(0)", "signal 11", "SIGSEGV"),
        ("import os; os._exit(3)", "exit 3", "exit status 3"),
        ("import os; os._exit(0)", "exit 0", "exit status 0"),
        ("import os; os.closerange(3, 256); os._exit(4)", "exit 4", "exit status 4"),
    ],
)
def test_a_process_that_ends_is_a_crash_with_its_cause(student, body, detail, said):
    fault = ends(student(f"def f():\n    {body}\n", G), Crashed)
    assert fault.detail == detail
    assert said in fault.message


def test_an_exit_at_import_costs_its_cell(student):
    code = student("import os; os._exit(0)", "def f():\n    return 2\n")
    assert code.call() == 2
    assert code.session.load_faults[0].fault.detail == "exit 0"


def test_memory_that_is_refused_is_an_outcome_and_the_worker_lives(student):
    code = student("import torch\ndef f():\n    return torch.empty(50 << 30).sum()\n", G)
    fault = ends(code, OutOfMemory)
    assert "ran out of memory" in fault.message
    assert code.session.respawns == 0


def test_memory_of_all_processes_together_is_watched(student):
    fault = ends(
        student(
            """
            import os, signal
            def f():
                for _ in range(4):
                    if os.fork() == 0:
                        hoard = b"x" * (120 << 20)
                        signal.pause()
                signal.pause()
            """,
            G,
        ),
        OutOfMemory,
    )
    assert "256 MB" in fault.message


@pytest.mark.parametrize(
    "written",
    [b"PASSED 100/100", wire.pack({"id": "0", "ok": 1, "ref": 1}, []), b"\xff" * 64, b"\0" * 8],
    ids=["text", "frame", "huge", "empty"],
)
def test_bytes_of_its_own_on_the_channel_break_the_protocol(student, written):
    source = f"""
    import os
    def f():
        for fd in range(3, 64):
            try:
                os.write(fd, {written!r})
            except OSError:
                pass
        return 1
    """
    ends(student(source, G), BrokeProtocol)


def test_bytes_sent_between_two_checks_break_the_protocol(student):
    source = """
    import os, socket, threading
    ready, go = os.pipe()
    copies = []  # of all that is open: a child that is forked loses the channel itself
    for fd in range(3, 64):
        try:
            copies.append(os.dup(fd))
        except OSError:
            pass
    def late():
        os.read(ready, 1)
        for fd in copies:
            try:
                socket.socket(fileno=fd).send(b"forged")
            except OSError:
                pass
    def f():
        if os.fork() == 0:
            late()
            os._exit(0)
        return 1
    def g():
        os.write(go, b"1")
        os.wait()
        return 1
    """
    code = student(source)
    assert code.call() == 1
    with pytest.raises(BrokeProtocol):
        value_of(code.begin().g())


@pytest.mark.parametrize(
    ("value", "known_as"),
    [
        ("[0.1] * 190_000", "list of 190,000 items"),
        ("[torch.zeros(1 << 22)] * 5", "list too large to show"),
        ("torch.zeros(1 << 24)", "tensor of 16,777,216 numbers"),
    ],
)
def test_a_value_too_large_to_send_is_named(student, value, known_as):
    code = f"import torch\ndef f():\n    return {value}\n"
    assert student(code, G).call().type_name == known_as


def test_sys_exit_is_an_exception_like_others(student):
    fault = ends(student("import sys\ndef f():\n    sys.exit('bye')\n", G), Raised)
    assert (fault.type_name, fault.message, fault.place) == ("SystemExit", "bye", "cell 1, line 3")


# -- output ---------------------------------------------------------------------------------


def test_what_is_printed_is_captured(student):
    code = student(
        """
        import os, sys
        print("loading")
        def f():
            print("to stdout")
            sys.stdout.flush()
            print("to stderr", file=sys.stderr)
            os.system("echo from a shell")
            return 1
        """
    )
    code.call()
    printed = code.session.drain()
    assert printed == "loading\nto stdout\nto stderr\nfrom a shell\n"
    assert code.session.drain() == ""


def test_what_is_printed_too_much_is_cut_and_said(student):
    code = student("def f():\n    print('é' * 1_000_000)\n    return 1\n")
    assert code.call() == 1
    printed = code.session.drain()
    assert printed.startswith("éé")
    assert len(printed.encode()) < OUTPUT_LIMIT + 100
    assert "not shown" in printed


def test_addresses_in_what_is_printed_are_masked(student):
    code = student("def f():\n    print(object())\n    return 1\n")
    code.call()
    assert code.session.drain() == "<object object at 0x...>\n"


@pytest.mark.parametrize("stdout", ["None", "object()", "open(1, 'w')"])
def test_another_stdout_does_not_hurt(student, stdout):
    code = student(f"import sys\nsys.stdout = {stdout}\ndef f():\n    return 1\n")
    assert code.call() == 1


def test_what_a_crashed_worker_printed_is_kept(student):
    code = student("import os\ndef f():\n    print('last words', flush=True)\n    os._exit(1)\n")
    with pytest.raises(Crashed):
        code.call()
    assert code.session.drain() == "last words\n"


# -- one worker and the next ----------------------------------------------------------------


def test_a_worker_knows_nothing_of_the_judge(student, monkeypatch):
    monkeypatch.setenv("TOKEN", "secret")
    code = student(
        """
        import os, sys
        def f():
            return [dict(os.environ), sys.argv, os.getcwd(), open("/proc/self/cmdline").read()]
        """
    )
    environment, argv, folder, command = code.call()
    assert "TOKEN" not in environment
    assert argv == ["-c"]
    assert "autograder/" not in folder + command


def test_files_of_one_worker_are_not_the_next_ones(student):
    source = """
    import os, pathlib
    def f():
        places = [pathlib.Path(folder, "left") for folder in (".", "/tmp", "/dev/shm")]
        found = [place.exists() for place in places]
        for place in places:
            place.write_text("1")
        return found
    """
    for _ in range(2):
        assert student(source).call() == [False] * 3


def test_helper_files_can_be_imported(student):
    code = student(
        "from lib.helper import two\ndef f():\n    return two\n",
        files={"lib/helper.py": b"two = 2\n", "lib/__init__.py": b""},
    )
    assert code.call() == 2


def test_two_workers_at_once_do_not_mix(student):
    one, other = (student(f"print({n})\ndef f():\n    return {n}\n") for n in (1, 2))
    assert (one.call(), other.call(), one.call()) == (1, 2, 1)
    assert (one.session.drain(), other.session.drain()) == ("1\n", "2\n")


# -- protections ----------------------------------------------------------------------------


@pytest.fixture
def policy_of(launcher):
    """Sets fields of the launcher's policy for one test."""
    before = launcher.policy, launcher.require

    def set_policy(require=(), **fields):
        launcher.policy = replace(launcher.policy, **fields)
        launcher.require = frozenset(require)

    yield set_policy
    launcher.policy, launcher.require = before


def test_every_layer_is_reported_with_how(student, launcher):
    student("").begin()
    assert [layer.name for layer in launcher.layers] == list(LAYERS)
    assert all(layer.detail for layer in launcher.layers)


def test_layers_are_told_in_the_same_words_by_every_worker(student, launcher):
    student("").begin()
    first = launcher.layers
    student("").begin()
    assert launcher.layers == first


def test_a_layer_that_is_left_off_is_told(student, launcher, policy_of):
    policy_of(skip=frozenset({"landlock"}))
    student("").begin()
    (landlock,) = (layer for layer in launcher.layers if layer.name == "landlock")
    assert not landlock.on
    assert "left off" in landlock.detail


def test_a_required_layer_that_is_off_stops_everything(student, policy_of):
    policy_of(require=["landlock"], skip=frozenset({"landlock"}))
    with pytest.raises(ProtectionError, match=r"landlock: left off"):
        student("").begin()


def test_a_required_layer_that_is_on_stops_nothing(student, launcher, policy_of):
    student("").begin()
    policy_of(require=[layer.name for layer in launcher.layers if layer.on])
    assert student("def f():\n    return 1\n").call() == 1


@pytest.fixture
def transport():
    """A transport, and the worker's ends of it: channel, output, status."""
    channel, channel_there = socket.socketpair()
    output, output_there = os.pipe()
    status, status_there = os.pipe()
    made = WorkerTransport(lambda _: None, channel, [output], [status], 1 << 30, Event())
    there = [channel_there, *(os.fdopen(fd, "wb", 0) for fd in (output_there, status_there))]
    yield made, there
    for end in there:
        end.close()
    made.release()


def test_a_worker_that_ends_before_its_report_is_our_fault(transport):
    made, (channel, output, status) = transport
    output.write(b"worker: OSError: no room")
    status.write(b"71\n")
    channel.close()
    with pytest.raises(InternalError, match=r"exit status 71. worker: OSError: no room"):
        made.greet()


@pytest.mark.parametrize("ending", [b"", b"junk", b"1.5", b"-999", b"1" * 64])
def test_however_a_worker_ends_it_is_a_crash(transport, ending):
    made, (channel, _, status) = transport
    status.write(ending)
    status.close()
    channel.close()
    made.send(b"request")
    with pytest.raises(Crashed):
        made.receive(TimeLimit(5.0))


# -- the end --------------------------------------------------------------------------------

DAEMON = """
import os, signal
def f():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
            while True:
                signal.pause()
        os._exit(0)
    os.wait()
    return 1
"""


def alive(pids):
    return [pid for pid in pids if os.path.exists(f"/proc/{pid}")]


def test_hanging_up_leaves_no_process_and_no_descriptor():
    open_before = set(os.listdir("/proc/self/fd"))
    with Launcher(Policy()) as launcher:
        code = Student(launcher, DAEMON)
        assert code.call() == 1
        forkserver = launcher._process.pid
        launcher._settle()
        pids = [forkserver, *hunt.descendants(forkserver)]
        assert len(pids) >= 5, "forkserver, init, worker, daemon, and init of the spare"
        first = code.session.transport.pid
        code.session.close()
        launcher._settle()
        assert not os.path.exists(f"/proc/{first}/root")
        next_one = Student(launcher, "def f():\n    return hash('a string')\n")
        hashed = next_one.call()
        assert next_one.session.transport.pid in pids, "the spare was not used"
        assert next_one.session.transport.pid != first
        pids += hunt.descendants(forkserver)
        next_one.session.close()
    assert alive(pids) == []
    assert set(os.listdir("/proc/self/fd")) == open_before
    with Launcher(Policy(), spares=False) as launcher:
        again = Student(launcher, "def f():\n    return hash('a string')\n")
        assert again.call() == hashed, "sets have another order in another run"
        again.session.close()
        launcher._process.kill()
        launcher._process.wait()
        with pytest.raises(InternalError, match="forkserver died"):
            Student(launcher, "").begin()


JUDGE = """
import sys
from autograder.sandbox.linux import hunt
from autograder.sandbox.host.launcher import Launcher
from autograder.sandbox.policy import Policy
from autograder.sandbox.host.remote import Subject, value_of
from autograder.sandbox.host.session import Session, Source
from autograder.sandbox.host.time_limit import TimeLimit

launcher = Launcher(Policy()).__enter__()
session = Session(launcher.start, [Source(sys.argv[1], str)])
session.begin(0, 60.0)
value_of(Subject(session, {"f": ()}).f())
print(launcher._process.pid, *hunt.descendants(launcher._process.pid), flush=True)
sys.stdin.read()
"""


def test_a_worker_without_a_pid_is_let_go_and_nobody_is_killed():
    with Launcher(Policy(), spares=False) as launcher:
        transport = launcher.start()
        worker = os.pidfd_open(transport.pid)
        transport.pid = 0
        transport.close()
        assert select.select([worker], [], [], SECONDS)[0], "it ends with its channel"
        os.close(worker)
        assert launcher.alive
        launcher.start().close()


def test_a_fork_that_is_refused_is_said_and_the_forkserver_lives(monkeypatch):
    def refused(*_, **__):
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(forkserver.confine, "spawn", refused)
    fields = {"memory_bytes": 1 << 30, "cpu_seconds": 60, "devices": (), "skip": []}
    fds = [os.dup(0) for _ in range(3)]
    said = forkserver.answer({"spawn": fields, "device": "cpu"}, fds, {}, None, None)
    assert said == {"pid": 0, "refused": "[Errno 11] Resource temporarily unavailable"}
    for fd in fds:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(fd)


@pytest.mark.parametrize("skipped", [frozenset(), frozenset({"pid"})], ids=["all on", "no pid"])
def test_when_the_forkserver_is_killed_its_workers_die(skipped):
    with Launcher(Policy(skip=skipped), spares=False) as launcher:
        code = Student(launcher, DAEMON)
        assert code.call() == 1
        handles = [os.pidfd_open(pid) for pid in hunt.descendants(launcher._process.pid)]
        assert len(handles) >= 3, "init, worker, daemon"
        launcher._process.kill()
        for handle in handles:
            assert select.select([handle], [], [], SECONDS)[0], "a process outlived the forkserver"
            os.close(handle)
        code.session.close()


def test_when_the_judge_is_killed_everything_dies():
    judge = subprocess.Popen(
        [sys.executable, "-c", JUDGE, DAEMON],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    pids = [int(pid) for pid in judge.stdout.readline().split()]
    handles = [os.pidfd_open(pid) for pid in pids]
    assert len(handles) >= 4
    judge.send_signal(signal.SIGKILL)
    judge.wait()
    for handle in handles:
        assert select.select([handle], [], [], SECONDS)[0], "a process outlived the judge"
        os.close(handle)
    judge.stdin.close()
    judge.stdout.close()
