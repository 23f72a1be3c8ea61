"""Which quotes may be believed: positive, finite, fresh, and near what the other venues say."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import median

CLOCK_SKEW = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Quote:
    """One venue's last price and the venue's own time for it."""

    venue: str
    price: Decimal
    at: datetime


def usable(
    quotes: list[Quote], now: datetime, oldest: timedelta, largest_gap_pct: Decimal
) -> list[Quote]:
    """The quotes that pass: prices in the quote currency, gap in per cent of the others' median."""
    sane = [q for q in quotes if q.price.is_finite() and q.price > 0]
    fresh = [q for q in sane if -CLOCK_SKEW <= now - q.at <= oldest]
    return [q for q in fresh if _agrees(q, fresh, largest_gap_pct)]


def _agrees(quote: Quote, fresh: list[Quote], largest_gap_pct: Decimal) -> bool:
    others = [q.price for q in fresh if q.venue != quote.venue]
    if not others:
        return True
    middle = Decimal(median(others))
    return abs(quote.price - middle) <= middle * largest_gap_pct / 100
