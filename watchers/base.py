"""What a watcher is: a frozen value whose fields are its settings, and one pure function.

SourceError(source)                 a source could not be read; its watcher alone is concerned
├── SourceUnavailableError          retry with backoff; say so once, and once when it is back
└── SourceChangedError              keep the bytes, stop trusting, tell the owner's chat
"""

from abc import abstractmethod
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import ClassVar, Protocol

from pydantic import BaseModel, ConfigDict, Field

from rules.events import Event


class SourceError(Exception):
    """A source could not be read."""

    def __init__(self, source: str, problem: object) -> None:
        super().__init__(f"{source}: {problem}")
        self.source = source
        self.problem = str(problem)


class SourceUnavailableError(SourceError):
    """No usable answer: refused, timed out, 5xx, 429. `retry_after` is the source's own wish."""

    def __init__(
        self, source: str, problem: object, *, retry_after: timedelta | None = None
    ) -> None:
        super().__init__(source, problem)
        self.retry_after = retry_after


class PageMissingError(SourceUnavailableError):
    """HTTP 404: normal for a page that is about to be published."""


class SourceChangedError(SourceError):
    """An answer arrived that is not what this source is known to send; `body` is its beginning."""

    def __init__(self, source: str, problem: object, *, body: bytes = b"") -> None:
        super().__init__(source, problem)
        self.body = body[:2000]


@dataclass(frozen=True, slots=True)
class Link:
    """A page to ask for.

    `meeting` is the policy decision it belongs to. `retry_for` says how long a 404 only means
    "not yet"; zero means that a 404 is an answer.
    """

    url: str
    accept: tuple[str, ...] = ()
    meeting: date | None = None
    published_at: datetime | None = None
    baseline: bool = False
    retry_for: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Page:
    """An answer: the bytes and when they came. Names of headers are in lower case.
    `known` holds uids that need no second reading."""

    link: Link
    body: bytes
    observed_at: datetime
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    known: frozenset[str] = frozenset()


class Ask(Protocol):
    """One polite GET; returns None when the source says or shows that nothing has changed."""

    gateway: str | None
    proxy: str | None

    async def __call__(self, source: str, link: Link) -> Page | None:
        """Ask once; raises one of the errors above."""
        ...


class Watcher(BaseModel):
    """One source. `parse` is pure; `look` is the only place where it touches the network."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: ClassVar[str]
    polled: ClassVar[bool] = True  # false for one that only follows the events of others

    on: bool = Field(default=True, description="switch the source off with false")
    every: timedelta = Field(default=timedelta(minutes=1), gt=timedelta(0), description="pace")

    @abstractmethod
    def parse(self, page: Page) -> Iterator[Event]:
        """Yield what the page says; raise `SourceChangedError` if it is not the known shape."""

    def pages(self, now: datetime) -> Iterator[Link]:
        """Which pages to ask for at this time; most sources have one, a follower has none."""
        yield from ()

    def links(self, event: Event) -> Iterator[Link]:
        """Which further pages an event of any watcher points to; most watchers follow nothing."""
        yield from ()

    async def look(self, ask: Ask, now: datetime) -> AsyncIterator[Page]:
        """Ask for each page once."""
        for link in self.pages(now):
            page = await ask(self.name, link)
            if page is not None:
                yield page

    async def close(self) -> None:
        """Release what the watcher holds; most hold nothing."""
