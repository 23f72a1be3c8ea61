"""Which quotes may be believed: positive, finite, fresh, and near what else is known."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

LARGEST = Decimal("1e15")


@dataclass(frozen=True, slots=True)
class Quote:
    """One venue's last price, the time it is of, and when it was received."""

    venue: str
    price: Decimal
    at: datetime
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Wording:
    """Where a venue's own ticker says the last price and the pair it is of.

    A venue that names the pair only as the key of its answer has no `pair`.
    """

    last: tuple[str | int, ...]
    pair: str | None


class QuoteRefusedError(ValueError):
    """A quote that may not be believed; says what was expected and what was found."""


def quote(venue: str, ticker: Any, wording: Wording, pair: str) -> Quote:
    """Read a ccxt ticker by what the venue itself wrote; `pair` is its name for the symbol.

    ccxt makes `last` up from open and change where the venue sent none, and puts the symbol that
    was asked for on another pair's ticker: only `info` can be believed.
    """
    try:
        info = ticker["info"]
        at = datetime.fromtimestamp(ticker["timestamp"] / 1000, UTC)
        received_at = datetime.fromisoformat(ticker["received_at"])
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise QuoteRefusedError(f"expected a ticker, found {error!r}") from error
    if wording.pair is not None and _at(info, (wording.pair,)) != pair:
        raise QuoteRefusedError(f"expected {pair}, found {_at(info, (wording.pair,))}")
    return Quote(venue, _price(_at(info, wording.last)), at, received_at)


def check_age(found: Quote, oldest: timedelta) -> None:
    """Refuse a quote whose own time is further than `oldest` from its receipt, either way."""
    age = found.received_at - found.at
    if abs(age) > oldest:
        raise QuoteRefusedError(
            f"expected a price of the last {oldest.total_seconds():.0f} s, "
            f"found one {age.total_seconds():.0f} s old"
        )


def agreeing(
    quotes: Sequence[Quote], before: Decimal | None, largest_gap_pct: Decimal
) -> list[Quote]:
    """The quotes near most of what is known: the venues' prices and the one believed before.

    A majority and not the others' median: of three prices one wrong one would move the median of
    the other two for both that are right.
    """
    known = [one.price for one in quotes] + ([before] if before is not None else [])

    def backed(price: Decimal) -> bool:
        near = sum(abs(price - other) <= other * largest_gap_pct / 100 for other in known)
        return 2 * near > len(known)

    return [one for one in quotes if backed(one.price)]


def _at(value: Any, path: Iterable[str | int]) -> Any:
    for key in path:
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _price(raw: Any) -> Decimal:
    try:
        price = Decimal(str(raw))
    except InvalidOperation:
        price = Decimal(0)
    if not price.is_finite() or not 0 < price < LARGEST:
        raise QuoteRefusedError(f"expected a last price above zero, found {str(raw)[:40]!r}")
    return price
