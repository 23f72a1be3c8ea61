"""The past as far as rules look back: a fold of the event stream, trimmed by event time."""

from bisect import insort
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any, TypeVar

from rules.events import (
    EVENT,
    Bar,
    Document,
    Event,
    Facility,
    RepoOperation,
    SeriesPoint,
    SourceState,
)

Kept = TypeVar("Kept", Document, RepoOperation)

DOCUMENTS_KEPT = timedelta(days=400)
OPERATIONS_KEPT = timedelta(days=60)
POINTS_KEPT = timedelta(days=800)
BARS_KEPT = timedelta(days=4)


@dataclass(frozen=True, slots=True)
class Candle:
    """A bar without its paperwork: a year of minutes has to fit in memory. Prices are floats."""

    at: datetime
    open: float
    high: float
    low: float
    close: float
    volume: float


@dataclass(slots=True)
class History:
    """Documents, operations, series and candles that were seen; the newest revision of each."""

    documents: dict[str, Document] = field(default_factory=dict)
    operations: dict[str, RepoOperation] = field(default_factory=dict)
    points: dict[str, list[SeriesPoint]] = field(default_factory=dict)
    candles: dict[str, deque[Candle]] = field(default_factory=dict)
    states: dict[str, SourceState] = field(default_factory=dict)

    def add(self, event: Event) -> None:
        """Take in one event; kinds that no rule looks back on leave no trace."""
        if isinstance(event, Document):
            self._add_document(event)
        elif isinstance(event, RepoOperation):
            self._add_operation(event)
        elif isinstance(event, SeriesPoint):
            self._add_point(event)
        elif isinstance(event, Bar) and event.closed:
            self._add_bar(event)
        elif isinstance(event, SourceState):
            self.states[event.watcher] = event

    def operations_on(self, facility: Facility, day: date) -> list[RepoOperation]:
        """The day's operations of one facility, in order of their ids."""
        found = (
            op for op in self.operations.values() if op.facility is facility and op.as_of == day
        )
        return sorted(found, key=attrgetter("operation_id"))

    def series(self, name: str) -> list[SeriesPoint]:
        """A series' kept observations, oldest first, each in its newest revision."""
        return self.points.get(name, [])

    def candles_between(self, symbol: str, start: datetime, end: datetime) -> Iterator[Candle]:
        """Closed candles with start <= at < end, oldest first."""
        return (c for c in self.candles.get(symbol, ()) if start <= c.at < end)

    def price_before(self, symbol: str, moment: datetime) -> Candle | None:
        """The last candle that had closed by `moment`, never one that was still open."""
        for candle in reversed(self.candles.get(symbol, ())):
            if candle.at + timedelta(minutes=1) <= moment:
                return candle
        return None

    def _add_document(self, event: Document) -> None:
        _replace(self.documents, f"{event.type}:{event.url or event.uid}", event)
        newest = max(doc.observed_at for doc in self.documents.values())
        _drop(self.documents, newest - DOCUMENTS_KEPT)

    def _add_operation(self, event: RepoOperation) -> None:
        _replace(self.operations, event.operation_id, event)
        _drop(self.operations, event.observed_at - OPERATIONS_KEPT)

    def _add_point(self, event: SeriesPoint) -> None:
        points = self.points.setdefault(event.series, [])
        for index in range(len(points) - 1, -1, -1):
            if points[index].as_of == event.as_of:
                if points[index].revision <= event.revision:
                    points[index] = event
                return
            if points[index].as_of < event.as_of:
                break
        insort(points, event, key=attrgetter("as_of"))
        while points[0].as_of < points[-1].as_of - POINTS_KEPT:
            points.pop(0)

    def _add_bar(self, bar: Bar) -> None:
        candles = self.candles.setdefault(bar.symbol, deque())
        if candles and candles[-1].at >= bar.as_of:
            return
        numbers = (bar.open, bar.high, bar.low, bar.close, bar.volume)
        candles.append(Candle(bar.as_of, *map(float, numbers)))
        while candles[0].at < bar.as_of - BARS_KEPT:
            candles.popleft()

    def dump(self) -> dict[str, Any]:
        """The whole past in JSON-able form; `load` gives back an equal one."""
        kept: list[Event] = [
            *self.documents.values(),
            *self.operations.values(),
            *self.states.values(),
            *(point for points in self.points.values() for point in points),
        ]
        candles = {
            symbol: [(c.at.isoformat(), c.open, c.high, c.low, c.close, c.volume) for c in candles]
            for symbol, candles in self.candles.items()
        }
        return {"events": [EVENT.dump_python(e, mode="json") for e in kept], "candles": candles}

    @classmethod
    def load(cls, raw: dict[str, Any]) -> "History":
        """The past that `dump` wrote."""
        history = cls()
        for event in raw["events"]:
            history.add(EVENT.validate_python(event, strict=False))
        for symbol, rows in raw["candles"].items():
            history.candles[symbol] = deque(
                Candle(datetime.fromisoformat(at), *numbers) for at, *numbers in rows
            )
        return history


def _replace(kept: dict[str, Kept], key: str, event: Kept) -> None:
    before = kept.get(key)
    if before is None or before.revision <= event.revision:
        kept[key] = event


def _drop(kept: dict[str, Kept], oldest: datetime) -> None:
    for key in [key for key, event in kept.items() if event.observed_at < oldest]:
        del kept[key]
