"""Payload bytes in, bars out."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from rules.events import Bar
from watchers.base import Page, SourceChangedError, SourceUnavailableError
from watchers.tickers import LINK, Tickers

AT = datetime(2025, 10, 29, 18, 0, 20, tzinfo=UTC)
MINUTE = AT.replace(second=0)
BTC = Tickers(symbols=("BTC/USDT",))
VENUES = ("gate", "binance", "okx", "kraken", "coinbase", "bybit")


def info(venue: str, last: object, pair: str | None = None) -> dict[str, Any]:
    """The part of a venue's own ticker that matters."""
    told: dict[str, dict[str, Any]] = {
        "gate": {"currency_pair": pair or "BTC_USDT", "last": last},
        "binance": {"symbol": pair or "BTCUSDT", "lastPrice": last, "openPrice": "111000.00"},
        "okx": {"instId": pair or "BTC-USDT", "last": last},
        "kraken": {"c": [last, "0.00009443"]},
        "coinbase": {"product_id": pair or "BTC-USD", "price": last},
        "bybit": {"symbol": pair or "BTCUSDT", "lastPrice": last},
    }
    return told[venue]


def ticker(
    venue: str, last: object, *, pair: str | None = None, age_s: float = 0
) -> dict[str, dict[str, Any]]:
    """One symbol of one venue, as a page holds it; `last` as ccxt gives it is always plausible."""
    stamp = int((AT - timedelta(seconds=age_s)).timestamp() * 1000)
    found = {
        "symbol": "BTC/USDT",
        "last": 111_700.0,
        "timestamp": stamp,
        "received_at": AT.isoformat(),
        "info": info(venue, last, pair),
    }
    return {"BTC/USDT": found}


def page(
    venues: dict[str, Any], before: str | None = None, problems: dict[str, str] | None = None
) -> Page:
    body = {
        "venues": venues,
        "before": {"BTC/USDT": before} if before else {},
        "problems": problems or {},
    }
    return Page(LINK, orjson.dumps(body), AT)


def test_the_price_is_the_median_of_fresh_venues() -> None:
    told = page(
        {
            "gate": ticker("gate", "111700.1"),
            "binance": ticker("binance", "111690.00", age_s=2),
            "kraken": ticker("kraken", "111720.50000", age_s=1),
        }
    )

    [bar] = BTC.parse(told)

    assert bar == Bar(
        uid="tickers:BTC/USDT:2025-10-29T18:00:00+00:00",
        source="tickers",
        observed_at=AT,
        published_at=AT,
        content_hash=bar.content_hash,
        symbol="BTC/USDT",
        as_of=MINUTE,
        open=Decimal("111700.1"),
        high=Decimal("111700.1"),
        low=Decimal("111700.1"),
        close=Decimal("111700.1"),
        venues=("gate", "binance", "kraken"),
    )


@pytest.mark.parametrize("venue", VENUES)
def test_every_venue_is_read_by_its_own_words(venue: str) -> None:
    [bar] = BTC.parse(page({venue: ticker(venue, "111700.1", age_s=3)}))

    assert bar.close == Decimal("111700.1")
    assert bar.venues == (venue,)
    assert bar.published_at == AT - timedelta(seconds=3)


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param(ticker("okx", "0"), id="zero"),
        pytest.param(ticker("okx", "-5.0"), id="a negative price"),
        pytest.param(ticker("okx", "NaN"), id="not a number"),
        pytest.param(ticker("okx", "9" * 400), id="infinite as a float"),
        pytest.param(ticker("okx", None), id="no last price, where ccxt makes one up"),
        pytest.param(ticker("okx", "1117001.0"), id="ten times too high"),
        pytest.param(ticker("okx", "4012.6"), id="the price of something else"),
        pytest.param(ticker("okx", "111700.1", pair="ETH-USDT"), id="another pair"),
        pytest.param(ticker("okx", "111700.1", age_s=61), id="too old"),
        pytest.param({"BTC/USDT": {"info": "maintenance"}}, id="words"),
        pytest.param({}, id="nothing of this symbol"),
    ],
)
def test_an_odd_venue_is_left_out_and_not_named(odd: dict[str, Any]) -> None:
    told = page(
        {
            "gate": ticker("gate", "111700.1"),
            "okx": odd,
            "bybit": ticker("bybit", "111700.3"),
        }
    )

    [bar] = BTC.parse(told)

    assert bar.venues == ("gate", "bybit")
    assert bar.close == Decimal("111700.2")


def test_a_lone_jump_is_not_believed() -> None:
    told = page({"gate": ticker("gate", "1117001.0")}, before="111650.0")

    with pytest.raises(SourceUnavailableError, match=r"gate: BTC/USDT: 1117001\.0, far from what"):
        list(BTC.parse(told))


def test_without_a_usable_price_it_says_which_venue_said_what() -> None:
    told = page(
        {"gate": ticker("gate", "0"), "okx": ticker("okx", "111700.1", age_s=90)},
        problems={"binance": "BTC/USDT: ExchangeNotAvailable binance 451"},
    )

    with pytest.raises(SourceUnavailableError) as caught:
        list(BTC.parse(told))

    assert caught.value.problem == (
        "no venue has a usable price: binance: BTC/USDT: ExchangeNotAvailable binance 451; "
        "gate: BTC/USDT: expected a last price above zero, found '0'; "
        "okx: BTC/USDT: expected a price of the last 60 s, found one 90 s old"
    )


def test_a_symbol_without_a_price_keeps_no_other_back() -> None:
    both = Tickers(symbols=("ETH/USDT", "BTC/USDT"))

    bars = list(both.parse(page({"gate": ticker("gate", "111700.1")})))

    assert [bar.symbol for bar in bars] == ["BTC/USDT"]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b'{"venues": {', id="cut off"),
        pytest.param(b"<html>maintenance</html>", id="a page"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b'{"answers": {}, "before": {}, "problems": {}}', id="a renamed field"),
        pytest.param(
            b'{"venues": {}, "before": {"x": "y"}, "problems": {}}', id="a price in words"
        ),
        pytest.param(b'{"venues": {}, "before": 1, "problems": {}}', id="a number for an object"),
    ],
)
def test_bytes_of_another_shape_mean_that_the_source_has_changed(body: bytes) -> None:
    with pytest.raises(SourceChangedError, match="expected venues, before and problems, found"):
        list(BTC.parse(Page(LINK, body, AT)))


@given(
    last=st.one_of(
        st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.floats(), st.text(max_size=20)
    )
)
def test_whatever_a_venue_says_a_bar_has_a_price_or_there_is_none(last: object) -> None:
    told = page({"gate": ticker("gate", last)})

    try:
        [bar] = BTC.parse(told)
    except SourceUnavailableError:
        return

    assert 0 < float(bar.close) < 1e15


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"venues": ("gate", "mtgox")}, id="an unknown venue"),
        pytest.param({"symbols": ("BTCUSDT",)}, id="a symbol without a slash"),
        pytest.param({"quorum": 0}, id="no venue at all"),
    ],
)
def test_a_mistaken_setting_is_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(settings))):
        Tickers.model_validate(settings)
