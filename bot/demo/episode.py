"""The Fed's turn of October to December 2025 as timed publications, and the time they take."""

import csv
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
MINUTES = "Minutes of the Federal Open Market Committee, "
MEETINGS = (date(2025, 9, 17), date(2025, 10, 29), date(2025, 12, 10))
RECORDED_MEETINGS = (date(2026, 3, 18), date(2026, 4, 29), date(2026, 7, 29))
RECORDED_FEED = "sources/fed_rss/press_monetary_2026-08-01.xml"
RECORDED_OPERATIONS = "sources/nyfed_markets/rp_results_search_2026-09-24_2026-09-25.json"
LISTED = 15  # entries that the feed holds

# First day, rate of the standing repo facility, rate of the overnight reverse repo; per cent.
RATES = (
    (date(2025, 9, 18), Decimal("4.25"), Decimal("4.0")),
    (date(2025, 10, 30), Decimal("4.0"), Decimal("3.75")),
    (date(2025, 12, 11), Decimal("3.75"), Decimal("3.5")),
)


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


def _two_pm(day: date) -> datetime:
    return datetime.combine(day, time(14), NEW_YORK).astimezone(UTC)


def _items() -> list[FeedItem]:
    """What the feed came to list, oldest first; minutes are monetary policy, but no decision."""
    found = [FeedItem(STATEMENT, _two_pm(day)) for day in MEETINGS]
    found += [
        FeedItem(f"{MINUTES}July 29–30, 2025", _two_pm(date(2025, 8, 20))),
        FeedItem(f"{MINUTES}September 16–17, 2025", _two_pm(date(2025, 10, 8))),
        FeedItem(f"{MINUTES}October 28–29, 2025", _two_pm(date(2025, 11, 19))),
        FeedItem(
            "Minutes of the Board's discount rate meetings on July 21 and July 30, 2025",
            _two_pm(date(2025, 8, 26)),
        ),
    ]
    return sorted(found, key=lambda item: item.published_at)


def _releases(corpus: Path | None) -> list[Publication]:
    items = _items()
    steps = []
    for count, item in enumerate(items, start=1):
        listed = items[:count][-LISTED:]
        steps.append(Publication(item.published_at, item.title, _release(item, listed, corpus)))
    return steps


def _release(
    item: FeedItem, listed: Sequence[FeedItem], corpus: Path | None
) -> Callable[[World], None]:
    """The papers first, then the feed that points to them."""
    body = feed(listed)
    pages = _papers(item, corpus) if item.title == STATEMENT else {}

    def publish(world: World) -> None:
        for url, page in pages.items():
            world.put(url, page, "text/html")
        world.put(FEED_URL, body, "text/xml")

    return publish


def _papers(item: FeedItem, corpus: Path | None) -> dict[str, bytes]:
    """URL -> page of a statement and its note."""
    at = item.published_at
    statement, note = _texts(at.astimezone(NEW_YORK).date(), corpus)
    return {
        item.url: release_page(STATEMENT, at, statement),
        item.url.replace(".htm", "1.htm"): release_page(NOTE, at, note),
    }


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
    for operation in _results_in_order():
        seen.append(operation)
        hour, minute = map(int, operation.close.split(":"))
        at = datetime.combine(operation.day, time(hour, minute, 27), NEW_YORK).astimezone(UTC)
        what = f"{operation.kind} {operation.day} {operation.accepted_bn} bn"
        steps.append(Publication(at, what, _results(tuple(seen))))
    return steps


def _results_in_order() -> list[Operation]:
    """Every operation of the weeks. Where a day's sum is all that was published of the standing
    facility, the afternoon has it."""
    text = (files("bot.demo.papers") / "operations.csv").read_text("utf-8")
    found = []
    for row in csv.DictReader(text.splitlines()):
        day = date.fromisoformat(row["day"])
        _, repo_pct, reverse_pct = next(rate for rate in reversed(RATES) if rate[0] <= day)
        morning, reverse, afternoon = (
            Decimal(row[name]) for name in ("srf_morning_bn", "on_rrp_bn", "srf_afternoon_bn")
        )
        found += [
            Operation(day, 1, "Repo", morning, repo_pct, "08:30"),
            Operation(day, 2, "Reverse Repo", reverse, reverse_pct, "13:15"),
            Operation(day, 3, "Repo", afternoon, repo_pct, "13:45"),
        ]
    return found


def _results(found: tuple[Operation, ...]) -> Callable[[World], None]:
    oldest = found[-1].day - timedelta(days=14)
    body = operations([operation for operation in found if operation.day >= oldest])

    def publish(world: World) -> None:
        world.put(OPERATIONS_URL, body, "application/json")

    return publish


def _recorded(corpus: Path) -> list[Publication]:
    """What was recorded in 2026, byte for byte, after the episode."""
    recorded_feed = (corpus / RECORDED_FEED).read_bytes()
    recorded_operations = (corpus / RECORDED_OPERATIONS).read_bytes()
    pages: dict[str, bytes] = {}
    for day in RECORDED_MEETINGS:
        pages |= _papers(FeedItem(STATEMENT, _two_pm(day)), corpus)

    def hold(world: World) -> None:
        for url, page in pages.items():
            world.put(url, page, "text/html")
        world.put(FEED_URL, recorded_feed, "text/xml")

    def results(world: World) -> None:
        world.put(OPERATIONS_URL, recorded_operations, "application/json")

    return [
        Publication(_two_pm(RECORDED_MEETINGS[-1]), "FOMC 2026-07-29 (recorded feed)", hold),
        Publication(
            datetime(2026, 9, 25, 17, 45, 30, tzinfo=UTC),
            "repo results 2026-09-24/25 (recorded)",
            results,
        ),
    ]


def _segments() -> tuple[Segment, ...]:
    """Slow for a day before and some hours after a decision, and around big operations.

    A quiet day before a decision takes seconds too: the rules measure in it what is normal.
    """

    def moment(month: int, day: int, hour: int, minute: int = 0) -> datetime:
        return datetime(2025, month, day, hour, minute, tzinfo=UTC)

    return (
        Segment(moment(10, 27, 10), 2),
        Segment(moment(10, 28, 11), 11),
        Segment(moment(10, 29, 17, 40), 2),
        Segment(moment(10, 29, 18), 6),
        Segment(moment(10, 29, 20, 20), 1.5),
        Segment(moment(10, 31, 12), 3),
        Segment(moment(10, 31, 18, 30), 4),
        Segment(moment(11, 24, 12), 4),
        Segment(moment(11, 30, 22), 2),
        Segment(moment(12, 1, 19), 3),
        Segment(moment(12, 9, 12), 11),
        Segment(moment(12, 10, 18, 50), 7),
        Segment(moment(12, 10, 21, 20), 2.5),
    )


def _later_segments() -> tuple[Segment, ...]:
    """The recorded releases of 2026; the months between are skipped, no candles cover them."""
    return (
        Segment(datetime(2025, 12, 12, 15, tzinfo=UTC), 0),
        Segment(datetime(2026, 7, 29, 17, 50, tzinfo=UTC), 6),
        Segment(datetime(2026, 7, 29, 20, 20, tzinfo=UTC), 0),
        Segment(datetime(2026, 9, 25, 17, 30, tzinfo=UTC), 3),
    )
