"""The reference's answers: asked once, then read back; asked anew where a request differs."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.judge.expect import plain
from autograder.judge.foresight import Recording
from autograder.judge.reference import RecordedReference, ReferenceFault
from autograder.sandbox.host.remote import Subject
from autograder.sandbox.host.session import Session, Source
from tests.sandbox.local import LocalTransport

SOURCE = """
import torch

def draw(n):
    return torch.rand(n)

class Counter:
    def __init__(self):
        self.count = 0

    def add(self, n):
        self.count += n
        return self.count

def breaks():
    raise ValueError("no")
"""
ENTRY_POINTS = {"draw": ("n",), "Counter": (), "breaks": ()}


class Counted(LocalTransport):
    """Counts workers and requests."""

    started = 0
    asked = 0

    def __init__(self):
        super().__init__()
        Counted.started += 1

    def send(self, request):
        Counted.asked += 1
        super().send(request)


@pytest.fixture
def reference():
    Counted.started = Counted.asked = 0
    session = Session(Counted, [Source(SOURCE, lambda line: f"solution.py, line {line}")])
    reference = RecordedReference(session, seconds=60.0)
    yield reference
    reference.close()


def counts(reference, seed, *steps):
    """What a check does that counts in these steps, for a submission of its own."""
    reference.begin(seed)
    counter = Subject(reference, ENTRY_POINTS).Counter()
    found = [plain(counter.add(step)) for step in steps]
    reference.close()
    return found


def test_nothing_is_started_before_it_is_asked(reference):
    reference.begin(1)
    assert Counted.started == 0


def test_the_second_submission_asks_nothing_of_the_worker(reference):
    assert counts(reference, 1, 2, 3) == [2, 5]
    asked = Counted.asked
    assert counts(reference, 1, 2, 3) == [2, 5]
    assert (Counted.started, Counted.asked) == (1, asked)


def test_a_check_that_stops_earlier_or_goes_on_later_gets_right_answers(reference):
    assert counts(reference, 1, 2) == [2]
    assert counts(reference, 1, 2, 3, 4) == [2, 5, 9]
    assert Counted.started == 2
    assert counts(reference, 1, 2, 3, 4) == [2, 5, 9]
    assert Counted.started == 2, "what was added is recorded too"


def test_a_request_that_differs_is_answered_after_the_same_history(reference):
    assert counts(reference, 1, 2, 3, 4) == [2, 5, 9]
    assert counts(reference, 1, 2, 10, 4) == [2, 12, 16]
    assert counts(reference, 1, 2, 3, 4) == [2, 5, 9], "the record was spoilt"
    assert counts(reference, 1, 7, 3, 4) == [7, 10, 14]


def test_arrays_are_part_of_the_request(reference):
    def total(values):
        reference.begin(1)
        subject = Subject(reference, ENTRY_POINTS)
        return plain(subject.torch.sum(np.array(values)))

    assert [total([1.0, 2.0]), total([1.0, 5.0]), total([1.0, 2.0])] == [3.0, 6.0, 3.0]


def test_each_check_has_a_record_of_its_own_and_begins_with_the_same_seed(reference):
    def draw(seed):
        reference.begin(seed)
        return plain(Subject(reference, ENTRY_POINTS).draw(3)).tolist()

    one, other = draw(1), draw(2)
    assert one == other
    assert [draw(1), draw(2)] == [one, other]
    asked = Counted.asked
    assert draw(1) == one
    assert Counted.asked == asked


def test_a_divergent_request_draws_from_the_same_random_numbers(reference):
    def draws(*sizes):
        reference.begin(1)
        subject = Subject(reference, ENTRY_POINTS)
        return [plain(subject.draw(size)).tolist() for size in sizes]

    first, second = draws(2, 1)
    again = draws(2, 3)
    assert again[0] == first
    assert again[1][:1] == second


def test_two_checks_in_turn_share_one_worker(reference):
    for seed in (1, 2):
        reference.begin(seed)
        plain(Subject(reference, ENTRY_POINTS).draw(1))
    assert Counted.started == 1


@pytest.mark.parametrize("source", ["breaks", "gone"])
def test_a_reference_that_raises_is_our_fault(reference, source):
    reference.begin(1)
    subject = Subject(reference, {"breaks": (), "gone": ()})
    with pytest.raises(ReferenceFault, match="did not answer"):
        getattr(subject, source)()


def test_what_another_run_was_asked_the_same_needs_no_worker(reference):
    other = Recording(LocalTransport, [Source(SOURCE, str)])
    other.begin(1, 5.0)
    answers = [plain(Subject(other, ENTRY_POINTS).draw(n)).tolist() for n in (2, 3)]
    reference.twin = lambda: other.asked
    reference.begin(1)
    subject = Subject(reference, ENTRY_POINTS)
    assert [plain(subject.draw(n)).tolist() for n in (2, 3)] == answers
    assert Counted.started == 0
    assert plain(subject.draw(1)).shape == (1,), "and goes on where the other run ended"
    assert Counted.started == 1


def test_where_another_run_was_asked_something_else_a_worker_answers(reference):
    other = Recording(LocalTransport, [Source(SOURCE, str)])
    other.begin(1, 5.0)
    first = plain(Subject(other, ENTRY_POINTS).draw(2)).tolist()
    Subject(other, ENTRY_POINTS).draw(5)
    reference.twin = lambda: other.asked
    reference.begin(1)
    subject = Subject(reference, ENTRY_POINTS)
    assert plain(subject.draw(2)).tolist() == first
    assert plain(subject.draw(3)).shape == (3,)
    assert Counted.started == 1
