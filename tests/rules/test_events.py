"""The vocabulary: frozen, strict, the same after a round trip."""

from datetime import date

import pytest
from pydantic import ValidationError

from rules.events import ClockTick, Event, from_json, schema, to_json
from tests.fakes.facts import CUT_OCTOBER, bar, srf, statement, utc

DAY = date(2025, 10, 29)
EVENTS: list[Event] = [
    statement(DAY, CUT_OCTOBER),
    srf(DAY, 1, "20.35"),
    bar("BTC/USDT", utc("2025-10-29 18:00"), 112000.5),
    ClockTick(uid="clock:1", source="clock", observed_at=utc("2025-10-29 18:00")),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.kind)
def test_an_event_survives_json(event: Event) -> None:
    assert from_json(to_json(event)) == event


def test_a_naive_time_is_refused_at_the_door() -> None:
    with pytest.raises(ValidationError, match="timezone"):
        ClockTick(uid="x", source="clock", observed_at=utc("2025-10-29 18:00").replace(tzinfo=None))


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-1"])
def test_an_amount_that_is_no_amount_is_refused(amount: str) -> None:
    with pytest.raises(ValidationError):
        srf(DAY, 1, amount)


def test_the_schema_names_every_kind() -> None:
    kinds = set(schema()["discriminator"]["mapping"])

    assert {"document", "repo_operation", "series_point", "bar", "source_state"} <= kinds
