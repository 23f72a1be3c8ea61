"""The venues' shapes are held against recordings where there are some."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.demo.exchange import Exchange, Fault
from bot.demo.telegram import Telegram
from bot.demo.world import World

AT = datetime(2025, 10, 29, 18, 0, 20, tzinfo=UTC)
CALLS = {
    "api.gateio.ws": "api/v4/spot/tickers?currency_pair=BTC_USDT",
    "api.binance.com": "api/v3/ticker/24hr?symbol=BTCUSDT",
    "www.okx.com": "api/v5/market/ticker?instId=BTC-USDT",
    "api.kraken.com": "0/public/Ticker?pair=XBTUSDT",
    "api.coinbase.com": "api/v3/brokerage/market/products/BTC-USD/ticker?limit=1",
    "api.bybit.com": "v5/market/tickers?category=spot&symbol=BTCUSDT",
}
PATIENCE = aiohttp.ClientTimeout(total=5)
RECORDED = {
    "api.gateio.ws": "xchange/gate_rest_spot_tickers_btc-usdt_2023-08.json",
    "api.kraken.com": "nautilus/kraken_rest_ticker_xbtusdt_2025.json",
    "api.coinbase.com": "nautilus/coinbase_rest_ticker_2026-04-07.json",
    "api.bybit.com": "xchange/bybit_rest_ticker_spot_2023-01.json",
}


class Desk:
    """Asks the exchanges as they are served."""

    def __init__(self, exchange: Exchange, session: aiohttp.ClientSession, url: str) -> None:
        self.exchange = exchange
        self._session = session
        self._url = url

    async def ask(self, host: str, call: str | None = None) -> tuple[int, str]:
        address = f"{self._url}/{host}/{call or CALLS[host]}"
        async with self._session.get(address, timeout=PATIENCE) as response:
            return response.status, await response.text()


@pytest.fixture
def now() -> list[datetime]:
    return [AT]


@pytest.fixture
async def desk(now: list[datetime]) -> AsyncIterator[Desk]:
    exchange = Exchange(
        lambda symbol, _: {"BTC/USDT": Decimal(111_700)}.get(symbol), lambda: now[0]
    )
    async with (
        World(lambda: now[0], Telegram("1:token"), exchange) as world,
        aiohttp.ClientSession() as session,
    ):
        yield Desk(exchange, session, world.url)


def shape(value: Any) -> Any:
    """Names and kinds of a JSON value, figures left out; of a list, its first entry."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


def test_every_host_has_its_call() -> None:
    assert set(CALLS) == Exchange.HOSTS


@pytest.mark.parametrize("host", CALLS)
async def test_every_venue_tells_the_price(desk: Desk, host: str) -> None:
    status, text = await desk.ask(host)

    assert status == 200
    assert '"111700.00"' in text


@pytest.mark.corpus
@pytest.mark.parametrize("host", RECORDED)
async def test_a_venue_answers_in_the_shape_that_was_recorded(
    desk: Desk, host: str, corpus: Path
) -> None:
    recorded = json.loads((corpus / "market" / "exchanges" / RECORDED[host]).read_bytes())

    _, text = await desk.ask(host)

    assert shape(json.loads(text)) == shape(recorded)


async def test_a_pair_that_is_not_priced_is_refused(desk: Desk) -> None:
    status, _ = await desk.ask("www.okx.com", "api/v5/market/ticker?instId=DOGE-USDT")

    assert status == 400


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        pytest.param(Fault.ZERO, '"lastPrice": "0"', id="zero"),
        pytest.param(Fault.NEGATIVE, '"lastPrice": "-111700.00"', id="negative"),
        pytest.param(Fault.NAN, '"lastPrice": "NaN"', id="not a number"),
        pytest.param(Fault.TIMES10, '"lastPrice": "1117000.00"', id="ten times too high"),
        pytest.param(Fault.NO_LAST, '"lastPrice": null', id="no last price"),
        pytest.param(Fault.OTHER_PAIR, '"symbol": "LTCUSDT"', id="another pair"),
        pytest.param(Fault.STALE, '"closeTime": 1761760220000', id="ten minutes old"),
    ],
)
async def test_a_fault_concerns_one_venue(desk: Desk, fault: Fault, said: str) -> None:
    desk.exchange.faults["api.binance.com"] = fault

    _, wrong = await desk.ask("api.binance.com")
    _, right = await desk.ask("api.bybit.com")

    assert said in wrong
    assert '"lastPrice": "111700.00"' in right


async def test_a_status_is_answered(desk: Desk) -> None:
    desk.exchange.faults["api.binance.com"] = 451

    status, _ = await desk.ask("api.binance.com")

    assert status == 451


async def test_broken_json_is_cut_off(desk: Desk) -> None:
    desk.exchange.faults["api.binance.com"] = Fault.BROKEN

    _, text = await desk.ask("api.binance.com")

    with pytest.raises(json.JSONDecodeError):
        json.loads(text)


async def test_a_frozen_venue_repeats_itself(desk: Desk, now: list[datetime]) -> None:
    before = await desk.ask("api.binance.com")
    desk.exchange.faults["api.binance.com"] = Fault.FROZEN
    now[0] = AT.replace(minute=5)

    after = await desk.ask("api.binance.com")

    assert after == before


async def test_a_hanging_venue_says_nothing(desk: Desk) -> None:
    desk.exchange.faults["api.binance.com"] = Fault.HANG

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await desk.ask("api.binance.com")
