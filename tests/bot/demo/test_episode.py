"""The episode: what becomes public, when, and with which figures."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from bot.demo.clock import DemoClock
from bot.demo.episode import RECORDED_FEED, RECORDED_OPERATIONS, Episode, episode
from bot.demo.papers.pages import FEED_URL, OPERATIONS_URL
from bot.demo.world import World
from rules.events import DocumentType, Facility, RepoOperation
from watchers.base import Link, Page
from watchers.fed_documents import FedDocuments
from watchers.fed_press import FedPress
from watchers.repo_operations import RepoOperations

RELEASES = "https://www.federalreserve.gov/newsevents/pressreleases/monetary"


def publish(world: World, play: Episode, until: datetime) -> None:
    """Everything up to a moment."""
    for step in play.publications:
        if step.at <= until:
            step.publish(world)


def served(world: World, url: str) -> Page:
    """A page as it stands now."""
    body = world.pages[url.removeprefix("https://")].body
    return Page(Link(url), body, datetime(2026, 10, 1, tzinfo=UTC))


def results(world: World) -> list[RepoOperation]:
    return list(RepoOperations().parse(served(world, OPERATIONS_URL)))


def test_publications_are_in_order_of_time() -> None:
    moments = [step.at for step in episode().publications]

    assert moments == sorted(moments)


def test_it_takes_about_a_minute() -> None:
    play = episode()

    clock = DemoClock(play.segments, play.end, lambda: 0.0)

    assert 55 <= clock.seconds <= 65


def test_there_is_a_past_when_it_begins(world: World) -> None:
    play = episode()

    publish(world, play, play.segments[0].start)

    titles = [item.title for item in FedPress().parse(served(world, FEED_URL))]
    assert titles.count("Federal Reserve issues FOMC statement") == 1
    assert len(titles) == 4
    assert {result.as_of for result in results(world)} == {date(2025, 10, 24)}


@pytest.mark.parametrize("day", ["20250917", "20251029", "20251210"])
def test_a_statement_and_its_note_are_there_with_the_feed(world: World, day: str) -> None:
    play = episode()

    publish(world, play, datetime.strptime(day, "%Y%m%d").replace(hour=19, tzinfo=UTC))

    newest = list(FedPress().parse(served(world, FEED_URL)))[-1]
    assert newest.url == f"{RELEASES}{day}a.htm"
    kinds = []
    for link in FedDocuments().links(newest):
        (document,) = FedDocuments().parse(served(world, link.url))
        kinds.append(document.type)
    assert kinds == [DocumentType.STATEMENT, DocumentType.IMPLEMENTATION_NOTE]


def test_minutes_come_between_the_decisions(world: World) -> None:
    play = episode()

    publish(world, play, datetime(2025, 11, 20, tzinfo=UTC))

    newest = list(FedPress().parse(served(world, FEED_URL)))[-1]
    assert newest.title == "Minutes of the Federal Open Market Committee, October 28–29, 2025"
    assert newest.published_at == datetime(2025, 11, 19, 19, tzinfo=UTC)
    assert list(FedDocuments().links(newest)) == []


def test_a_day_of_operations_grows_result_by_result(world: World) -> None:
    play = episode()
    amounts = []

    for hour in (13, 17.5, 18):
        publish(world, play, datetime(2025, 10, 31, int(hour), int(hour % 1 * 60), tzinfo=UTC))
        today = [r for r in results(world) if r.as_of == date(2025, 10, 31)]
        amounts.append([(r.facility.value, str(r.accepted_bn)) for r in today])

    morning, reverse, afternoon = ("SRF", "20.35"), ("ON_RRP", "51.802"), ("SRF", "30")
    assert amounts == [[morning], [morning, reverse], [morning, reverse, afternoon]]


@pytest.mark.parametrize(
    ("day", "rates"),
    [
        pytest.param(date(2025, 10, 29), {"SRF": "4.25", "ON_RRP": "4"}, id="of September"),
        pytest.param(date(2025, 10, 31), {"SRF": "4", "ON_RRP": "3.75"}, id="of October"),
        pytest.param(date(2025, 12, 11), {"SRF": "3.75", "ON_RRP": "3.5"}, id="of December"),
    ],
)
def test_operations_carry_the_rates_in_force(
    world: World, day: date, rates: dict[str, str]
) -> None:
    play = episode()

    publish(world, play, datetime(day.year, day.month, day.day, 23, tzinfo=UTC))

    found = {r.facility.value: r.rate_pct for r in results(world) if r.as_of == day and r.rate_pct}
    assert found == {name: Decimal(rate) for name, rate in rates.items()}


def test_results_go_back_two_weeks(world: World) -> None:
    play = episode()

    publish(world, play, play.end)

    days = sorted({result.as_of for result in results(world)})
    assert (days[0], days[-1]) == (date(2025, 11, 28), date(2025, 12, 12))


@pytest.mark.corpus
def test_take_up_is_what_the_history_says(world: World, corpus: Path) -> None:
    (history,) = (corpus / "sources" / "history").glob("srf_daily_bn_*.csv")
    rows = dict(line.split(",")[:2] for line in history.read_text("utf-8").splitlines())
    play = episode()
    totals: dict[str, Decimal] = {}

    for month, day in ((11, 7), (11, 20), (12, 3), (12, 15)):
        publish(world, play, datetime(2025, month, day, tzinfo=UTC))
        found = results(world)
        for as_of in {result.as_of for result in found}:
            totals[as_of.isoformat()] = sum(
                (r.accepted_bn for r in found if (r.as_of, r.facility) == (as_of, Facility.SRF)),
                Decimal(0),
            )

    assert len(totals) == 34
    assert totals == {as_of: Decimal(rows[as_of]) for as_of in totals}


@pytest.mark.corpus
def test_recordings_are_served_byte_for_byte(world: World, corpus: Path) -> None:
    play = episode(corpus)

    publish(world, play, play.end)

    assert served(world, FEED_URL).body == (corpus / RECORDED_FEED).read_bytes()
    assert served(world, OPERATIONS_URL).body == (corpus / RECORDED_OPERATIONS).read_bytes()


@pytest.mark.corpus
@pytest.mark.parametrize("day", ["20250917", "20251029", "20251210", "20260429", "20260729"])
def test_recorded_papers_are_served_word_for_word(world: World, corpus: Path, day: str) -> None:
    raw = json.loads((corpus / "fomc" / "statements" / f"fomc_{day}.json").read_bytes())
    play = episode(corpus)

    publish(world, play, play.end)

    for letter, name in (("a", "statement"), ("a1", "implementation_note")):
        (document,) = FedDocuments().parse(served(world, f"{RELEASES}{day}{letter}.htm"))
        assert " ".join(raw[name].split()) in " ".join(document.text.split())
