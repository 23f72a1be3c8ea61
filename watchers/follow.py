"""Follows an event to the pages it points to, waiting for those that are about to appear."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from rules.events import Event, Health, SourceState
from watchers.base import Link, PageMissingError, SourceError, Watcher
from watchers.fetch import Fetch
from watchers.poll import Publish, read

log = structlog.get_logger(__name__)

ASK_AGAIN_S = 1.0
SLOWEST_S = 10.0
SLOWEST_ONCE_TOLD_S = 60.0
TRIES_WHEN_DOWN = 20


class Follower:
    """Fetches what followers want to read after an event, and publishes what they find."""

    def __init__(
        self, watcher: Watcher, fetch: Fetch, publish: Publish, clock: Callable[[], datetime]
    ) -> None:
        self.watcher = watcher
        self._fetch = fetch
        self._publish = publish
        self._clock = clock

    async def follow(self, event: Event) -> None:
        """Read all pages the event points to; returns when each is settled.

        The first round goes in order, so that a statement is told before its note. Pages that are
        not there yet are then awaited side by side.
        """
        links = [replace(link, baseline=event.baseline) for link in self.watcher.links(event)]
        waits = [_Wait(link, link.url == event.url, ASK_AGAIN_S) for link in links]
        late = [wait for wait in waits if not await self._try(wait)]
        await asyncio.gather(*(self._settle(wait) for wait in late))
        if links and not event.baseline:
            await self._tell(Health.OK, "")

    async def _settle(self, wait: "_Wait") -> None:
        """Ask until the page is there, or was never more than a guess and its time is up.

        A page that was announced is never given up: the event stays unfinished until it is read,
        and a restart goes on asking.
        """
        while not wait.is_over():
            if wait.is_grave() and not wait.told:
                wait.told = True
                await self._tell(Health.FAILING, f"{wait.link.url}: {wait.problem}")
            await asyncio.sleep(wait.seconds)
            if await self._try(wait):
                return
        log.warning("page given up", url=wait.link.url, missing_s=wait.missing_s)

    async def _try(self, wait: "_Wait") -> bool:
        """Ask once; whether the page is settled."""
        try:
            await self._read(wait.link)
        except PageMissingError as error:
            wait.missed(error.problem)
        except SourceError as error:
            wait.failed(error.problem)
            log.warning("page not read", url=wait.link.url, problem=error.problem)
        else:
            return True
        return False

    async def _tell(self, state: Health, reason: str) -> None:
        now = self._clock()
        event = SourceState(
            uid=f"source_state:{self.watcher.name}:{now.isoformat()}:{state}",
            source=self.watcher.name,
            observed_at=now,
            watcher=self.watcher.name,
            state=state,
            reason=reason[:500],
        )
        await self._publish([event])

    async def _read(self, link: Link) -> None:
        page = await self._fetch(self.watcher.name, link)
        if page is None:
            return
        events = [
            event.model_copy(update={"baseline": True}) if link.baseline else event
            for event in read(self.watcher, page)
        ]
        await self._publish(events)
        self._fetch.keep(page)


@dataclass(slots=True)
class _Wait:
    """How long a page has been awaited, and how long to wait before asking again."""

    link: Link
    announced: bool
    seconds: float
    missing_s: float = 0.0
    failures: int = 0
    told: bool = False
    problem: str = ""

    def missed(self, problem: str) -> None:
        """Not there: normal for a page that is about to be published."""
        self.missing_s += self.seconds
        self.problem = problem
        if self.told:
            self.seconds = SLOWEST_ONCE_TOLD_S

    def failed(self, problem: str) -> None:
        """No usable answer: ask more slowly."""
        self.failures += 1
        self.problem = problem
        self.seconds = min(self.seconds * 2, SLOWEST_ONCE_TOLD_S if self.told else SLOWEST_S)

    def is_grave(self) -> bool:
        """It should be there by now, or no answer was usable for long."""
        return self._is_missing() or self.failures > TRIES_WHEN_DOWN

    def is_over(self) -> bool:
        """An old page is asked for once, a guessed one until it may be taken as missing."""
        if self.link.baseline:
            return bool(self.missing_s) or self.failures > TRIES_WHEN_DOWN
        return self._is_missing() and not self.announced

    def _is_missing(self) -> bool:
        return self.missing_s > self.link.retry_for.total_seconds()
