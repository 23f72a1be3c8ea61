"""Payload bytes in, bars out; then real ccxt against exchanges on loopback."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import aiohttp
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.demo.exchange import Exchange, Fault
from bot.demo.telegram import Telegram
from bot.demo.world import World
from rules.events import Bar
from watchers.base import Page, SourceChangedError, SourceUnavailableError
from watchers.fetch import Fetch, Fetching
from watchers.tickers import LINK, Tickers

AT = datetime(2025, 10, 29, 18, 0, 20, tzinfo=UTC)
MINUTE = AT.replace(second=0)
BTC = Tickers(symbols=("BTC/USDT",))
HOSTS = {
    "gate": "api.gateio.ws",
    "binance": "api.binance.com",
    "okx": "www.okx.com",
    "kraken": "api.kraken.com",
    "coinbase": "api.coinbase.com",
    "bybit": "api.bybit.com",
}


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


@pytest.mark.parametrize("venue", HOSTS)
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


@dataclass
class Street:
    """The exchanges on loopback at 111,700 and 4,012, and a clock that stands till it is moved."""

    exchange: Exchange
    fetch: Fetch
    now: list[datetime]
    watchers: list[Tickers] = field(default_factory=list)

    def fault(self, venue: str, fault: Fault | int) -> None:
        self.exchange.faults[HOSTS[venue]] = fault

    def pass_time(self, **span: float) -> None:
        self.now[0] += timedelta(**span)

    def watcher(self, **settings: Any) -> Tickers:
        made = Tickers.model_validate(settings)
        self.watchers.append(made)
        return made

    async def bars(self, watcher: Tickers) -> list[Bar]:
        pages = [page async for page in watcher.look(self.fetch, self.now[0])]
        return [bar for one in pages for bar in watcher.parse(one)]

    async def venues(self, watcher: Tickers) -> tuple[str, ...]:
        """Which venues BTC rests on now."""
        return (await self.bars(watcher))[0].venues


@pytest.fixture
async def street() -> AsyncIterator[Street]:
    now = [AT]
    prices = {"BTC/USDT": Decimal(111_700), "ETH/USDT": Decimal(4_012)}
    exchange = Exchange(lambda symbol, _: prices.get(symbol), lambda: now[0])
    world = World(lambda: now[0], Telegram("1:token"), exchange)
    async with world, aiohttp.ClientSession() as session:
        fetch = Fetch(session, Fetching(gateway=world.url), lambda: now[0])
        made = Street(exchange, fetch, now)
        yield made
        for watcher in made.watchers:
            await watcher.close()


async def test_the_first_venues_in_order_of_preference_make_the_price(street: Street) -> None:
    watcher = street.watcher()

    bars = await street.bars(watcher)

    assert [(bar.symbol, bar.close, bar.venues) for bar in bars] == [
        ("BTC/USDT", Decimal(111_700), ("gate", "binance", "okx")),
        ("ETH/USDT", Decimal(4_012), ("gate", "binance", "okx")),
    ]


@pytest.mark.parametrize("venue", HOSTS)
async def test_every_venue_can_be_asked_through_ccxt(street: Street, venue: str) -> None:
    watcher = street.watcher(venues=(venue,))

    bars = await street.bars(watcher)

    assert [(bar.symbol, bar.venues) for bar in bars] == [
        ("BTC/USDT", (venue,)),
        ("ETH/USDT", (venue,)),
    ]


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(451, id="a country it does not serve"),
        pytest.param(503, id="an outage"),
        pytest.param(429, id="too many requests"),
        *(
            pytest.param(fault, id=fault.value)
            for fault in Fault
            if fault not in (Fault.FROZEN, Fault.STALE, Fault.TIMES10)
        ),
    ],
)
async def test_a_venue_that_refuses_falls_through_to_the_next(
    street: Street, fault: Fault | int
) -> None:
    watcher = street.watcher(quorum=1, timeout=timedelta(seconds=0.08))
    street.fault("gate", fault)

    venues = await street.venues(watcher)

    assert venues == ("binance",)


async def test_a_venue_with_old_prices_falls_through(street: Street) -> None:
    watcher = street.watcher(venues=("okx", "bybit"), quorum=1)
    street.fault("okx", Fault.STALE)

    assert await street.venues(watcher) == ("bybit",)


async def test_one_price_ten_times_too_high_among_three_is_left_out(street: Street) -> None:
    watcher = street.watcher()
    street.fault("gate", Fault.TIMES10)

    [btc, eth] = await street.bars(watcher)

    assert (btc.close, btc.venues) == (Decimal(111_700), ("binance", "okx"))
    assert (eth.close, eth.venues) == (Decimal(4_012), ("binance", "okx"))


async def test_a_lone_venue_is_measured_by_the_price_before(street: Street) -> None:
    watcher = street.watcher(venues=("gate",))
    await street.bars(watcher)
    street.fault("gate", Fault.TIMES10)

    with pytest.raises(SourceUnavailableError, match="far from what else is known"):
        await street.bars(watcher)


async def test_after_an_hour_the_price_before_no_longer_counts(street: Street) -> None:
    watcher = street.watcher(venues=("gate",))
    await street.bars(watcher)
    street.fault("gate", Fault.TIMES10)
    street.pass_time(minutes=61)

    [btc, _] = await street.bars(watcher)

    assert btc.close == Decimal(1_117_000)


@pytest.mark.parametrize("venue", HOSTS)
async def test_a_frozen_venue_grows_old_even_if_it_tells_no_time(
    street: Street, venue: str
) -> None:
    watcher = street.watcher(venues=(venue,))
    await street.bars(watcher)
    street.fault(venue, Fault.FROZEN)
    street.pass_time(seconds=50)
    await street.bars(watcher)
    street.pass_time(seconds=20)

    with pytest.raises(SourceUnavailableError, match="expected a price of the last 60 s"):
        await street.bars(watcher)


async def test_a_time_that_goes_backwards_is_refused(street: Street) -> None:
    watcher = street.watcher(venues=("okx",))
    await street.bars(watcher)
    street.pass_time(seconds=-5)

    with pytest.raises(SourceUnavailableError, match=r"expected a time from .* on, found"):
        await street.bars(watcher)


async def test_a_venue_that_refused_rests_longer_each_time_and_comes_back(street: Street) -> None:
    watcher = street.watcher(venues=("gate", "okx"), quorum=1)
    street.fault("gate", 451)
    await street.bars(watcher)
    street.exchange.faults.clear()

    right_after = await street.venues(watcher)
    street.pass_time(seconds=61)
    a_minute_later = await street.venues(watcher)

    assert right_after == ("okx",)
    assert a_minute_later == ("gate",)


async def test_while_nobody_else_answers_resting_venues_are_asked(street: Street) -> None:
    watcher = street.watcher(venues=("gate", "okx"))
    street.fault("gate", 503)
    street.fault("okx", 503)
    with pytest.raises(SourceUnavailableError):
        await street.bars(watcher)
    street.exchange.faults.clear()

    assert await street.venues(watcher) == ("gate", "okx")


async def test_when_all_refuse_it_says_which_said_what(street: Street) -> None:
    watcher = street.watcher(venues=("gate", "okx"), timeout=timedelta(seconds=0.08))
    street.fault("gate", 451)
    street.fault("okx", Fault.HANG)

    with pytest.raises(SourceUnavailableError) as caught:
        await street.bars(watcher)

    assert "gate: BTC/USDT: ExchangeNotAvailable gate 451" in caught.value.problem
    assert "okx: no answer within 0.08 s" in caught.value.problem


async def test_a_venue_without_one_of_the_symbols_counts_for_the_other(street: Street) -> None:
    watcher = street.watcher(symbols=("BTC/USDT", "DOGE/USDT"), quorum=1)

    [bar] = await street.bars(watcher)

    assert bar.symbol == "BTC/USDT"
    assert bar.venues == tuple(HOSTS)


async def test_a_closed_watcher_can_look_again(street: Street) -> None:
    watcher = street.watcher(quorum=1)
    await street.bars(watcher)

    await watcher.close()

    assert await street.venues(watcher) == ("gate",)
