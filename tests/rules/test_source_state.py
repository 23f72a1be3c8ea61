"""Sources in trouble: told after a while, once, and once when over."""

from datetime import timedelta

from rules.alerts import Reason
from rules.engine import Engine, fold
from rules.events import ClockTick, Event, Health, SourceState
from rules.source_state import SourceTrouble
from tests.fakes.facts import utc

START = utc("2025-10-29 12:00")


def state(minute: int, health: Health) -> SourceState:
    return SourceState(
        uid=f"state:{minute}",
        source="fed_press",
        observed_at=START + timedelta(minutes=minute),
        watcher="fed_press",
        state=health,
        reason="expected HTTP 200, found 503",
    )


def tick(minute: int) -> ClockTick:
    at = START + timedelta(minutes=minute)
    return ClockTick(uid=f"clock:{minute}", source="clock", observed_at=at)


def test_a_hiccup_is_not_told() -> None:
    events: list[Event] = [state(0, Health.FAILING), tick(5), state(6, Health.OK), tick(20)]

    assert fold(Engine([SourceTrouble()]), events) == []


def test_an_outage_is_told_once_and_its_end_too() -> None:
    events: list[Event] = [
        state(0, Health.FAILING),
        tick(11),
        tick(12),
        state(30, Health.OK),
        tick(31),
    ]

    told = fold(Engine([SourceTrouble()]), events)

    assert [one.reason for one in told] == [Reason.FIRST, Reason.RESOLVED]
