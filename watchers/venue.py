"""One exchange behind ccxt: markets by hand, answers checked, a rest after a refusal."""

import asyncio
import importlib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

import orjson
import structlog

from watchers.base import Ask
from watchers.price_quality import Quote, QuoteRefusedError, Wording, check_age, quote

log = structlog.get_logger(__name__)

VenueName = Literal["gate", "binance", "okx", "kraken", "coinbase", "bybit"]

FIRST_REST = timedelta(minutes=1)
LONGEST_REST = timedelta(minutes=30)
ADDRESS = re.compile(r"\S+ https?://\S+ ?")

# How each venue names a spot pair, and where its ticker says what.
PAIRS: Mapping[str, str] = {
    "gate": "{base}_{quote}",
    "binance": "{base}{quote}",
    "okx": "{base}-{quote}",
    "kraken": "{base}{quote}",
    "coinbase": "{base}-{quote}",
    "bybit": "{base}{quote}",
}
WORDINGS: Mapping[str, Wording] = {
    "gate": Wording(("last",), "currency_pair"),
    "binance": Wording(("lastPrice",), "symbol"),
    "okx": Wording(("last",), "instId"),
    "kraken": Wording(("c", 0), None),
    "coinbase": Wording(("price",), "product_id"),
    "bybit": Wording(("lastPrice",), "symbol"),
}
KRAKEN_ASSETS = {"BTC": "XBT", "DOGE": "XDG"}


def market(venue: str, symbol: str) -> str:
    """The market that stands for a symbol: Coinbase's liquid ones are against the dollar itself."""
    dollar = venue == "coinbase" and symbol.endswith("/USDT")
    return symbol.removesuffix("T") if dollar else symbol


def pair(venue: str, symbol: str) -> str:
    """A venue's own name for that market, such as BTC_USDT."""
    base, quoted = market(venue, symbol).split("/")
    if venue == "kraken":
        base = KRAKEN_ASSETS.get(base, base)
    return PAIRS[venue].format(base=base, quote=quoted)


def read(venue: str, symbol: str, ticker: Any, oldest: timedelta) -> Quote:
    """What a ticker says, if it may be believed on its own; raises `QuoteRefusedError`."""
    found = quote(venue, ticker, WORDINGS[venue], pair(venue, symbol))
    check_age(found, oldest)
    return found


class Venue:
    """Asks one exchange and remembers what it said last. `problem` is what was wrong with that."""

    def __init__(self, name: str, timeout: timedelta, oldest: timedelta) -> None:
        self.name = name
        self.problem = ""
        self._timeout = timeout
        self._oldest = oldest
        self._exchange: Any = None
        self._refusals = 0
        self._rests_until: datetime | None = None
        self._newest: dict[str, datetime] = {}
        self._said: dict[str, tuple[Any, datetime]] = {}

    def rests(self, now: datetime) -> bool:
        """It had nothing to say lately, and is asked only if nobody else has."""
        return self._rests_until is not None and now < self._rests_until

    async def tickers(
        self, symbols: Sequence[str], ask: Ask, now: datetime
    ) -> dict[str, orjson.Fragment]:
        """Tickers that may be believed, by symbol; after none at all the venue rests."""
        self.problem = ""
        loop = asyncio.get_running_loop()
        began = loop.time()
        await self._connect(symbols, ask)
        found = {}
        try:
            async with asyncio.timeout(self._timeout.total_seconds()):
                for symbol in symbols:
                    raw = await self._ask(symbol)
                    received_at = now + timedelta(seconds=loop.time() - began)
                    if raw is not None and (checked := self._check(symbol, raw, received_at)):
                        found[symbol] = checked
        except TimeoutError:
            self.problem = f"no answer within {self._timeout.total_seconds():g} s"
        self._rest(now, answered=bool(found))
        return found

    async def close(self) -> None:
        """Release the connections."""
        if self._exchange is not None:
            await self._exchange.close()
            self._exchange = None

    async def _ask(self, symbol: str) -> dict[str, Any] | None:
        try:
            ticker: dict[str, Any] = await self._exchange.fetch_ticker(market(self.name, symbol))
        except Exception as error:  # noqa: BLE001 - poison makes ccxt raise ValueError, KeyError ...
            said = ADDRESS.sub("", str(error))
            self._blame(symbol, f"{type(error).__name__} {said}")
            return None
        return ticker

    def _check(
        self, symbol: str, ticker: dict[str, Any], received_at: datetime
    ) -> orjson.Fragment | None:
        stamp = ticker.get("timestamp") or self._first_said(symbol, ticker, received_at)
        try:
            raw = orjson.dumps(
                {**ticker, "timestamp": stamp, "received_at": received_at.isoformat()}
            )
            found = read(self.name, symbol, orjson.loads(raw), self._oldest)
            if ticker.get("timestamp"):
                self._check_order(symbol, found)
        except (QuoteRefusedError, orjson.JSONEncodeError) as error:
            self._blame(symbol, str(error))
            return None
        return orjson.Fragment(raw)

    def _blame(self, symbol: str, said: str) -> None:
        """The first thing that is wrong in a look is what is told."""
        self.problem = self.problem or f"{symbol}: {said}"[:120]

    def _first_said(self, symbol: str, ticker: dict[str, Any], received_at: datetime) -> int:
        """For a venue that gives no time, in ms: one that keeps repeating itself grows old."""
        info = ticker.get("info")
        before, since = self._said.get(symbol, (None, received_at))
        if info != before:
            since = received_at
        self._said[symbol] = (info, since)
        return int(since.timestamp() * 1000)

    def _check_order(self, symbol: str, found: Quote) -> None:
        """The venue's own time may stand still but not go backwards."""
        newest = self._newest.setdefault(symbol, found.at)
        if found.at < newest:
            raise QuoteRefusedError(f"expected a time from {newest} on, found {found.at}")
        self._newest[symbol] = found.at

    def _rest(self, now: datetime, *, answered: bool) -> None:
        if answered:
            if self._refusals:
                log.info("venue is back", venue=self.name)
            self._refusals, self._rests_until = 0, None
            return
        if not self._refusals:
            log.info("venue refused", venue=self.name, problem=self.problem)
        self._rests_until = now + min(FIRST_REST * 2 ** min(self._refusals, 10), LONGEST_REST)
        self._refusals += 1

    async def _connect(self, symbols: Sequence[str], ask: Ask) -> None:
        if self._exchange is not None:
            return
        # 100 MB and half a second: only when it is used, and not on the loop.
        ccxt = await asyncio.to_thread(importlib.import_module, "ccxt.async_support")
        options = {
            "timeout": int(self._timeout.total_seconds() * 1000),
            "aiohttp_proxy": ask.proxy,
            "enableRateLimit": ask.gateway is None,  # a gateway is ours to burden
        }
        exchange = getattr(ccxt, self.name)(options)
        if ask.gateway:
            exchange.urls["api"] = _through(ask.gateway, exchange.urls["api"])
        # Loading a venue's catalogue would cost a second of the loop and 24 MB.
        exchange.set_markets([_market(exchange, one) for one in symbols])
        self._exchange = exchange


def _through(gateway: str, urls: Any) -> Any:
    """The same addresses behind the gateway, the host as first segment of the path."""
    if isinstance(urls, dict):
        return {name: _through(gateway, url) for name, url in urls.items()}
    return urls.replace("https://", f"{gateway.rstrip('/')}/") if urls else urls


def _market(exchange: Any, symbol: str) -> dict[str, Any]:
    """One spot market, with what fetching a ticker needs to know of it."""
    name = market(exchange.id, symbol)
    base, quoted = name.split("/")
    made: dict[str, Any] = exchange.safe_market_structure(
        {
            "id": pair(exchange.id, symbol),
            "symbol": name,
            "base": base,
            "quote": quoted,
            "baseId": base,
            "quoteId": quoted,
            "type": "spot",
            "spot": True,
            "active": True,
        }
    )
    return made
