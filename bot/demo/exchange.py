"""The price endpoints of the default venues in their true shapes."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from aiohttp import web

Price = Callable[[str, datetime], Decimal | None]

DAY_MS = 86_400_000
STALE_MS = 600_000

PAIRS = {
    "BTC_USDT": "BTC/USDT", "ETH_USDT": "ETH/USDT", "BTCUSDT": "BTC/USDT", "ETHUSDT": "ETH/USDT",
    "BTC-USDT": "BTC/USDT", "ETH-USDT": "ETH/USDT", "XBTUSDT": "BTC/USDT", "BTC-USD": "BTC/USDT",
    "ETH-USD": "ETH/USDT",
}  # fmt: skip


class Fault(StrEnum):
    """What may be wrong with a venue, beside an HTTP status."""

    HANG = "hang"
    BROKEN = "broken"
    FROZEN = "frozen"
    STALE = "stale"
    ZERO = "zero"
    NEGATIVE = "negative"
    NAN = "nan"
    TIMES10 = "times10"
    NO_LAST = "no_last"
    OTHER_PAIR = "other_pair"


WRONG_LAST: dict[Fault | None, Callable[[Decimal], str | None]] = {
    Fault.ZERO: lambda _: "0",
    Fault.NEGATIVE: lambda price: f"{-price:.2f}",
    Fault.NAN: lambda _: "NaN",
    Fault.TIMES10: lambda price: f"{10 * price:.2f}",
    Fault.NO_LAST: lambda _: None,
}


@dataclass(frozen=True, slots=True)
class Tick:
    """What a venue is to say: `last` is `price` unless a fault says otherwise; `at` in ms."""

    wire: str
    price: str
    last: str | None
    at: int

    @property
    def volume(self) -> str:
        """Base volume of the day; like a real one it is never twice the same."""
        return f"{9000 + self.at % DAY_MS / 1000:.3f}"


class Exchange:
    """Every venue tells the same price unless a fault says otherwise: `faults`, by host."""

    HOSTS: ClassVar[frozenset[str]] = frozenset(
        {
            "api.gateio.ws",
            "api.binance.com",
            "www.okx.com",
            "api.kraken.com",
            "api.coinbase.com",
            "api.bybit.com",
        }
    )

    def __init__(self, price: Price, clock: Callable[[], datetime]) -> None:
        self._price = price
        self._clock = clock
        self._told: dict[tuple[str, str], Tick] = {}
        self.faults: dict[str, Fault | int] = {}

    async def handle(self, request: web.Request, host: str, path: str) -> web.StreamResponse:
        """One call of a venue."""
        fault = self.faults.get(host)
        if isinstance(fault, int):
            return web.json_response({"code": 0, "msg": "unavailable"}, status=fault)
        if fault is Fault.HANG:
            await _gone(request)
        if fault is Fault.BROKEN:
            return web.Response(text='[{"last": "1151', content_type="application/json")
        tick = self._tick(host, _wire_name(request, path), fault)
        if tick is None:
            return web.json_response({"label": "INVALID_CURRENCY_PAIR"}, status=400)
        return web.json_response(_SHAPES[host](tick))

    def _tick(self, host: str, wire: str, fault: Fault | None) -> Tick | None:
        told = self._told.get((host, wire))
        if fault is Fault.FROZEN and told is not None:
            return told
        now = self._clock()
        price = self._price(PAIRS[wire], now) if wire in PAIRS else None
        if price is None:
            return None
        text = f"{price:.2f}"
        last = WRONG_LAST[fault](price) if fault in WRONG_LAST else text
        at = int(now.timestamp() * 1000) - (STALE_MS if fault is Fault.STALE else 0)
        named = "LTC" + wire[3:] if fault is Fault.OTHER_PAIR else wire
        self._told[host, wire] = Tick(named, text, last, at)
        return self._told[host, wire]


async def _gone(request: web.Request) -> None:
    """Say nothing until the caller gives up."""
    while request.transport is not None:  # noqa: ASYNC110 - aiohttp has no event for it
        await asyncio.sleep(0.01)


def _wire_name(request: web.Request, path: str) -> str:
    for name in ("currency_pair", "symbol", "instId", "pair"):
        if name in request.query:
            return request.query[name]
    parts = path.split("/")
    return parts[-2] if parts[-1] == "ticker" else parts[-1]


def _gate(tick: Tick) -> Any:
    return [
        {
            "currency_pair": tick.wire, "last": tick.last, "lowest_ask": tick.price,
            "highest_bid": tick.price, "change_percentage": "0.1", "base_volume": tick.volume,
            "quote_volume": "900000000", "high_24h": tick.price, "low_24h": tick.price,
        }
    ]  # fmt: skip


def _binance(tick: Tick) -> Any:
    return {
        "symbol": tick.wire, "priceChange": "10.00", "priceChangePercent": "0.01",
        "weightedAvgPrice": tick.price, "prevClosePrice": tick.price, "lastPrice": tick.last,
        "lastQty": "0.1", "bidPrice": tick.price, "bidQty": "1.0", "askPrice": tick.price,
        "askQty": "1.0", "openPrice": tick.price, "highPrice": tick.price, "lowPrice": tick.price,
        "volume": tick.volume, "quoteVolume": "900000000", "openTime": tick.at - DAY_MS,
        "closeTime": tick.at, "firstId": 1, "lastId": 2, "count": 2,
    }  # fmt: skip


def _okx(tick: Tick) -> Any:
    ticker = {
        "instType": "SPOT", "instId": tick.wire, "last": tick.last, "lastSz": "0.1",
        "askPx": tick.price, "askSz": "1", "bidPx": tick.price, "bidSz": "1",
        "open24h": tick.price, "high24h": tick.price, "low24h": tick.price,
        "volCcy24h": "900000000", "vol24h": tick.volume, "ts": str(tick.at),
        "sodUtc0": tick.price, "sodUtc8": tick.price,
    }  # fmt: skip
    return {"code": "0", "msg": "", "data": [ticker]}


def _kraken(tick: Tick) -> Any:
    ticker = {
        "a": [tick.price, "1", "1.000"], "b": [tick.price, "1", "1.000"],
        "c": [tick.last, "0.00100000"], "v": ["78.64822100", tick.volume],
        "p": [tick.price, tick.price], "t": [1000, 2000], "l": [tick.price, tick.price],
        "h": [tick.price, tick.price], "o": tick.price,
    }  # fmt: skip
    return {"error": [], "result": {tick.wire: ticker}}


def _coinbase(tick: Tick) -> Any:
    moment = datetime.fromtimestamp(tick.at / 1000, UTC)
    trade = {
        "trade_id": str(tick.at), "product_id": tick.wire, "price": tick.last, "size": "0.00064",
        "time": f"{moment:%Y-%m-%dT%H:%M:%S.%fZ}", "side": "SELL", "bid": "", "ask": "",
        "exchange": "coinbase",
    }  # fmt: skip
    return {"trades": [trade], "best_bid": tick.price, "best_ask": tick.price}


def _bybit(tick: Tick) -> Any:
    ticker = {
        "symbol": tick.wire, "bid1Price": tick.price, "bid1Size": "1", "ask1Price": tick.price,
        "ask1Size": "1", "lastPrice": tick.last, "prevPrice24h": tick.price,
        "price24hPcnt": "0.001", "highPrice24h": tick.price, "lowPrice24h": tick.price,
        "turnover24h": "900000000", "volume24h": tick.volume, "usdIndexPrice": tick.price,
    }  # fmt: skip
    result = {"category": "spot", "list": [ticker]}
    return {"retCode": 0, "retMsg": "OK", "result": result, "retExtInfo": {}, "time": tick.at}


_SHAPES: dict[str, Callable[[Tick], Any]] = {
    "api.gateio.ws": _gate,
    "api.binance.com": _binance,
    "www.okx.com": _okx,
    "api.kraken.com": _kraken,
    "api.coinbase.com": _coinbase,
    "api.bybit.com": _bybit,
}
