"""The gate: which items there are, and nothing hostile behind it."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.papers.pages import FeedItem, feed
from tests.fakes.facts import utc
from watchers.feed import FeedError, feed_of, items

ITEMS = [
    FeedItem(f"Release {n}", utc("2025-10-29 18:00"), letter) for n, letter in enumerate("abc")
]


def test_items_with_their_links() -> None:
    assert {item.link for item in items(feed(ITEMS))} == {item.url for item in ITEMS}


def test_chosen_items_make_a_feed_of_their_own() -> None:
    found = items(feed(ITEMS))

    assert [item.link for item in items(feed_of(found[1:2]))] == [found[1].link]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"<rss><channel><item>", id="cut off"),
        pytest.param(b"<html><p>Sorry<br></html>", id="a page"),
        pytest.param(b'<!DOCTYPE r [<!ENTITY a "b">]><rss>&a;</rss>', id="entities"),
        pytest.param(b"<a>" * 50 + b"</a>" * 50, id="too deep"),
        pytest.param(b"<rss><item>" + b"x" * 100_000 + b"</item></rss>", id="too long"),
        pytest.param(b"<rss>" + b"<item/>" * 600 + b"</rss>", id="too many"),
    ],
)
def test_what_is_no_feed_is_refused(body: bytes) -> None:
    with pytest.raises(FeedError, match="expected"):
        items(body)


@given(st.binary(max_size=500))
def test_any_bytes_give_items_or_a_feed_error(body: bytes) -> None:
    with suppress(FeedError):
        items(body)
