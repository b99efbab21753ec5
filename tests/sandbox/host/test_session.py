"""A session over a scripted transport: what it asks for, and what it makes of the answers."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest

from autograder.sandbox import wire
from autograder.sandbox.host.pipeline import Foreseen, Request, Unforeseen
from autograder.sandbox.host.remote import Subject, value_of
from autograder.sandbox.host.session import MAX_FATAL_CELLS, Session, Source
from autograder.sandbox.outcomes import BrokeProtocol, Crashed, OutOfMemory, Raised, TimedOut
from tests.sandbox.local import LocalTransport, split

ENTRY_POINTS = {"f": ("x",), "g": ()}


def cells(*sources):
    return [
        Source(source, lambda line, number=number: f"cell {number}, line {line}")
        for number, source in enumerate(sources, start=1)
    ]


@pytest.fixture
def local():
    """A function that loads code in this process and gives its session and its subject."""
    opened = []

    def load(*sources, seed=0, **options):
        session = Session(LocalTransport, cells(*sources), seed=seed, **options)
        opened.append(session)
        session.begin(0, 5.0)
        return session, Subject(session, ENTRY_POINTS)

    yield load
    for session in opened:
        session.close()


class Scripted:
    """A worker that answers each request by a function of it: a dict, bytes or an exception."""

    def __init__(self, answer, log, leftover=False):
        self.answer = answer
        self.log = log
        self.leftover = leftover
        self.closed = False
        self.printed = "printed;"
        self.sent = []

    def send(self, request):
        assert not self.closed, "a worker was used after its end"
        self.sent.append(request)

    def receive(self, limit):
        assert not self.closed, "a worker was used after its end"
        header, _ = split(self.sent.pop(0))
        asked = wire.parse_header(header)
        self.log.append((asked, limit.seconds - limit.used))
        begun = time.monotonic()
        answer = self.answer(asked)
        limit.used += time.monotonic() - begun
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, bytes):
            return answer, b""
        return split(wire.pack({"id": asked["id"], **answer}, []))

    def output(self):
        printed, self.printed = self.printed, ""
        return printed

    def close(self):
        self.closed = True
        if self.leftover:
            raise BrokeProtocol("The code sent something that nobody had asked for.")


def fine(asked):
    return {"ok": None, "ref": 1}


def scripted(answer, *sources, leftover=False, **options):
    log, workers = [], []

    def start():
        workers.append(Scripted(answer, log, leftover))
        return workers[-1]

    return Session(start, cells(*sources), **options), log, workers


def ask(session):
    return session.ask({"op": "get", "target": {"base": {"e": "f"}, "path": []}}, [])


# -- answers --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        {"id": "0" * 16, "ok": None, "ref": 1},
        {"id": 7, "ok": None, "ref": 1},
        {"ok": None},
        {"ok": None, "ref": True},
        {"ok": None, "ref": 1, "verdict": "passed"},
        {"ok": None, "ref": 1, "operations": "exp"},
        {"ok": None, "ref": 1, "operations": ["exp", 1]},
        {"ok": None, "ref": 1, "operations": ["exp"] * 501},
        {"ok": None, "ref": 1, "operations": ["e" * 101]},
        {"ok": {"f": "nonsense"}, "ref": 1},
        {"ok": {"e": "f"}, "ref": 1},
        {"raised": "ValueError"},
        {"raised": ["ValueError", "no", [["<cell 0>", "1"]], []]},
        {"raised": ["ValueError", 7, [], []]},
        {"raised": ["ValueError", "no", [], ["ValueError", 1]]},
        {"raised": ["ValueError", "no", []]},
        {"raised": ["ValueError", "no", [], []], "ok": None, "ref": 1},
        b"not json",
        b"",
    ],
    ids=repr,
)
def test_an_answer_of_another_form_breaks_the_protocol_and_costs_the_worker(answer):
    session, _, workers = scripted(lambda asked: answer if asked["op"] == "get" else fine(asked))
    session.begin(0, 5.0)
    with pytest.raises(BrokeProtocol):
        ask(session)
    assert workers[0].closed
    assert session.transport is None


def test_an_answer_with_bytes_that_belong_to_nothing_breaks_the_protocol():
    class Generous(Scripted):
        def receive(self, limit):
            header, payload = super().receive(limit)
            return header, payload + b"PASSED 100/100"

    session = Session(lambda: Generous(fine, []), [])
    with pytest.raises(BrokeProtocol):
        session.begin(0, 5.0)


def test_a_frame_of_2_to_the_40_elements_breaks_the_protocol():
    claim = {"ok": {"a": ["float32", [2**40], "tensor", "float32", False]}, "ref": 1}
    session, _, _ = scripted(lambda asked: claim if asked["op"] == "get" else fine(asked))
    session.begin(0, 5.0)
    with pytest.raises(BrokeProtocol, match=r"can't be read as a value .*more elements"):
        ask(session)


def test_each_request_has_a_number_of_its_own():
    session, log, _ = scripted(fine, "a = 1")
    session.begin(0, 5.0)
    ask(session)
    numbers = [asked["id"] for asked, _ in log]
    assert len(set(numbers)) == len(numbers) == 4


def test_frames_left_over_at_the_end_are_told():
    session, _, _ = scripted(fine, leftover=True)
    session.begin(0, 5.0)
    assert isinstance(session.close(), BrokeProtocol)
    assert session.close() is None


# -- loading --------------------------------------------------------------------------------


def crash_at(*fatal):
    keys = {f"<cell {index}>" for index in fatal}
    return lambda asked: Crashed("It ended.", "exit 0") if asked.get("key") in keys else fine(asked)


def keys_run(log):
    return [asked["key"] for asked, _ in log if asked["op"] == "cell"]


def test_a_fatal_cell_is_left_out_of_the_next_worker():
    session, log, workers = scripted(crash_at(1), "a", "b", "c")
    session.begin(0, 5.0)
    assert keys_run(log) == ["<cell 0>", "<cell 1>", "<cell 0>", "<cell 2>"]
    assert len(workers) == 2
    assert workers[0].closed
    assert not workers[1].closed
    assert [(found.index, found.fault.kind) for found in session.load_faults] == [(1, "crashed")]


def test_a_cell_that_raises_costs_itself_alone():
    def answer(asked):
        wrong = asked.get("key") == "<cell 0>"
        return {"raised": ["ValueError", "no", [["<cell 0>", 1]], []]} if wrong else fine(asked)

    session, log, workers = scripted(answer, "a", "b")
    session.begin(0, 5.0)
    assert keys_run(log) == ["<cell 0>", "<cell 1>"]
    assert len(workers) == 1
    assert session.load_faults[0].fault.place == "cell 1, line 1"


def test_after_too_many_fatal_cells_it_gives_up():
    fatal = range(MAX_FATAL_CELLS + 1)
    session, _, workers = scripted(crash_at(*fatal), *"abcdef")
    for _ in range(2):
        with pytest.raises(Crashed):
            session.begin(0, 5.0)
    assert len(workers) == MAX_FATAL_CELLS + 1, "it went on starting workers"
    assert all(worker.closed for worker in workers)


def test_as_many_fatal_cells_as_allowed_are_left_out():
    session, _, _ = scripted(crash_at(*range(MAX_FATAL_CELLS)), *"abcdef")
    session.begin(0, 5.0)
    assert len(session.load_faults) == MAX_FATAL_CELLS


@pytest.mark.parametrize("fault", [TimedOut("late"), OutOfMemory("much"), Crashed("gone")])
def test_after_a_fatal_fault_the_next_check_gets_a_fresh_worker_with_all_cells(fault):
    session, log, workers = scripted(
        lambda asked: fault if asked["op"] == "get" else fine(asked), "a", "b"
    )
    session.begin(0, 5.0)
    with pytest.raises(type(fault)):
        ask(session)
    assert workers[0].closed
    session.begin(1, 5.0)
    assert len(workers) == 2
    assert keys_run(log) == ["<cell 0>", "<cell 1>"] * 2


def test_after_an_exception_the_worker_goes_on():
    raised = {"raised": ["ValueError", "no", [], []]}
    session, _, workers = scripted(lambda asked: raised if asked["op"] == "get" else fine(asked))
    session.begin(0, 5.0)
    with pytest.raises(Raised):
        ask(session)
    session.begin(1, 5.0)
    assert len(workers) == 1


def test_asking_after_the_worker_has_died_is_the_students_fault():
    session, _, _ = scripted(lambda asked: Crashed("gone") if asked["op"] == "get" else fine(asked))
    session.begin(0, 5.0)
    for expected in (Crashed, Raised):
        with pytest.raises(expected):
            ask(session)


def test_what_was_printed_by_workers_that_died_is_kept():
    session, _, _ = scripted(crash_at(0), "a", "b")
    session.begin(0, 5.0)
    assert session.drain() == "printed;printed;"


def test_a_file_that_cannot_be_laid_down_costs_itself_alone():
    def answer(asked):
        return (
            {"raised": ["OSError", "disk full", [], []]} if asked["op"] == "file" else fine(asked)
        )

    session, log, _ = scripted(answer, "a", files={"big.bin": b"123"})
    session.begin(0, 5.0)
    assert keys_run(log) == ["<cell 0>"]
    assert session.file_faults["big.bin"].message == "disk full"


# -- limits ---------------------------------------------------------------------------------


class Clock:
    """A clock that only work moves."""

    def __init__(self, monkeypatch):
        self.now = 100.0
        monkeypatch.setattr(time, "monotonic", lambda: self.now)

    def work(self, seconds):
        def answer(asked):
            self.now += seconds if asked["op"] in ("get", "cell") else 0.0
            return fine(asked)

        return answer


def test_the_limit_of_a_check_is_for_all_of_its_calls_together(monkeypatch):
    clock = Clock(monkeypatch)
    session, log, _ = scripted(clock.work(3.0))
    session.begin(0, 10.0)
    for _ in range(4):
        ask(session)
    assert [seconds for asked, seconds in log if asked["op"] == "get"] == [10.0, 7.0, 4.0, 1.0]
    session.begin(1, 10.0)
    ask(session)
    assert log[-1][1] == 10.0, "the next check has its own limit"


def test_time_in_which_the_judge_is_at_work_does_not_count(monkeypatch):
    clock = Clock(monkeypatch)
    session, log, _ = scripted(clock.work(3.0))
    session.begin(0, 10.0)
    clock.now += 60.0
    ask(session)
    assert log[-1][1] == 10.0


def test_cells_share_one_limit_and_leave_the_checks_limit_alone(monkeypatch):
    clock = Clock(monkeypatch)
    session, log, _ = scripted(clock.work(20.0), "a", "b", load_seconds=60.0)
    session.begin(0, 10.0)
    ask(session)
    assert [seconds for asked, seconds in log if asked["op"] == "cell"] == [60.0, 40.0]
    assert log[-1][1] == 10.0


def test_what_all_checks_and_all_loading_took_is_added_up(monkeypatch):
    clock = Clock(monkeypatch)
    session, _, _ = scripted(clock.work(3.0), "a", "b")
    for seed in range(2):
        session.begin(seed, 10.0)
        ask(session)
    assert session.spent == 12.0


# -- what is sent ahead ---------------------------------------------------------------------

NAMES = [Request({"op": "names", "names": [name]}, []) for name in "abc"]
FIRST, SECOND = Foreseen(1, NAMES), Foreseen(2, NAMES[:1])


def names_sent(worker):
    headers = [wire.parse_header(split(frame)[0]) for frame in worker.sent]
    return [header.get("names") or header["op"] for header in headers]


def asks(session, request):
    return session.ask(request.header, request.buffers)


def test_this_check_and_the_next_are_sent_before_they_ask():
    session, log, workers = scripted(fine)
    session.begin(1, 5.0, [FIRST, SECOND])
    assert names_sent(workers[0]) == [["a"], ["b"], ["c"], "begin", ["a"]]
    for request in NAMES:
        asks(session, request)
    session.begin(2, 5.0, [SECOND])
    asks(session, NAMES[0])
    assert [asked["op"] for asked, _ in log] == ["begin", "begin", *["names"] * 3, "begin", "names"]
    assert session.unforeseen == 0


@pytest.mark.parametrize("position", range(4))
def test_a_check_that_asks_something_else_is_told_and_can_begin_again(position):
    session, log, _ = scripted(fine)
    session.begin(1, 5.0, [FIRST, SECOND])
    for request in NAMES[:position]:
        asks(session, request)
    with pytest.raises(Unforeseen):
        ask(session)
    session.begin(1, 5.0)
    ask(session)
    assert log[-1][0]["op"] == "get"
    session.begin(2, 5.0, [SECOND])
    asks(session, NAMES[0])
    assert session.unforeseen == 1


def test_what_a_check_left_unread_is_not_taken_for_the_answers_of_the_next():
    def answer(asked):
        return {"ok": asked["names"], "ref": 1} if "names" in asked else fine(asked)

    session, _, workers = scripted(lambda asked: as_list(answer(asked)))
    session.begin(1, 5.0, [FIRST, SECOND])
    session.begin(2, 5.0, [SECOND])
    assert asks(session, NAMES[0]).value == ["a"]
    session.settle()
    assert workers[0].sent == []


def as_list(answer):
    return {**answer, "ok": {"l": answer["ok"]}} if answer["ok"] else answer


@pytest.mark.parametrize("fault", [TimedOut("late"), OutOfMemory("much"), Crashed("gone")])
def test_a_worker_that_dies_of_what_was_sent_ahead_costs_that_call(fault):
    def answer(asked):
        return fault if asked.get("names") == ["b"] else fine(asked)

    session, _, workers = scripted(answer, "x")
    session.begin(1, 5.0, [FIRST, SECOND])
    asks(session, NAMES[0])
    with pytest.raises(type(fault)):
        asks(session, NAMES[1])
    session.begin(2, 5.0, [SECOND])
    asks(session, NAMES[0])
    assert len(workers) == 2


@pytest.mark.parametrize("fault", [TimedOut("late"), OutOfMemory("much"), Crashed("gone")])
def test_a_worker_that_dies_of_what_no_check_reads_is_replaced(fault):
    def answer(asked):
        return fault if asked.get("names") == ["c"] else fine(asked)

    session, _, workers = scripted(answer)
    session.begin(1, 5.0, [FIRST, SECOND])
    asks(session, NAMES[0])
    session.begin(2, 5.0, [SECOND])
    asks(session, NAMES[0])
    assert len(workers) == 2


COUNTING = "count = 0\ndef f(x):\n    global count\n    count += 1\n    return x / (count - 2)\n"


def calls_of_f(times, raises=()):
    target = {"base": {"e": "f"}, "path": []}
    header = {"op": "call", "target": target, "args": [1], "kwargs": []}
    return [Request(header, [], raises=number in raises) for number in range(times)]


@pytest.mark.parametrize(("raises", "ran"), [((), 2), ((1,), 4)])
def test_after_an_exception_the_rest_is_left_out_unless_it_was_to_be_expected(local, raises, ran):
    session, _ = local(COUNTING)
    requests = calls_of_f(4, raises)
    session.begin(1, 5.0, [Foreseen(1, requests)])
    asks(session, requests[0])
    with pytest.raises(Raised, match="division"):
        asks(session, requests[1])
    session.begin(2, 5.0)
    count = {"op": "get", "target": {"base": {"e": "count"}, "path": []}}
    assert session.ask(count, []).value == ran


# -- the real runtime, in this process ------------------------------------------------------


def test_calls_answer_with_values(local):
    _, subject = local("def f(x):\n    return x + 1\n")
    assert value_of(subject.f(2)) == 3


def test_an_exception_points_at_the_students_line(local):
    _, subject = local("import math", "def f(x):\n    y = x\n    return math.log(-y)\n")
    with pytest.raises(Raised) as caught:
        subject.f(1.0)
    fault = caught.value
    assert (fault.type_name, fault.place) == ("ValueError", "cell 2, line 3")
    assert fault.line == "return math.log(-y)"


def test_a_syntax_error_points_at_its_line(local):
    session, _ = local("a = 1\nb = = 2\n", "def g():\n    return 1\n")
    (found,) = session.load_faults
    assert found.fault.type_name == "SyntaxError"
    assert found.fault.message == "invalid syntax"
    assert found.fault.place == "cell 1, line 2"


@pytest.mark.parametrize(
    ("body", "type_name"),
    [
        ("raise SystemExit(0)", "SystemExit"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("exit()", "SystemExit"),
        ("return f(x)", "RecursionError"),
        ("raise type('Odd', (Exception,), {'__str__': lambda self: 1 / 0})", "Odd"),
        ("raise ValueError('\\ud800')", "ValueError"),
        ("return 'a' * 200_000 + undefined", "NameError"),
    ],
)
def test_whatever_is_raised_comes_back_as_an_exception(local, body, type_name):
    _, subject = local(f"def f(x):\n    {body}\n")
    with pytest.raises(Raised) as caught:
        subject.f(1)
    assert caught.value.type_name == type_name


def test_memory_that_is_refused_is_told_and_the_worker_goes_on(local):
    _, subject = local("def f(x):\n    raise MemoryError\ndef g():\n    return 1\n")
    with pytest.raises(OutOfMemory, match="ran out of memory"):
        subject.f(1)
    assert value_of(subject.g()) == 1


def test_addresses_do_not_reach_a_report(local):
    _, subject = local("def f(x):\n    raise TypeError(f'cannot add {object()}')\n")
    with pytest.raises(Raised) as caught:
        subject.f(1)
    assert caught.value.message == "cannot add <object object at 0x...>"


def test_every_check_begins_with_the_same_seeds_which_are_those_of_the_run(local):
    source = (
        "import random, torch, numpy\ndef g():\n"
        "    return [random.random(), float(torch.rand(1)), float(numpy.random.rand())]\n"
    )
    draws = []
    for seed in (0, 7):
        session, subject = local(source, seed=seed)
        for key in (1, 2):
            session.begin(key, 5.0)
            draws.append(value_of(subject.g()))
    assert draws[0] == draws[1]
    assert draws[2] == draws[3]
    assert all(one != other for one, other in zip(draws[0], draws[2], strict=True))


def test_what_one_exercise_switches_off_is_on_again_for_the_next_check(local):
    source = (
        "import torch\ndef g():\n    torch.set_grad_enabled(False)\n"
        "    torch.set_default_dtype(torch.float64)\n"
    )
    session, subject = local(source)
    subject.g()
    session.begin(1, 5.0)
    found = value_of(subject.torch.nn.Linear(1, 1)(np.ones((1, 1), "float32")))
    assert found.dtype == "float32"
    assert found.requires_grad


def test_a_helper_file_may_not_leave_the_box(local, tmp_path, monkeypatch):
    box = tmp_path / "box"
    box.mkdir()
    monkeypatch.chdir(box)
    session, _ = local(
        "", files={"../out.txt": b"1", "/tmp/autograder-out.txt": b"1", "in/a.txt": b"1"}
    )
    assert set(session.file_faults) == {"../out.txt", "/tmp/autograder-out.txt"}
    assert (box / "in" / "a.txt").read_bytes() == b"1"
    assert not (tmp_path / "out.txt").exists()


def test_nan_and_infinity_survive(local):
    _, subject = local("def g():\n    return [float('nan'), float('inf'), -0.0]\n")
    nan, infinite, zero = value_of(subject.g())
    assert math.isnan(nan)
    assert infinite == math.inf
    assert math.copysign(1.0, zero) == -1.0


def handing_in(*sources, firmly=True):
    """Sources of which those that begin with "def f" hand in f."""
    return [
        Source(source, str, (("f", firmly),) if source.startswith("def f") else ())
        for source in sources
    ]


def test_what_was_handed_in_counts_whatever_its_name_is_used_for():
    sources = [
        "def f(x):\n    return x",
        "f = f(3)",
        "def g():\n    global f\n    f = 1\n    return f",
    ]
    session = Session(LocalTransport, handing_in(*sources))
    subject = Subject(session, ENTRY_POINTS)
    for _ in range(2):
        session.begin(0, 5.0)
        assert value_of(subject.f(5)) == 5
        assert value_of(subject.g()) == 1


@pytest.mark.parametrize(("later", "expected"), [("globals()['f'] = abs", 5), ("f = 3", -5)])
def test_without_a_sign_of_it_in_the_code_a_later_function_counts(later, expected):
    sources = handing_in("def f(x):\n    return x", later, firmly=False)
    session = Session(LocalTransport, sources)
    session.begin(0, 5.0)
    assert value_of(Subject(session, ENTRY_POINTS).f(-5)) == expected


def test_nothing_else_stands_in_for_a_definition_that_failed():
    session = Session(LocalTransport, handing_in("def f(x=missing):\n    return x", "f = abs"))
    session.begin(0, 5.0)
    with pytest.raises(Raised, match="f is not defined"):
        Subject(session, ENTRY_POINTS).f(-5)
    assert [found.index for found in session.load_faults] == [0]
