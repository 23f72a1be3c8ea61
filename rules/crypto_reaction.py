"""What BTC and ETH did after a policy event, beside what they usually do in that time."""

import math
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from statistics import fmean
from typing import ClassVar

from pydantic import Field

from rules.base import Finding, Pace, Rule, Severity, Thread, Topic, View
from rules.events import Bar, Event, Fact
from rules.history import Candle, History

MINUTE = timedelta(minutes=1)


class CryptoReaction(Rule):
    """One follow-up per window: always for the primary one, otherwise only if it is abnormal.

    The price before is that of the last bar closed before the event was first seen. What is usual
    is the root mean square of the returns over windows of the same length before the event; an
    ordinary answer is "within the usual range".
    """

    name: ClassVar[str] = "crypto_reaction"
    topic: ClassVar[Topic] = Topic.CRYPTO
    reads: ClassVar[tuple[type[Fact], ...]] = (Bar,)

    pace: Pace = Pace(resolves=False)
    symbols: tuple[str, ...] = Field(
        default=("BTC/USDT", "ETH/USDT"), description="whose prices are followed, as in ccxt"
    )
    windows_min: tuple[int, ...] = Field(default=(5, 30, 120), description="lengths in minutes")
    primary_min: int = Field(default=120, description="this one is always told")
    abnormal_z: float = Field(
        default=3.0, gt=0, description="standard deviations from which a move is abnormal"
    )
    baseline: timedelta = Field(default=timedelta(days=3), description="what is usual is from here")
    least_samples: int = Field(
        default=12, ge=2, description="fewer returns than this do not say what is usual"
    )
    stale_after: timedelta = Field(
        default=timedelta(minutes=10), description="a price older than this says nothing"
    )

    def findings(self, event: Event, view: View) -> Iterator[Finding]:
        """Windows that have just ended for the policy events of the last hours."""
        if not isinstance(event, Bar) or event.symbol not in self.symbols:
            return
        ends = event.as_of + timedelta(seconds=event.period_s)
        for thread in view.threads.values():
            if thread.topic is not Topic.POLICY:
                continue
            for minutes in self.windows_min:
                until = thread.opened_at + timedelta(minutes=minutes)
                if until <= ends <= until + self.stale_after:
                    yield from self._reaction(event, view, thread, minutes)

    def _reaction(self, event: Bar, view: View, thread: Thread, minutes: int) -> Iterator[Finding]:
        since = thread.opened_at
        before = view.history.price_before(event.symbol, since)
        if before is None or since - before.at > self.stale_after + MINUTE:
            return
        usual = usual_move(view.history, event.symbol, since, minutes, self.baseline)
        if usual is None or usual.samples < self.least_samples:
            return
        after = float(event.close)
        move = math.log(after / before.close)
        z = move / usual.size
        if minutes != self.primary_min and abs(z) < self.abnormal_z:
            return
        window = f"{minutes}m" if minutes < 60 else f"{minutes // 60}h"
        yield Finding(
            rule=self.name,
            key=f"{self.name}:{thread.key}:{event.symbol}:{window}",
            topic=self.topic,
            severity=Severity.WATCH if abs(z) >= self.abnormal_z else Severity.INFO,
            message="crypto_reaction",
            values={
                "symbol": event.symbol,
                "window": window,
                "return_pct": _rounded(100 * (math.exp(move) - 1), 2),
                "before_usd": _rounded(before.close, 2),
                "after_usd": event.close,
                "typical_pct": _rounded(100 * usual.size, 2),
                "z": _rounded(z, 1),
                "abnormal": abs(z) >= self.abnormal_z,
                "samples": Decimal(usual.samples),
                "since": since.isoformat(),
                "until": (since + timedelta(minutes=minutes)).isoformat(),
                "venues": event.venues,
            },
            evidence=(event.uid,),
            urls=tuple(p.url for p in view.regime.papers if p.url and _is_of(p.as_of, thread)),
            thread=thread.key,
            published_at=event.published_at,
            observed_at=event.observed_at,
        )


class Usual:
    """The usual size of a move and how many windows it rests on."""

    __slots__ = ("samples", "size")

    def __init__(self, size: float, samples: int) -> None:
        self.size = size
        self.samples = samples


def usual_move(
    history: History, symbol: str, before: datetime, minutes: int, baseline: timedelta
) -> Usual | None:
    """Root mean square log return over windows of `minutes` that ended before `before`."""
    step = timedelta(minutes=minutes)
    candles = list(history.candles_between(symbol, before - baseline, before))
    returns = list(_window_returns(candles, step))
    if not returns:
        return None
    size = math.sqrt(fmean(move * move for move in returns))
    return Usual(size, len(returns)) if size > 0 else None


def _window_returns(candles: list[Candle], step: timedelta) -> Iterator[float]:
    """Returns of windows side by side; one with a hole at either end is left out."""
    start: Candle | None = None
    for candle in candles:
        if start is None or candle.at - start.at > step + step / 4:
            start = candle
        elif candle.at - start.at >= step:
            yield math.log(candle.close / start.close)
            start = candle


def _is_of(day: date, thread: Thread) -> bool:
    return thread.key == f"fomc:{day.isoformat()}"


def _rounded(number: float, digits: int) -> Decimal:
    return Decimal(str(round(number, digits)))
