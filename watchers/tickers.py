"""Exchange prices through ccxt: the median over fresh venues, once a minute and symbol."""

import asyncio
import importlib
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from statistics import median
from typing import Any, ClassVar

import orjson
from pydantic import Field, PrivateAttr

from rules.events import Bar, content_hash
from watchers.base import Ask, Link, Page, SourceChangedError, SourceUnavailableError, Watcher
from watchers.price_quality import Quote, usable

# How a venue spells the pair, where it has no dollar-stablecoin market of its own.
SPELLED = {"coinbase": {"BTC/USDT": "BTC/USD", "ETH/USDT": "ETH/USD"}}
REST_AFTER_REFUSAL = timedelta(minutes=30)


class Tickers(Watcher):
    """Asks venues in order of preference until `quorum` have answered; a refusal falls through."""

    name: ClassVar[str] = "tickers"
    every: timedelta = timedelta(seconds=20)
    symbols: tuple[str, ...] = ("BTC/USDT", "ETH/USDT")
    venues: tuple[str, ...] = ("gate", "binance", "okx", "kraken", "coinbase", "bybit")
    quorum: int = Field(default=3, ge=1, description="venues a price rests on, if they answer")
    timeout: timedelta = timedelta(seconds=8)
    oldest: timedelta = Field(default=timedelta(seconds=60), description="older is not fresh")
    largest_gap_pct: Decimal = Field(
        default=Decimal(20), description="further from the other venues' median is refused"
    )

    _exchanges: dict[str, Any] = PrivateAttr(default_factory=dict)
    _refused: dict[str, datetime] = PrivateAttr(default_factory=dict)

    async def look(self, ask: Ask, now: datetime) -> AsyncIterator[Page]:
        """One page with what each venue answered, in ccxt's unified shape and the venue's own."""
        answers: dict[str, dict[str, Any]] = {}
        problems: list[str] = []
        waiting = [v for v in self.venues if self._refused.get(v, now) <= now]
        while waiting and len(answers) < self.quorum:
            batch, waiting = (
                waiting[: self.quorum - len(answers)],
                waiting[self.quorum - len(answers) :],
            )
            results = await asyncio.gather(*(self._venue(v, ask) for v in batch))
            for venue, (found, problem) in zip(batch, results, strict=True):
                if found:
                    answers[venue] = found
                else:
                    problems.append(f"{venue}: {problem}")
                    self._refused[venue] = now + REST_AFTER_REFUSAL / 30
        if not answers:
            raise SourceUnavailableError(self.name, "no venue answered: " + "; ".join(problems))
        body = orjson.dumps({"asked_at": now.isoformat(), "venues": answers})
        yield Page(Link("https://ccxt.invalid/" + ",".join(answers)), body, now)

    def parse(self, page: Page) -> Iterator[Bar]:
        """Yield a bar for each symbol with a usable price; its minute is its identity."""
        try:
            venues = orjson.loads(page.body)["venues"]
        except (orjson.JSONDecodeError, KeyError, TypeError) as error:
            raise SourceChangedError(self.name, f"expected venues, found {error!r}") from error
        for symbol in self.symbols:
            quotes = [
                quote
                for venue, tickers in venues.items()
                if (quote := _quote(venue, symbol, tickers, page.observed_at))
            ]
            fresh = usable(quotes, page.observed_at, self.oldest, self.largest_gap_pct)
            if fresh:
                yield self._bar(symbol, fresh, page)

    def _bar(self, symbol: str, fresh: list[Quote], page: Page) -> Bar:
        price = Decimal(median(quote.price for quote in fresh))
        minute = page.observed_at.replace(second=0, microsecond=0)
        return Bar(
            uid=f"{self.name}:{symbol}:{minute.isoformat()}",
            source=self.name,
            observed_at=page.observed_at,
            published_at=max(quote.at for quote in fresh),
            content_hash=content_hash(page.body),
            symbol=symbol,
            as_of=minute,
            open=price,
            high=price,
            low=price,
            close=price,
            venues=tuple(quote.venue for quote in fresh),
        )

    async def _venue(self, venue: str, ask: Ask) -> tuple[dict[str, Any] | None, str]:
        """A venue's tickers by our symbol, or None and what it said."""
        spelled = SPELLED.get(venue, {})
        found: dict[str, Any] = {}
        try:
            exchange = self._exchange(venue, ask)
            for symbol in self.symbols:
                async with asyncio.timeout(self.timeout.total_seconds()):
                    ticker = await exchange.fetch_ticker(spelled.get(symbol, symbol))
                found[symbol] = {**ticker, "asked": spelled.get(symbol, symbol)}
        except Exception as error:  # noqa: BLE001 - ccxt lets ValueError, KeyError and more out
            return None, f"{type(error).__name__} {str(error)[:120]}"
        return found, ""

    def _exchange(self, venue: str, ask: Ask) -> Any:
        if venue not in self._exchanges:
            ccxt = importlib.import_module("ccxt.async_support")  # 100 MB: only when it is used
            exchange = getattr(ccxt, venue)({"timeout": int(self.timeout.total_seconds() * 1000)})
            exchange.has["fetchCurrencies"] = False
            exchange.options["fetchMarkets"] = {"types": ["spot"]}
            if ask.gateway:
                _point_at(exchange, ask.gateway)
            if ask.proxy:
                exchange.aiohttp_proxy = ask.proxy
            exchange.set_markets([_market(exchange, s) for s in self._spelled(venue)])
            self._exchanges[venue] = exchange
        return self._exchanges[venue]

    def _spelled(self, venue: str) -> list[str]:
        return [SPELLED.get(venue, {}).get(symbol, symbol) for symbol in self.symbols]

    async def close(self) -> None:
        """Release the exchanges' connections."""
        for exchange in self._exchanges.values():
            await exchange.close()
        self._exchanges.clear()


# How each venue names a spot pair on the wire.
_MARKET_IDS: Mapping[str, str] = {
    "gate": "{base}_{quote}",
    "binance": "{base}{quote}",
    "okx": "{base}-{quote}",
    "kraken": "{base}{quote}",
    "coinbase": "{base}-{quote}",
    "bybit": "{base}{quote}",
}


def _market(exchange: Any, symbol: str) -> dict[str, Any]:
    """One spot market by hand: loading a venue's catalogue costs a second and 24 MB."""
    base, quote = symbol.split("/")
    wire = base.replace("BTC", "XBT") if exchange.id == "kraken" else base
    market: dict[str, Any] = exchange.safe_market_structure(
        {
            "id": _MARKET_IDS[exchange.id].format(base=wire, quote=quote),
            "symbol": symbol,
            "base": base,
            "quote": quote,
            "baseId": wire,
            "quoteId": quote,
            "type": "spot",
            "spot": True,
            "active": True,
            "precision": {"price": 0.01, "amount": 1e-8},
            "info": {},
        }
    )
    return market


def _point_at(exchange: Any, gateway: str) -> None:
    """Send an exchange's calls through the gateway, the host as first segment of the path."""

    def moved(urls: Any) -> Any:
        if isinstance(urls, dict):
            return {name: moved(url) for name, url in urls.items()}
        return urls.replace("https://", f"{gateway.rstrip('/')}/") if urls else urls

    exchange.urls["api"] = moved(exchange.urls["api"])


def _quote(venue: str, symbol: str, tickers: Any, now: datetime) -> Quote | None:
    """A venue's last price, as the venue itself wrote it: ccxt makes one up where it is missing."""
    ticker = tickers.get(symbol)
    if not ticker or ticker.get("symbol") != ticker.get("asked"):
        return None
    raw = _raw_last(ticker.get("info") or {})
    try:
        price = Decimal(str(raw))
    except InvalidOperation:
        return None
    at = ticker.get("timestamp")
    stamped = datetime.fromtimestamp(at / 1000, UTC) if at else now
    return Quote(venue, price, stamped)


def _raw_last(info: Any) -> object:
    if isinstance(info, list):
        info = info[0] if info else {}
    for name in ("last", "lastPrice", "price", "c"):
        value = info.get(name)
        if value not in (None, ""):
            return value[0] if isinstance(value, list) else value
    trades = info.get("trades")
    return trades[0].get("price") if trades else None
