"""Prices of the episode's days: hourly closes near the releases, eight-hourly in between."""

import csv
import gzip
from bisect import bisect_right
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

CANDLES = {
    "BTC/USDT": "btcusdt_1h_binance_spot.csv.gz",
    "ETH/USDT": "ethusdt_1h_binance_perp_2025-10_2026-02.csv.gz",
}
HOUR_S = 3600


class Prices:
    """A symbol's price at any moment: straight lines between known closes; None outside."""

    def __init__(self, closes: dict[str, list[tuple[float, Decimal]]]) -> None:
        self._closes = closes

    def __call__(self, symbol: str, moment: datetime) -> Decimal | None:
        """The price in USD, to the cent."""
        rows = self._closes.get(symbol, [])
        at = moment.timestamp()
        index = bisect_right(rows, (at, Decimal("Infinity")))
        if not 0 < index < len(rows):
            return None
        (start, before), (end, after) = rows[index - 1], rows[index]
        share = Decimal((at - start) / (end - start))
        return round(before + (after - before) * share, 2)


def episode_prices() -> Prices:
    """The prices that ship with the bot."""
    text = (files("bot.demo") / "prices.csv").read_text("utf-8")
    return _prices(csv.DictReader(text.splitlines()))


def corpus_prices(folder: Path) -> Prices:
    """Hourly candles of a folder of recordings; a candle's close is the price at its end."""
    closes: dict[str, list[tuple[float, Decimal]]] = {}
    for symbol, name in CANDLES.items():
        with gzip.open(folder / "market" / "candles" / name, "rt", encoding="utf-8") as lines:
            closes[symbol] = [
                (_moment(row["t"]) + HOUR_S, Decimal(row["close"])) for row in csv.DictReader(lines)
            ]
    return Prices(closes)


def _prices(rows: Iterable[dict[str, str]]) -> Prices:
    closes: dict[str, list[tuple[float, Decimal]]] = {symbol: [] for symbol in CANDLES}
    for row in rows:
        for symbol in CANDLES:
            closes[symbol].append((_moment(row["at"]), Decimal(row[symbol])))
    return Prices(closes)


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).astimezone(UTC).timestamp()
