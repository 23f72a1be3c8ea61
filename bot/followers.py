"""Hands every event to the watchers that follow events, and never loses one half done."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from bot.bus import Bus
from bot.stream import Entry
from rules.events import Event
from watchers.base import Watcher
from watchers.fetch import Fetch
from watchers.follow import Follower
from watchers.poll import Publish

GROUP = "follow"
WORKER = "follower"
WAIT = timedelta(seconds=2)


class Followers:
    """A consumer group on the bus: an entry is acknowledged when all its pages are settled."""

    def __init__(
        self,
        watchers: Sequence[Watcher],
        fetch: Fetch,
        publish: Publish,
        bus: Bus,
        clock: Callable[[], datetime],
    ) -> None:
        self._followers = [Follower(watcher, fetch, publish, clock) for watcher in watchers]
        self._bus = bus
        self._clock = clock
        self.read_at: datetime | None = None

    async def start(self) -> None:
        """Join the bus."""
        await self._bus.stream.join(GROUP)

    async def run(self) -> None:
        """Follow for ever; a page that is awaited holds up no other."""
        async with asyncio.TaskGroup() as tasks:
            await self._begin(tasks, await self._bus.stream.unfinished(GROUP, WORKER))
            while True:
                entries = await self._bus.stream.read(GROUP, WORKER, wait=WAIT)
                self.read_at = self._clock()
                await self._begin(tasks, entries)

    async def _begin(self, tasks: asyncio.TaskGroup, entries: Sequence[Entry]) -> None:
        decoded = dict(await self._bus.events(entries))
        leads = {id_: event for id_, event in decoded.items() if self._leads_on(event)}
        done = [entry.id for entry in entries if entry.id not in leads]
        await self._bus.stream.acknowledge(GROUP, done)
        for id_, event in leads.items():
            tasks.create_task(self._follow(id_, event))

    def _leads_on(self, event: Event) -> bool:
        return any(True for one in self._followers for _ in one.watcher.links(event))

    async def _follow(self, id_: str, event: Event) -> None:
        await asyncio.gather(*(follower.follow(event) for follower in self._followers))
        await self._bus.stream.acknowledge(GROUP, [id_])
