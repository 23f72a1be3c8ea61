"""The papers are what the sources send: composed from figures they equal the recordings."""

import io
import json
from calendar import timegm
from datetime import UTC, date, datetime
from decimal import Decimal
from html import unescape
from pathlib import Path

import feedparser
import pytest

from bot.demo.papers.pages import FeedItem, Operation, as_sent, feed, operations, release_page
from watchers.article import article
from watchers.base import Link, Page
from watchers.fed_documents import FedDocuments

TWO_PM = datetime(2025, 10, 29, 18, tzinfo=UTC)
QUOTES = FeedItem('The "Board\'s" R&D, July 28–29', datetime(2026, 7, 8, 18, tzinfo=UTC), "b")
REPO_2025 = Operation(date(2025, 10, 31), 3, "Repo", Decimal("30.0"), Decimal("4.0"), "13:45")


def read_items(body: bytes) -> list[FeedItem]:
    """The figures of a feed, newest first."""
    return [
        FeedItem(
            unescape(entry.title),
            datetime.fromtimestamp(timegm(entry.published_parsed), UTC),
            entry.link.removesuffix(".htm")[-1],
        )
        for entry in feedparser.parse(io.BytesIO(body)).entries
    ]


@pytest.mark.corpus
def test_the_recorded_feed_composed_from_its_figures_is_the_same_bytes(corpus: Path) -> None:
    recorded = (corpus / "sources" / "fed_rss" / "press_monetary_2026-08-01.xml").read_bytes()

    assert feed(read_items(recorded)) == recorded


@pytest.mark.corpus
@pytest.mark.parametrize("days", ["2019-09-17_2019-09-19", "2021-07-14_2021-07-28"])
def test_recorded_results_written_anew_are_the_same_bytes(corpus: Path, days: str) -> None:
    name = f"rp_results_search_{days}_excerpt.json"
    recorded = (corpus / "sources" / "nyfed_markets" / name).read_bytes()

    assert as_sent(json.loads(recorded, parse_float=Decimal)) == recorded


@pytest.mark.corpus
def test_results_have_the_recorded_fields_in_the_recorded_order(corpus: Path) -> None:
    name = "rp_results_search_2026-09-24_2026-09-25.json"
    recorded = json.loads((corpus / "sources" / "nyfed_markets" / name).read_bytes())
    wanted = recorded["repo"]["operations"][:3]
    kinds = [(25, "Repo", "08:30"), (26, "Reverse Repo", "13:15"), (27, "Repo", "13:45")]

    rows = [
        Operation(date(2026, 9, 25), number, kind, Decimal(0), Decimal(4), close).row()
        for number, kind, close in kinds
    ]

    for row, one in zip(rows, wanted, strict=True):
        assert list(row) == list(one)
        assert [list(detail) for detail in row["details"]] == [list(d) for d in one["details"]]
        same = ("operationId", "operationMethod", "maturityDate", "termCalenderDays", "closeTime")
        assert {name: row[name] for name in same} == {name: one[name] for name in same}


def test_a_title_survives_the_feed() -> None:
    body = feed([QUOTES])

    assert read_items(body) == [QUOTES]
    assert b"<title>The &quot;Board&#39;s&quot; R&amp;D, July 28\xe2\x80\x9329</title>" in body


def test_the_feed_keeps_the_oddities() -> None:
    body = feed([QUOTES])

    assert body.startswith(b'\xef\xbb\xbf<?xml version="1.0" encoding="utf-8" ?>\r\n')
    assert b"<pubDate><![CDATA[Wed, 8 Jul 2026 18:00:00 GMT]]></pubDate>    \r\n" in body
    assert body.endswith(b"</rss>")
    assert body.count(b"\n") == body.count(b"\r\n")


def test_the_newest_comes_first() -> None:
    older = FeedItem("older", TWO_PM)

    assert read_items(feed([older, QUOTES])) == [QUOTES, older]


def test_a_release_page_has_the_marks_that_a_reader_looks_for() -> None:
    text = "The Committee decided.\n\n- Roll over\n- Reinvest\n\nVoting for: 3‑3/4 < 4 & R."

    body = release_page("FOMC statement", TWO_PM, text)

    assert article(body)[0].endswith("FOMC statement")
    assert b'<p class="releaseTime">For release at 2:00 p.m. EDT</p>' in body
    assert b'<p class="article__time">October 29, 2025</p>' in body
    assert b'id="lastUpdate"' in body
    wanted = "The Committee decided.\n\n- Roll over\n\n- Reinvest\n\nVoting for: 3‑3/4 < 4 & R."
    assert wanted in article(body)[1]


@pytest.mark.parametrize(
    ("hour", "said"),
    [
        pytest.param(21, "5:00 p.m. EDT", id="afternoon"),
        pytest.param(14, "10:00 a.m. EDT", id="morning"),
        pytest.param(16, "12:00 p.m. EDT", id="noon"),
    ],
)
def test_the_hour_of_release_is_read_back(hour: int, said: str) -> None:
    at = TWO_PM.replace(hour=hour)
    item = FeedItem("FOMC statement", at)
    body = release_page(item.title, at, "The Committee decided. " * 20)

    (document,) = FedDocuments().parse(Page(Link(item.url), body, at))

    assert said.encode() in body
    assert document.published_at == at


def test_a_page_address_goes_by_the_day_in_new_york() -> None:
    late = FeedItem("x", datetime(2020, 3, 16, 2, tzinfo=UTC))

    assert late.url.endswith("/monetary20200315a.htm")


def test_a_result_before_the_redesign_has_auction_rates_where_there_were_bids() -> None:
    row = REPO_2025.row()

    treasury, agency, _ = row["details"]
    assert row["operationMethod"] == "Multiple Price"
    assert row["totalAmtAccepted"] == 30_000_000_000
    assert (row["maturityDate"], row["termCalenderDays"]) == ("2025-11-03", 3)
    assert treasury["percentHighRate"] == 4.0
    assert list(agency) == ["securityType", "amtSubmitted", "amtAccepted"]


def test_results_stand_on_one_line_newest_day_first() -> None:
    newer = Operation(date(2025, 11, 3), 1, "Repo", Decimal(0), Decimal(4), "08:30")

    body = operations([REPO_2025, newer])

    assert b"\n" not in body
    assert b'13:45:27" ,"totalAmtSubmitted": 30000000000 ,"totalAmtAccepted"' in body
    days = [row["operationDate"] for row in json.loads(body)["repo"]["operations"]]
    assert days == ["2025-11-03", "2025-10-31"]
