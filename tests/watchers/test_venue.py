"""Real ccxt against exchanges on loopback, through the watcher that asks them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import aiohttp
import pytest

from bot.demo.exchange import Exchange, Fault
from bot.demo.telegram import Telegram
from bot.demo.world import World
from rules.events import Bar
from watchers.base import SourceUnavailableError
from watchers.fetch import Fetch, Fetching
from watchers.tickers import Tickers

AT = datetime(2025, 10, 29, 18, 0, 20, tzinfo=UTC)
HOSTS = {
    "gate": "api.gateio.ws",
    "binance": "api.binance.com",
    "okx": "www.okx.com",
    "kraken": "api.kraken.com",
    "coinbase": "api.coinbase.com",
    "bybit": "api.bybit.com",
}


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


async def test_a_venue_that_refused_rests_for_a_minute_and_comes_back(street: Street) -> None:
    watcher = street.watcher(venues=("gate", "okx"), quorum=1)
    street.fault("gate", 451)
    await street.bars(watcher)
    street.exchange.faults.clear()

    right_after = await street.venues(watcher)
    street.pass_time(seconds=61)
    a_minute_later = await street.venues(watcher)

    assert right_after == ("okx",)
    assert a_minute_later == ("gate",)


async def test_a_venue_that_refuses_again_rests_longer(street: Street) -> None:
    watcher = street.watcher(venues=("gate", "okx"), quorum=1)
    street.fault("gate", 451)
    await street.bars(watcher)
    street.pass_time(seconds=61)
    await street.bars(watcher)
    street.exchange.faults.clear()
    street.pass_time(seconds=61)

    a_minute_later = await street.venues(watcher)
    street.pass_time(seconds=60)
    two_minutes_later = await street.venues(watcher)

    assert a_minute_later == ("okx",)
    assert two_minutes_later == ("gate",)


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
