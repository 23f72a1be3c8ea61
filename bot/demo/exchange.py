"""The price endpoints of the default venues in their true shapes."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from aiohttp import web

Price = Callable[[str, datetime], Decimal | None]

PAIRS = {
    "BTC_USDT": "BTC/USDT", "ETH_USDT": "ETH/USDT", "BTCUSDT": "BTC/USDT", "ETHUSDT": "ETH/USDT",
    "BTC-USDT": "BTC/USDT", "ETH-USDT": "ETH/USDT", "XBTUSDT": "BTC/USDT", "BTC-USD": "BTC/USDT",
    "ETH-USD": "ETH/USDT",
}  # fmt: skip


class Exchange:
    """Every venue tells the same price unless a fault says otherwise.

    A fault is an HTTP status, `hang`, `garbage`, `zero`, `times10` or `stale`.
    """

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
        self.faults: dict[str, str | int] = {}

    async def handle(self, request: web.Request, host: str, path: str) -> web.StreamResponse:
        """One call of a venue."""
        fault = self.faults.get(host)
        if isinstance(fault, int):
            return web.json_response({"code": 0, "msg": "unavailable"}, status=fault)
        if fault == "hang":
            await asyncio.sleep(3600)
        if fault == "garbage":
            return web.Response(text="<html>maintenance</html>", content_type="text/html")
        wire = _wire_name(request, path)
        symbol = PAIRS.get(wire)
        price = self._price(symbol, self._clock()) if symbol else None
        if price is None:
            return web.json_response({"label": "INVALID_CURRENCY_PAIR"}, status=400)
        if fault == "zero":
            price = Decimal(0)
        if fault == "times10":
            price *= 10
        at = int(self._clock().timestamp() * 1000) - (600_000 if fault == "stale" else 0)
        return web.json_response(_SHAPES[host](wire, f"{price:.2f}", at))


def _wire_name(request: web.Request, path: str) -> str:
    for name in ("currency_pair", "symbol", "instId", "pair"):
        if name in request.query:
            return request.query[name]
    parts = path.split("/")
    return parts[-2] if parts[-1] == "ticker" else parts[-1]


def _gate(wire: str, last: str, _: int) -> Any:
    return [
        {
            "currency_pair": wire, "last": last, "lowest_ask": last, "highest_bid": last,
            "change_percentage": "0.1", "base_volume": "9000.1", "quote_volume": "900000000",
            "high_24h": last, "low_24h": last,
        }
    ]  # fmt: skip


def _binance(wire: str, last: str, at: int) -> Any:
    return {
        "symbol": wire, "priceChange": "10.0", "priceChangePercent": "0.01",
        "weightedAvgPrice": last, "prevClosePrice": last, "lastPrice": last, "lastQty": "0.1",
        "bidPrice": last, "bidQty": "1.0", "askPrice": last, "askQty": "1.0", "openPrice": last,
        "highPrice": last, "lowPrice": last, "volume": "20000.0", "quoteVolume": "2000000000.0",
        "openTime": at - 86_400_000, "closeTime": at, "firstId": 1, "lastId": 2, "count": 2,
    }  # fmt: skip


def _okx(wire: str, last: str, at: int) -> Any:
    ticker = {
        "instType": "SPOT", "instId": wire, "last": last, "lastSz": "0.1", "askPx": last,
        "askSz": "1", "bidPx": last, "bidSz": "1", "open24h": last, "high24h": last,
        "low24h": last, "volCcy24h": "900000000", "vol24h": "9000", "ts": str(at),
        "sodUtc0": last, "sodUtc8": last,
    }  # fmt: skip
    return {"code": "0", "msg": "", "data": [ticker]}


def _kraken(wire: str, last: str, _: int) -> Any:
    ticker = {
        "a": [last, "1", "1.000"], "b": [last, "1", "1.000"], "c": [last, "0.001"],
        "v": ["100.0", "200.0"], "p": [last, last], "t": [1000, 2000], "l": [last, last],
        "h": [last, last], "o": last,
    }  # fmt: skip
    return {"error": [], "result": {wire: ticker}}


def _coinbase(_: str, last: str, at: int) -> Any:
    moment = datetime.fromtimestamp(at / 1000).astimezone().isoformat()
    trade = {
        "trade_id": "1", "price": last, "size": "0.1", "time": moment, "side": "BUY",
        "bid": "", "ask": "",
    }  # fmt: skip
    return {"trades": [trade], "best_bid": last, "best_ask": last}


def _bybit(wire: str, last: str, at: int) -> Any:
    ticker = {
        "symbol": wire, "bid1Price": last, "bid1Size": "1", "ask1Price": last, "ask1Size": "1",
        "lastPrice": last, "prevPrice24h": last, "price24hPcnt": "0.001", "highPrice24h": last,
        "lowPrice24h": last, "turnover24h": "900000000", "volume24h": "9000",
        "usdIndexPrice": last,
    }  # fmt: skip
    result = {"category": "spot", "list": [ticker]}
    return {"retCode": 0, "retMsg": "OK", "result": result, "retExtInfo": {}, "time": at}


_SHAPES: dict[str, Callable[[str, str, int], Any]] = {
    "api.gateio.ws": _gate,
    "api.binance.com": _binance,
    "www.okx.com": _okx,
    "api.kraken.com": _kraken,
    "api.coinbase.com": _coinbase,
    "api.bybit.com": _bybit,
}
