"""The Fed's turn of October to December 2025 as timed publications, and the time they take."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

from bot.demo.clock import Segment
from bot.demo.papers.pages import (
    FEED_URL,
    NEW_YORK,
    OPERATIONS_URL,
    FeedItem,
    Operation,
    feed,
    operations,
    release_page,
)
from bot.demo.world import World

STATEMENT = "Federal Reserve issues FOMC statement"
NOTE = "Implementation Note issued"
MEETINGS = (date(2025, 9, 17), date(2025, 10, 29), date(2025, 12, 10))
RECORDED_FEED = "sources/fed_rss/press_monetary_2026-08-01.xml"
RECORDED_OPERATIONS = "sources/nyfed_markets/rp_results_search_2026-09-24_2026-09-25.json"

# Standing repo take-up in USD billions, morning and afternoon, of the days with published splits;
# where only the day's sum is known it stands in the afternoon.
SRF: dict[date, tuple[str, str]] = {
    date(2025, 10, 24): ("0", "0"),
    date(2025, 10, 27): ("0", "8.4"),
    date(2025, 10, 28): ("0", "7.75"),
    date(2025, 10, 29): ("0", "10.3"),
    date(2025, 10, 30): ("0", "6.2"),
    date(2025, 10, 31): ("20.35", "30.0"),
    date(2025, 11, 3): ("0", "22.0"),
    date(2025, 11, 28): ("0", "24.4"),
    date(2025, 12, 1): ("0", "26.0"),
    date(2025, 12, 2): ("0", "10.3"),
}
ON_RRP = {date(2025, 10, 31): "51.8"}


@dataclass(frozen=True, slots=True)
class Publication:
    """Something appears in the world."""

    at: datetime
    what: str
    publish: Callable[[World], None]


@dataclass(frozen=True, slots=True)
class Episode:
    """What happens when, and how simulated time passes."""

    publications: tuple[Publication, ...]
    segments: tuple[Segment, ...]
    end: datetime


def episode(corpus: Path | None = None) -> Episode:
    """The episode from its own fixtures, or from a folder of recordings."""
    steps = [*_releases(corpus), *_operations()]
    end = datetime(2025, 12, 12, 15, tzinfo=UTC)
    segments = _segments()
    if corpus is not None:
        steps += _recorded(corpus)
        segments = (*segments, *_later_segments())
        end = datetime(2026, 9, 25, 20, tzinfo=UTC)
    return Episode(tuple(sorted(steps, key=lambda step: step.at)), segments, end)


def _releases(corpus: Path | None) -> list[Publication]:
    steps = []
    for index, day in enumerate(MEETINGS):
        at = datetime.combine(day, time(14), NEW_YORK).astimezone(UTC)
        items = [FeedItem(STATEMENT, _two_pm(past)) for past in MEETINGS[: index + 1]]
        items.append(
            FeedItem(
                "Minutes of the Board's discount rate meetings on July 21 and July 30, 2025",
                datetime(2025, 8, 26, 18, tzinfo=UTC),
            )
        )
        steps.append(Publication(at, f"FOMC {day}", _release(day, at, items, corpus)))
    return steps


def _two_pm(day: date) -> datetime:
    return datetime.combine(day, time(14), NEW_YORK).astimezone(UTC)


def _release(
    day: date, at: datetime, items: Sequence[FeedItem], corpus: Path | None
) -> Callable[[World], None]:
    statement, note = _texts(day, corpus)
    url = FeedItem(STATEMENT, at).url

    def publish(world: World) -> None:
        world.put(url, release_page(STATEMENT, at, statement), "text/html")
        note_url = url.replace(".htm", "1.htm")
        world.put(note_url, release_page(NOTE, at, note), "text/html")
        world.put(FEED_URL, feed(items), "text/xml")

    return publish


def _texts(day: date, corpus: Path | None) -> tuple[str, str]:
    if corpus is None:
        papers = files("bot.demo.papers")
        names = (f"statement_{day:%Y%m%d}.txt", f"note_{day:%Y%m%d}.txt")
        statement, note = ((papers / name).read_text("utf-8") for name in names)
        return statement, note
    raw = json.loads((corpus / "fomc" / "statements" / f"fomc_{day:%Y%m%d}.json").read_bytes())
    return raw["statement"], raw["implementation_note"].replace("\n- ", "\n\n- ")


def _operations() -> list[Publication]:
    """After each close the results so far are served again, one operation longer."""
    steps, seen = [], list[Operation]()
    for day, (morning, afternoon) in SRF.items():
        found = [Operation(day, 1, "Repo", Decimal(morning), Decimal("4.0"), "08:30")]
        if day in ON_RRP:
            amount, rate = Decimal(ON_RRP[day]), Decimal("3.75")
            found.append(Operation(day, 2, "Reverse Repo", amount, rate, "13:15"))
        found.append(Operation(day, 3, "Repo", Decimal(afternoon), Decimal("4.0"), "13:45"))
        for operation in found:
            seen.append(operation)
            hour, minute = map(int, operation.close.split(":"))
            at = datetime.combine(day, time(hour, minute, 27), NEW_YORK).astimezone(UTC)
            what = f"{operation.kind} {day} {operation.accepted_bn} bn"
            steps.append(Publication(at, what, _results(tuple(seen))))
    return steps


def _results(found: tuple[Operation, ...]) -> Callable[[World], None]:
    oldest = found[-1].day - timedelta(days=14)
    body = operations([operation for operation in found if operation.day >= oldest])

    def publish(world: World) -> None:
        world.put(OPERATIONS_URL, body, "application/json")

    return publish


def _recorded(corpus: Path) -> list[Publication]:
    """What was recorded in 2026, byte for byte, after the episode."""
    july = _two_pm(date(2026, 7, 29))
    recorded_feed = (corpus / RECORDED_FEED).read_bytes()
    recorded_operations = (corpus / RECORDED_OPERATIONS).read_bytes()
    papers = _release(date(2026, 7, 29), july, [FeedItem(STATEMENT, july)], corpus)

    def hold(world: World) -> None:
        papers(world)
        world.put(FEED_URL, recorded_feed, "text/xml")

    def results(world: World) -> None:
        world.put(OPERATIONS_URL, recorded_operations, "application/json")

    return [
        Publication(july, "FOMC 2026-07-29 (recorded feed)", hold),
        Publication(
            datetime(2026, 9, 25, 17, 45, 30, tzinfo=UTC),
            "repo results 2026-09-24/25 (recorded)",
            results,
        ),
    ]


def _segments() -> tuple[Segment, ...]:
    """Slow for a day before and some hours after a decision, and around big operations."""

    def moment(month: int, day: int, hour: int, minute: int = 0) -> datetime:
        return datetime(2025, month, day, hour, minute, tzinfo=UTC)

    return (
        Segment(moment(10, 27, 10), 1.5),
        Segment(moment(10, 28, 11), 12),
        Segment(moment(10, 29, 17, 50), 7),
        Segment(moment(10, 29, 20, 20), 2.5),
        Segment(moment(10, 31, 12), 3),
        Segment(moment(10, 31, 18, 30), 3.5),
        Segment(moment(11, 30, 22), 3),
        Segment(moment(12, 1, 19), 3),
        Segment(moment(12, 9, 12), 12),
        Segment(moment(12, 10, 18, 50), 7),
        Segment(moment(12, 10, 21, 20), 2.5),
    )


def _later_segments() -> tuple[Segment, ...]:
    return (
        Segment(datetime(2025, 12, 12, 15, tzinfo=UTC), 2),
        Segment(datetime(2026, 7, 29, 17, 50, tzinfo=UTC), 6),
        Segment(datetime(2026, 7, 29, 20, 20, tzinfo=UTC), 2),
        Segment(datetime(2026, 9, 25, 17, 30, tzinfo=UTC), 3),
    )
