"""The press feed on payload bytes: the good one, the empty, the odd, the broken."""

from datetime import UTC, date, datetime

import pytest

from bot.demo.papers.pages import FeedItem, feed
from rules.events import DocumentType
from watchers.base import Link, Page, SourceChangedError
from watchers.fed_press import FedPress

NOW = datetime(2025, 10, 29, 18, 0, 20, tzinfo=UTC)
STATEMENT = FeedItem(
    "Federal Reserve issues FOMC statement", datetime(2025, 10, 29, 18, tzinfo=UTC)
)
MINUTES = FeedItem(
    "Minutes of the Board's discount rate meetings on July 21 and July 30, 2025",
    datetime(2025, 8, 6, 18, tzinfo=UTC),
)


def page(body: bytes, known: frozenset[str] = frozenset()) -> Page:
    return Page(Link(FedPress().url), body, NOW, known=known)


def test_entries_become_press_releases_oldest_first() -> None:
    old, new = FedPress().parse(page(feed([STATEMENT, MINUTES])))

    assert old.title == "Minutes of the Board's discount rate meetings on July 21 and July 30, 2025"
    assert new.published_at == STATEMENT.published_at
    assert new.url == STATEMENT.url
    assert new.type is DocumentType.PRESS_RELEASE
    assert (new.category, new.as_of) == ("Monetary Policy", date(2025, 10, 29))


def test_known_entries_are_not_read_again() -> None:
    (first,) = FedPress().parse(page(feed([MINUTES])))

    (second,) = FedPress().parse(page(feed([STATEMENT, MINUTES]), frozenset({first.uid})))

    assert second.title == STATEMENT.title


def test_another_scheme_or_guid_is_the_same_release() -> None:
    body = feed([STATEMENT])
    odd = body.replace(b"<guid><![CDATA[https://www", b"<guid><![CDATA[urn:")

    (first,) = FedPress().parse(page(body))
    (second,) = FedPress().parse(page(odd))

    assert first.uid == second.uid


@pytest.mark.parametrize(
    ("change", "found"),
    [
        pytest.param(lambda b: b[: len(b) // 2], "well-formed", id="truncated"),
        pytest.param(lambda _: feed([]), "expected items, found none", id="empty"),
        pytest.param(lambda _: b"<html><p>Sorry</p></html>", "found none", id="an error page"),
        pytest.param(lambda b: b.replace(b"pubDate", b"date"), "pubDate", id="renamed field"),
        pytest.param(
            lambda b: b.replace(
                b"https://www.federalreserve.gov/newsev", b"https://evil.example/e"
            ),
            "expected a link to",
            id="foreign link",
        ),
    ],
)
def test_what_is_no_feed_of_the_fed_is_refused(change, found: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(SourceChangedError, match=found):
        list(FedPress().parse(page(change(feed([STATEMENT])))))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(b"Wed, 6 Aug 2025 18:00:00 GMT", b"soon", id="no date"),
        pytest.param(MINUTES.url.encode(), b"https://www.newyorkfed.org/x", id="foreign link"),
    ],
)
def test_a_statement_is_read_beside_an_odd_entry(old: bytes, new: bytes) -> None:
    found = FedPress().parse(page(feed([STATEMENT, MINUTES]).replace(old, new)))

    assert next(found).title == STATEMENT.title
    with pytest.raises(SourceChangedError, match="expected"):
        next(found)


def test_items_that_the_reader_loses_are_no_empty_feed() -> None:
    text = feed([STATEMENT]).decode("utf-8-sig").replace('"utf-8"', '"utf-16"')

    with pytest.raises(SourceChangedError, match="1 readable items, found 0"):
        list(FedPress().parse(page(text.encode("utf-16"))))
