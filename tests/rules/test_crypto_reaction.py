"""Reactions: beside what is usual, never from the minute of the event itself."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from rules.alerts import Transition
from rules.base import Severity
from rules.crypto_reaction import CryptoReaction
from rules.engine import Engine, fold
from rules.events import Event
from rules.rate_decision import RateDecision
from tests.fakes.facts import CUT_OCTOBER, bar, statement, utc

DECIDED = utc("2025-10-29 18:00:20")
STEP = timedelta(minutes=5)


def reactions(after: float, *, days: float = 2, until: int = 26) -> list[Transition]:
    """Prices around 110,000 before the decision and `after` from then on."""
    start = DECIDED.replace(second=0) - timedelta(days=days)
    count = int(timedelta(days=days) / STEP)
    before: list[Event] = [
        bar("BTC/USDT", start + i * STEP, 110_000 + 60 * (7 * i % 5)) for i in range(count)
    ]
    later: list[Event] = [
        bar("BTC/USDT", DECIDED.replace(second=0) + i * STEP, after) for i in range(until)
    ]
    events = [*before, statement(date(2025, 10, 29), CUT_OCTOBER), *later]
    engine = Engine([RateDecision(), CryptoReaction()])
    told = fold(engine, sorted(events, key=lambda event: event.observed_at))
    return [one for one in told if one.finding.message == "crypto_reaction"]


def test_an_ordinary_move_is_told_once_in_the_primary_window() -> None:
    (told,) = reactions(110_120)

    assert told.finding.values["window"] == "2h"
    assert told.finding.values["abnormal"] is False
    assert told.finding.severity is Severity.INFO


def test_an_abnormal_move_is_told_in_every_window() -> None:
    windows = [one.finding.values["window"] for one in reactions(115_500)]

    assert windows == ["5m", "30m", "2h"]


def test_the_price_before_is_from_before_the_event() -> None:
    told = reactions(115_500)[0]

    before = told.finding.values["before_usd"]
    assert isinstance(before, Decimal)
    assert before < 111_000
    assert told.finding.values["return_pct"] == pytest.approx(Decimal("4.9"), abs=Decimal("0.2"))


def test_without_enough_history_nothing_is_claimed() -> None:
    assert reactions(115_500, days=0.03) == []


def test_the_baseline_and_its_size_are_part_of_the_finding() -> None:
    values = reactions(110_120)[0].finding.values

    assert values["samples"] is not None
    assert values["typical_pct"] is not None
    assert values["venues"] == ("gate",)
