"""Simulated time: known at its corners, never backwards, still until it begins."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.clock import DemoClock, Segment

START = datetime(2025, 10, 29, 17, tzinfo=UTC)
HOUR = timedelta(hours=1)
END = START + 26 * HOUR
SEGMENTS = (
    Segment(START, 2),
    Segment(START + HOUR, 4),
    Segment(START + 2 * HOUR, 0),
    Segment(START + 25 * HOUR, 2),
)


class Watch:
    """A monotonic clock that tests wind."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def clock(watch: Watch) -> DemoClock:
    return DemoClock(SEGMENTS, END, watch)


@pytest.mark.parametrize(
    ("seconds", "moment"),
    [
        pytest.param(0, START, id="the beginning"),
        pytest.param(1, START + HOUR / 2, id="halfway through the first hour"),
        pytest.param(2, START + HOUR, id="the next segment"),
        pytest.param(5, START + 1.75 * HOUR, id="slower there"),
        pytest.param(6, START + 25 * HOUR, id="a jump"),
        pytest.param(8, END, id="the end"),
        pytest.param(11, END + timedelta(seconds=3), id="at real pace after it"),
    ],
)
def test_what_time_it_is(clock: DemoClock, seconds: float, moment: datetime) -> None:
    assert clock.at(seconds) == moment


def test_it_stands_still_until_it_begins(clock: DemoClock, watch: Watch) -> None:
    watch.seconds += 5
    still = clock()
    clock.begin()
    watch.seconds += 1

    assert still == START
    assert clock() == START + HOUR / 2
    assert clock.elapsed() == 1


def test_a_reading_of_the_watch_has_its_time(clock: DemoClock, watch: Watch) -> None:
    before = clock.when(watch())
    clock.begin()

    assert before == START
    assert clock.when(990) == START
    assert clock.when(1002) == START + HOUR


def test_twice_as_fast_is_half_as_long(watch: Watch) -> None:
    clock = DemoClock(SEGMENTS, END, watch, speed=2)

    assert clock.seconds == 4
    assert clock.at(1) == START + HOUR


@pytest.mark.parametrize("speed", [0, -1, float("nan")])
def test_a_speed_is_above_zero(watch: Watch, speed: float) -> None:
    with pytest.raises(ValueError, match=f"above 0, found {speed}"):
        DemoClock(SEGMENTS, END, watch, speed)


lengths = st.lists(st.tuples(st.integers(0, 10**7), st.sampled_from([0, 0.5, 3])), min_size=1)


@given(lengths, st.lists(st.floats(0, 40)))
def test_time_never_goes_back(parts: list[tuple[int, float]], moments: list[float]) -> None:
    starts, at = [], START
    for simulated_s, real_s in parts:
        starts.append(Segment(at, real_s))
        at += timedelta(seconds=simulated_s)
    clock = DemoClock(starts, at, lambda: 0.0)

    times = [clock.at(seconds) for seconds in sorted(moments)]

    assert times == sorted(times)
    assert clock.at(clock.seconds) == at
