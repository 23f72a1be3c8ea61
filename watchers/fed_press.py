"""Federal Reserve press releases: the monetary-policy RSS feed."""

import html
import io
from calendar import timegm
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import feedparser
from pydantic import Field

from rules.events import Document, DocumentType, content_hash
from watchers.base import Link, Page, SourceChangedError, Watcher
from watchers.feed import FeedError, Item, feed_of, items

NEW_YORK = ZoneInfo("America/New_York")
HOST = "https://www.federalreserve.gov/"


class FedPress(Watcher):
    """Asked every minute; an unchanged feed costs the Fed one 304 and us one hash."""

    name: ClassVar[str] = "fed_press"
    url: str = Field(default=HOST + "feeds/press_monetary.xml", description="the feed")
    every: timedelta = timedelta(seconds=30)

    def pages(self, now: datetime) -> Iterator[Link]:
        """The feed."""
        yield Link(self.url, accept=("xml", "rss"))

    def parse(self, page: Page) -> Iterator[Document]:
        """Yield the entries that are not known yet, oldest first.

        The identity is the page an entry links to: a new guid for an old page is nothing new.
        """
        try:
            found = items(page.body)
        except FeedError as error:
            raise SourceChangedError(self.name, error, body=page.body) from error
        if not found:
            raise SourceChangedError(self.name, "expected items, found none", body=page.body)
        new = [item for item in found if self._uid(item.link) not in page.known]
        if new:
            yield from self._documents(new, page)

    def _documents(self, new: list[Item], page: Page) -> Iterator[Document]:
        """All that can be read; then, if there is any, the first problem: one odd entry must not
        hide a release beside it."""
        entries = feedparser.parse(io.BytesIO(feed_of(new)), sanitize_html=False).entries
        problem = None
        for entry in reversed(entries):
            try:
                yield self._document(entry, page)
            except SourceChangedError as error:
                problem = problem or error
        if len(entries) != len(new):
            found = f"expected {len(new)} readable items, found {len(entries)}"
            problem = problem or SourceChangedError(self.name, found, body=page.body)
        if problem is not None:
            raise problem

    def _uid(self, link: str) -> str:
        path = link.strip().partition("federalreserve.gov/")[2] or link
        return f"{self.name}:{path[:200]}"

    def _document(self, entry: Any, page: Page) -> Document:
        url = str(entry.get("link", "")).strip().replace("http://", "https://", 1)
        if not url.startswith(HOST):
            raise SourceChangedError(
                self.name, f"expected a link to {HOST}, found {url[:100]!r}", body=page.body
            )
        if not entry.get("published_parsed"):
            found = str(entry.get("published"))[:60]
            raise SourceChangedError(
                self.name, f"expected pubDate as RFC 822, found {found!r}", body=page.body
            )
        published = datetime.fromtimestamp(timegm(entry.published_parsed), UTC)
        title = html.unescape(entry.get("title", "")).strip()
        return Document(
            uid=self._uid(url),
            source=self.name,
            observed_at=page.observed_at,
            published_at=published,
            url=url,
            content_hash=content_hash(page.body),
            type=DocumentType.PRESS_RELEASE,
            title=title,
            category=", ".join(tag.term for tag in entry.get("tags", ())),
            as_of=published.astimezone(NEW_YORK).date(),
        )
