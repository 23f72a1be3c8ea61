"""The papers of an FOMC decision: the statement's page and its implementation note."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from pydantic import Field

from rules.events import Document, DocumentType, Event, content_hash
from watchers.article import article
from watchers.base import Link, Page, SourceChangedError, Watcher

NEW_YORK = ZoneInfo("America/New_York")
SHORTEST_TEXT = 200

_PAGE = re.compile(r"^(https://[^?#]+/monetary)(\d{4})(\d{2})(\d{2})([a-z])(1?)\.htm$")
_RELEASE_TIME = re.compile(r"\brelease at (\d{1,2}):(\d{2}) ([ap])\.?m", re.IGNORECASE)


class FedDocuments(Watcher):
    """Follows the feed. The note is not in any feed and may come a minute after the statement."""

    name: ClassVar[str] = "fed_documents"
    polled: ClassVar[bool] = False
    statement_title: str = Field(
        default=r"\bFOMC statement\b",
        description="entries whose title matches announce a statement",
    )
    note_within: timedelta = Field(
        default=timedelta(minutes=2), description="how long a missing page only means not yet"
    )

    def links(self, event: Event) -> Iterator[Link]:
        """The statement's page and the note's, for a feed entry that announces a statement."""
        if not isinstance(event, Document) or event.type is not DocumentType.PRESS_RELEASE:
            return
        match = _PAGE.match(event.url or "")
        if not match or not re.search(self.statement_title, event.title):
            return
        day = _day(match)
        if day is None:
            return
        note = (event.url or "").replace(".htm", "1.htm")
        for url in (event.url or "", note):
            yield Link(
                url,
                accept=("html",),
                meeting=day,
                published_at=event.published_at,
                retry_for=self.note_within,
            )

    def parse(self, page: Page) -> Iterator[Document]:
        """Yield the page's text as a document."""
        match = _PAGE.match(page.link.url)
        day = _day(match) if match else None
        title, text = article(page.body)
        known = b'id="article"' in page.body or "Committee" in text
        if match is None or day is None or len(text) < SHORTEST_TEXT or not known:
            raise SourceChangedError(
                self.name,
                f"expected an article at {page.link.url}, found {len(text)} characters of text",
                body=page.body,
            )
        kind = DocumentType.IMPLEMENTATION_NOTE if match[6] else DocumentType.STATEMENT
        digest = content_hash(text)
        yield Document(
            uid=f"{self.name}:{kind}:{day.isoformat()}:{digest[:12]}",
            source=self.name,
            observed_at=page.observed_at,
            published_at=_released(text, page, day) or page.link.published_at,
            url=page.link.url,
            content_hash=content_hash(page.body),
            type=kind,
            title=title,
            text=text,
            as_of=day,
            meeting=day,
        )


def _day(match: re.Match[str]) -> date | None:
    """The day in a page's address, if there is such a day."""
    try:
        return date(int(match[2]), int(match[3]), int(match[4]))
    except ValueError:
        return None


def _released(text: str, page: Page, day: date) -> datetime | None:
    """The time on the page, in New York."""
    match = _RELEASE_TIME.search(text) or _RELEASE_TIME.search(
        page.body[:20000].decode("utf-8", "replace")
    )
    if not match:
        return None
    hour = int(match[1]) % 12 + (12 if match[3].lower() == "p" else 0)
    try:
        return datetime.combine(day, time(hour, int(match[2])), NEW_YORK)
    except ValueError:
        return None
