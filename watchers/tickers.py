"""Exchange prices through ccxt: the median over fresh venues, once a minute and symbol."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import median
from typing import Annotated, Any, ClassVar

import orjson
from pydantic import Field, PrivateAttr

from rules.events import Bar, content_hash
from watchers.base import Ask, Link, Page, SourceChangedError, SourceUnavailableError, Watcher
from watchers.price_quality import Quote, QuoteRefusedError, agreeing
from watchers.venue import Venue, VenueName, read

# No single address stands for several exchanges; the name keys what is remembered of the page.
LINK = Link("https://exchanges.invalid/tickers")
BEFORE_COUNTS_FOR = timedelta(hours=1)

Symbol = Annotated[str, Field(pattern=r"^[A-Z0-9]+/[A-Z0-9]+$")]


class Tickers(Watcher):
    """Asks venues in order of preference until `quorum` have answered; a refusal falls through."""

    name: ClassVar[str] = "tickers"
    every: timedelta = timedelta(seconds=20)
    symbols: tuple[Symbol, ...] = Field(
        default=("BTC/USDT", "ETH/USDT"), description="what is priced, as in ccxt"
    )
    venues: tuple[VenueName, ...] = Field(
        default=("gate", "binance", "okx", "kraken", "coinbase", "bybit"),
        description="exchanges in order of preference",
    )
    quorum: int = Field(default=3, ge=1, description="venues a price rests on, if they answer")
    timeout: timedelta = Field(
        default=timedelta(seconds=8), gt=timedelta(0), description="time for one exchange to answer"
    )
    oldest: timedelta = Field(
        default=timedelta(seconds=60), gt=timedelta(0), description="older is not fresh"
    )
    largest_gap_pct: Decimal = Field(
        default=Decimal(20),
        gt=0,
        description="further than this from what most venues say is refused",
    )

    _venues: dict[str, Venue] = PrivateAttr(default_factory=dict)
    _believed: dict[str, tuple[Decimal, datetime]] = PrivateAttr(default_factory=dict)

    async def look(self, ask: Ask, now: datetime) -> AsyncIterator[Page]:
        """One page of what the venues answered, made here, as JSON.

        `venues`: by venue and symbol ccxt's ticker with the venue's own in `info`, `received_at`
        (ISO), and in `timestamp` (ms) the venue's time or, where it gives none, that of receipt;
        `before`: by symbol the price last believed; `problems`: by venue what was wrong.
        """
        loop = asyncio.get_running_loop()
        began = loop.time()
        answers = await self._ask_in_turn(ask, now)
        body = {
            "venues": answers,
            "before": {
                symbol: str(price)
                for symbol, (price, at) in self._believed.items()
                if now - at <= BEFORE_COUNTS_FOR
            },
            "problems": {name: one.problem for name, one in self._venues.items() if one.problem},
        }
        received_at = now + timedelta(seconds=loop.time() - began)
        page = Page(LINK, orjson.dumps(body), received_at, "application/json")
        for bar in self.parse(page):
            self._believed[bar.symbol] = (bar.close, bar.observed_at)
        yield page

    def parse(self, page: Page) -> Iterator[Bar]:
        """Yield a bar for each symbol with a price to be believed; its minute is its identity."""
        try:
            body = orjson.loads(page.body)
            venues, before, problems = body["venues"], body["before"], body["problems"]
            prices = {one: Decimal(price) for one, price in before.items()}
        except (ValueError, ArithmeticError, LookupError, TypeError, AttributeError) as error:
            problem = f"expected venues, before and problems, found {error!r}"
            raise SourceChangedError(self.name, problem, body=page.body) from error
        silent = True
        for symbol in self.symbols:
            quotes = list(self._quotes(symbol, venues, problems))
            believed = agreeing(quotes, prices.get(symbol), self.largest_gap_pct)
            if believed:
                silent = False
                yield self._bar(symbol, believed, page)
            for one in quotes:
                problems.setdefault(
                    one.venue, f"{symbol}: {one.price}, far from what else is known"
                )
        if silent:
            said = "; ".join(f"{venue}: {problem}" for venue, problem in problems.items())
            raise SourceUnavailableError(self.name, f"no venue has a usable price: {said}")

    async def close(self) -> None:
        """Release the exchanges' connections; ccxt takes a quarter of a second for each."""
        await asyncio.gather(*(venue.close() for venue in self._venues.values()))

    async def _ask_in_turn(self, ask: Ask, now: datetime) -> dict[str, dict[str, orjson.Fragment]]:
        """Venues that rest are asked only if nobody else answers."""
        for name in self.venues:
            if name not in self._venues:
                self._venues[name] = Venue(name, self.timeout, self.oldest)
        venues = [self._venues[name] for name in self.venues]
        resting = [venue for venue in venues if venue.rests(now)]
        awake = [venue for venue in venues if venue not in resting]
        return await self._ask_until_quorum(awake, ask, now) or await self._ask_until_quorum(
            resting, ask, now
        )

    async def _ask_until_quorum(
        self, waiting: list[Venue], ask: Ask, now: datetime
    ) -> dict[str, dict[str, orjson.Fragment]]:
        """As many at a time as are still missing; only one with every symbol counts."""
        answers: dict[str, dict[str, orjson.Fragment]] = {}
        missing = self.quorum
        while waiting and missing:
            batch, waiting = waiting[:missing], waiting[missing:]
            found = await asyncio.gather(*(one.tickers(self.symbols, ask, now) for one in batch))
            for venue, tickers in zip(batch, found, strict=True):
                if tickers:
                    answers[venue.name] = tickers
                missing -= len(tickers) == len(self.symbols)
        return answers

    def _quotes(
        self, symbol: str, venues: dict[str, Any], problems: dict[str, str]
    ) -> Iterator[Quote]:
        for venue, tickers in venues.items():
            if symbol not in tickers:
                continue
            try:
                yield read(venue, symbol, tickers[symbol], self.oldest)
            except QuoteRefusedError as error:
                problems.setdefault(venue, f"{symbol}: {error}")

    def _bar(self, symbol: str, quotes: list[Quote], page: Page) -> Bar:
        price = Decimal(median(one.price for one in quotes))
        minute = page.observed_at.replace(second=0, microsecond=0)
        return Bar(
            uid=f"{self.name}:{symbol}:{minute.isoformat()}",
            source=self.name,
            observed_at=page.observed_at,
            published_at=min(max(one.at for one in quotes), page.observed_at),
            content_hash=content_hash(page.body),
            symbol=symbol,
            as_of=minute,
            open=price,
            high=price,
            low=price,
            close=price,
            venues=tuple(one.venue for one in quotes),
        )
