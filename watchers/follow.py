"""Follows an event to the pages it points to, waiting for those that are about to appear."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from rules.events import Event
from watchers.base import Link, PageMissingError, SourceChangedError, SourceError, Watcher
from watchers.fetch import Fetch
from watchers.poll import Publish, read

log = structlog.get_logger(__name__)

ASK_AGAIN = timedelta(seconds=1)
SLOWEST = timedelta(seconds=10)
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
        """Read all pages the event points to, side by side; returns when each is settled."""
        links = list(self.watcher.links(event))
        if links:
            async with asyncio.TaskGroup() as tasks:
                for link in links:
                    tasks.create_task(self._settle(replace(link, baseline=event.baseline)))

    async def _settle(self, link: Link) -> None:
        """Ask until the page is there, its time is up, or it is not what it should be."""
        wait, missing, failures = ASK_AGAIN, timedelta(0), 0
        while True:
            try:
                await self._read(link)
            except PageMissingError as error:
                missing += wait
                if missing > link.retry_for or link.baseline:
                    log.warning("page never came", url=link.url, problem=error.problem)
                    return
            except SourceChangedError as error:
                log.warning("page cannot be read", url=link.url, problem=error.problem)
                failures += 1
            except SourceError as error:
                log.warning("page not reached", url=link.url, problem=error.problem)
                failures += 1
            else:
                return
            if failures > TRIES_WHEN_DOWN:
                log.error("page given up", url=link.url)
                return
            await asyncio.sleep(wait.total_seconds())
            if failures:
                wait = min(wait * 2, SLOWEST)

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
