from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchers.price_quality import (
    Quote,
    QuoteRefusedError,
    Wording,
    agreeing,
    check_age,
    quote,
)

AT = datetime(2025, 10, 29, 18, 0, 20, tzinfo=UTC)
OKX = Wording(("last",), "instId")
KRAKEN = Wording(("c", 0), None)
PCT_20 = Decimal(20)


def ticker(info: Any, **changed: Any) -> dict[str, Any]:
    """What ccxt makes of a venue's own ticker; its `last` is never looked at."""
    stamp = int(AT.timestamp() * 1000)
    return {
        "last": 111_700.0,
        "info": info,
        "timestamp": stamp,
        "received_at": AT.isoformat(),
    } | changed


def quotes(*prices: str) -> list[Quote]:
    return [Quote(f"venue {n}", Decimal(price), AT, AT) for n, price in enumerate(prices)]


def test_the_price_is_the_one_the_venue_wrote() -> None:
    found = quote("okx", ticker({"instId": "BTC-USDT", "last": "111712.4"}), OKX, "BTC-USDT")

    assert found == Quote("okx", Decimal("111712.4"), AT, AT)


def test_a_price_inside_a_list_is_found() -> None:
    found = quote("kraken", ticker({"c": ["111712.4", "0.001"]}), KRAKEN, "XBTUSDT")

    assert found.price == Decimal("111712.4")


@pytest.mark.parametrize(
    "last",
    [
        pytest.param("0", id="zero"),
        pytest.param("-5.0", id="negative"),
        pytest.param("NaN", id="not a number"),
        pytest.param("Infinity", id="infinite"),
        pytest.param("9" * 400, id="four hundred nines"),
        pytest.param("", id="empty"),
        pytest.param("n/a", id="words"),
        pytest.param(None, id="null, where ccxt makes a price up"),
        pytest.param(True, id="true"),
        pytest.param(["111712.4"], id="a list"),
    ],
)
def test_what_is_no_price_is_refused(last: object) -> None:
    with pytest.raises(QuoteRefusedError, match="expected a last price above zero, found"):
        quote("okx", ticker({"instId": "BTC-USDT", "last": last}), OKX, "BTC-USDT")


def test_another_pair_is_refused_whatever_symbol_ccxt_put_on_it() -> None:
    other = ticker({"instId": "ETH-USDT", "last": "4012.6"}, symbol="BTC/USDT")

    with pytest.raises(QuoteRefusedError, match="expected BTC-USDT, found ETH-USDT"):
        quote("okx", other, OKX, "BTC-USDT")


@pytest.mark.parametrize(
    "info",
    [
        pytest.param({}, id="an empty object"),
        pytest.param({"c": []}, id="an empty list"),
        pytest.param({"c": 7}, id="a number for a list"),
        pytest.param("maintenance", id="words"),
        pytest.param(None, id="null"),
    ],
)
def test_where_the_venue_wrote_no_price_there_is_none(info: object) -> None:
    with pytest.raises(QuoteRefusedError, match="expected a last price above zero, found 'None'"):
        quote("kraken", ticker(info), KRAKEN, "XBTUSDT")


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(None, id="nothing"),
        pytest.param([], id="a list"),
        pytest.param({}, id="an empty object"),
        pytest.param(ticker({}, timestamp=None), id="no time"),
        pytest.param(ticker({}, timestamp="soon"), id="a time in words"),
        pytest.param(ticker({}, timestamp=10**30), id="a time past all calendars"),
        pytest.param(ticker({}, received_at="yesterday"), id="no time of receipt"),
    ],
)
def test_what_is_no_ticker_is_refused(found: object) -> None:
    with pytest.raises(QuoteRefusedError, match="expected a ticker, found"):
        quote("okx", found, OKX, "BTC-USDT")


@pytest.mark.parametrize(
    "age_s",
    [
        pytest.param(0, id="of this moment"),
        pytest.param(60, id="as old as allowed"),
        pytest.param(-60, id="from a venue whose clock is a little ahead"),
    ],
)
def test_a_price_of_now_is_fresh(age_s: int) -> None:
    check_age(Quote("okx", Decimal(1), AT - timedelta(seconds=age_s), AT), timedelta(seconds=60))


@pytest.mark.parametrize(
    "age_s",
    [
        pytest.param(61, id="a second too old"),
        pytest.param(86_400, id="of yesterday"),
        pytest.param(-61, id="from the future"),
    ],
)
def test_a_price_of_another_time_is_refused(age_s: int) -> None:
    one = Quote("okx", Decimal(1), AT - timedelta(seconds=age_s), AT)

    with pytest.raises(QuoteRefusedError, match=f"last 60 s, found one {age_s} s old"):
        check_age(one, timedelta(seconds=60))


@pytest.mark.parametrize(
    ("prices", "before", "believed"),
    [
        pytest.param(("100", "101", "102"), None, (0, 1, 2), id="three that agree"),
        pytest.param(("100", "101", "1000"), None, (0, 1), id="one ten times too high"),
        pytest.param(("100", "101", "0.001"), None, (0, 1), id="one far too low"),
        pytest.param(("100", "1000"), None, (), id="two that disagree"),
        pytest.param(("100", "1000"), "99", (0,), id="two that disagree, one as it was before"),
        pytest.param(("100", "100", "9", "9"), None, (), id="two against two"),
        pytest.param(("100",), None, (0,), id="a lone first price"),
        pytest.param(("100",), "101", (0,), id="a lone price near the one before"),
        pytest.param(("1000",), "100", (), id="a lone jump"),
        pytest.param(("70", "71", "70"), "100", (0, 1, 2), id="a crash that all venues show"),
        pytest.param((), "100", (), id="nothing"),
    ],
)
def test_a_price_needs_most_of_what_is_known_on_its_side(
    prices: tuple[str, ...], before: str | None, believed: tuple[int, ...]
) -> None:
    told = quotes(*prices)

    found = agreeing(told, Decimal(before) if before else None, PCT_20)

    assert found == [told[n] for n in believed]


@given(
    right=st.lists(st.integers(9_900, 10_100), min_size=2, max_size=5),
    wrong=st.decimals("0.0001", "1e9", places=4),
    place=st.integers(0, 5),
)
def test_one_wrong_price_never_harms_those_that_are_right(
    right: list[int], wrong: Decimal, place: int
) -> None:
    told = quotes(*map(str, right))
    told.insert(place, Quote("wrong", wrong, AT, AT))

    found = agreeing(told, None, PCT_20)

    assert {one.venue for one in found} >= {f"venue {n}" for n in range(len(right))}
    assert all(8_000 <= one.price <= 12_200 for one in found)
