"""What counts of the time that a worker takes, and which of its limits a time-out names."""

import time

import pytest

from autograder.sandbox.host.time_limit import BACKSTOP, TimeLimit, Wait
from autograder.sandbox.linux.probe import Times
from autograder.sandbox.outcomes import TimedOut


@pytest.fixture
def pass_time(monkeypatch):
    """Lets so many seconds pass on the clock."""
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    def advance(seconds):
        now[0] += seconds

    return advance


def charged(pass_time, *readings, seconds=10.0):
    """A limit after a wait in which each reading came ten seconds after the last one."""
    limit, left = TimeLimit(seconds), iter(readings)
    wait = Wait(limit, lambda: next(left))
    for _ in readings:
        pass_time(10.0)
        wait.charge()
    return limit


def test_processor_time_counts(pass_time):
    limit = charged(pass_time, Times(5.0, {}), Times(5.5, {}), Times(7.0, {}))
    assert limit.used == 10.0 + 2.0, "of the time before the first reading all counts"
    assert limit.waited == 30.0


def test_a_short_wait_is_not_measured(pass_time):
    limit = TimeLimit(10.0)
    wait = Wait(limit, pytest.fail)
    pass_time(0.04)
    wait.charge()
    assert limit.used == limit.waited == pytest.approx(0.04)


def test_the_clock_stands_still_while_there_is_no_processor(pass_time):
    """Also for threads that have ended since, and for new ones."""
    readings = Times(0, {"a": 3.0}), Times(0, {"a": 8.0, "b": 1.0}), Times(0, {"c": 2.0})
    assert charged(pass_time, *readings).waited == 30.0 - 5.0 - 1.0 - 2.0


def test_it_does_not_stand_still_for_ever(pass_time):
    readings = [Times(0, {"a": 10.0 * n}) for n in range(30)]
    with pytest.raises(TimedOut, match="take 48 in all"):
        charged(pass_time, *readings, seconds=12.0).check()


def test_all_time_counts_where_nothing_else_is_known(pass_time):
    limit = charged(pass_time, None)
    assert limit.spent == 10.0
    with pytest.raises(TimedOut, match=r"^It did not finish within 10 seconds\.$"):
        limit.check()


@pytest.mark.parametrize(
    ("used", "waited", "said"),
    [
        (1.0, 1.0, "It did not finish within 1 second of processor time."),
        (
            0.5,
            BACKSTOP,
            "It did not finish within 4 seconds "
            "(it may use 1 second of processor time, and take 4 in all).",
        ),
    ],
)
def test_a_time_out_names_the_limit_that_was_reached(used, waited, said):
    with pytest.raises(TimedOut) as caught:
        TimeLimit(1.0, used, waited).check()
    assert caught.value.message == said


def test_within_both_limits_nothing_is_said():
    limit = TimeLimit(1.0, 0.9, 3.9)
    limit.check()
    assert limit.spent == pytest.approx(3.9 / BACKSTOP)
