"""The two stacks that are measured: the bot's own parts, and what one writes first."""

import asyncio
import io
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import aiohttp
import feedparser
from pydantic import SecretStr
from redis.asyncio import Redis
from telegram import Bot

from bot.bus import Bus
from bot.chat.bot_api import BotApi
from bot.deliver import Deliverer
from bot.demo.papers.pages import FeedItem, feed
from bot.demo.world import World
from bot.evaluate import Evaluator
from bot.outbox import Outbox
from bot.pacing import Pacing
from bot.store import Store
from rules.registry import RULES
from watchers.fed_press import FedPress
from watchers.fetch import Fetch, Fetching
from watchers.poll import Poller

TOKEN = "123456789:loopback-benchmark-token-no-secret"  # noqa: S105 - of the loopback Bot API
CHAT = 4242
PLAIN_URL = "https://www.federalreserve.gov/feeds/press_all.xml"
LEGS = ("fetch", "parse", "bus", "rules", "outbox", "send")


def now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Marks:
    """Monotonic times along one release's way."""

    times: dict[str, float]

    def mark(self, name: str) -> None:
        """Remember the first time that this point is passed."""
        self.times.setdefault(name, time.perf_counter())


class News:
    """Publishes one new item after the other at the top of a feed of 15."""

    def __init__(self, world: World, url: str) -> None:
        self._world = world
        self._url = url
        self._count = 0
        self._items = [self._item(age=timedelta(hours=2)) for _ in range(15)]
        self._put()

    def _item(self, age: timedelta = timedelta(minutes=1)) -> FeedItem:
        self._count += 1
        moment = now() - age + timedelta(milliseconds=self._count)
        title = f"Federal Reserve Board announces operational details of facility {self._count}"
        return FeedItem(title, moment, f"{self._count:x}z")

    def publish(self) -> None:
        """A new version of the feed, one item newer."""
        self._items = [self._item(), *self._items[:14]]
        self._put()

    def _put(self) -> None:
        self._world.put(self._url, feed(self._items), "text/xml")


class Ours:
    """The bot's own parts, put together as `bot/app.py` does."""

    def __init__(self, world: World, redis: Redis, blocking: Sequence[Redis]) -> None:
        self.marks = Marks({})
        self._store = Store(redis, now)
        self._bus = Bus(redis, blocking[0])
        self._outbox = Outbox(redis, blocking[1])
        rules = [kind() for kind in RULES.values()]
        self._evaluator = Evaluator(rules, redis, self._bus, self._outbox, self._store, now)
        self._world = world

    async def start(self, stack: AsyncExitStack, tasks: asyncio.TaskGroup) -> list:  # type: ignore[type-arg]
        """Start the loops; the tasks to cancel."""
        session = await stack.enter_async_context(aiohttp.ClientSession())
        fetch = Fetch(session, Fetching(gateway=self._world.url), now)
        api = BotApi(session, f"{self._world.url}/api.telegram.org", SecretStr(TOKEN))
        await self._store.subscribe(CHAT)
        await self._evaluator.start()
        pacing = Pacing(time.monotonic, a_second=10**6, gaps=False)
        deliverer = Deliverer(self._outbox, self._store, api, pacing, now)
        watcher = FedPress()
        self._poller = Poller(watcher, fetch, self._publish, self._store, now, Random(1))
        self._watch(fetch, api)
        return [
            tasks.create_task(self._evaluator.run()),
            tasks.create_task(deliverer.run()),
        ]

    async def release(self) -> None:
        """Look once, as the poller does when its time has come."""
        self.marks.times.clear()
        self.marks.mark("start")
        await self._poller.once()

    async def _publish(self, events: Sequence) -> object:  # type: ignore[type-arg]
        self.marks.mark("parse")
        return await self._bus.publish(events)

    def _watch(self, fetch: Fetch, api: BotApi) -> None:
        """Put marks around the legs."""
        get, feed_engine = fetch._get, self._evaluator.engine.feed  # noqa: SLF001 - measuring inside
        send = api.send

        async def marked_get(source, link):  # type: ignore[no-untyped-def]
            page = await get(source, link)
            self.marks.mark("fetch")
            return page

        def marked_feed(event):  # type: ignore[no-untyped-def]
            self.marks.mark("bus")
            transitions = feed_engine(event)
            self.marks.mark("rules")
            return transitions

        async def marked_send(*args, **kwargs):  # type: ignore[no-untyped-def]
            self.marks.mark("outbox")
            return await send(*args, **kwargs)

        fetch._get = marked_get  # type: ignore[method-assign] # noqa: SLF001
        self._evaluator.engine.feed = marked_feed  # type: ignore[method-assign]
        api.send = marked_send  # type: ignore[method-assign]


class Plain:
    """The straightforward stack."""

    def __init__(self, world: World, url: str) -> None:
        self._url = f"{world.url}/{PLAIN_URL.removeprefix('https://')}"
        self._bot = Bot(TOKEN, base_url=f"{world.url}/api.telegram.org/bot")
        self._redis = Redis.from_url(url, protocol=2)
        self._reader = Redis.from_url(url, protocol=2)
        self._seen: set[str] = set()

    async def start(self, stack: AsyncExitStack, tasks: asyncio.TaskGroup) -> list:  # type: ignore[type-arg]
        """Open connections and start the consumer."""
        self._session = await stack.enter_async_context(aiohttp.ClientSession())
        await stack.enter_async_context(self._bot)
        stack.push_async_callback(self._redis.aclose)
        stack.push_async_callback(self._reader.aclose)
        await self._redis.xgroup_create("plain", "g", id="0", mkstream=True)
        return [tasks.create_task(self._send())]

    async def release(self) -> None:
        """Ask and read the whole feed."""
        async with self._session.get(self._url) as answer:
            body = await answer.read()
        for entry in feedparser.parse(io.BytesIO(body)).entries:
            if entry.link not in self._seen:
                first = len(self._seen) < 15
                self._seen.add(entry.link)
                if not first:
                    await self._redis.xadd("plain", {"title": entry.title, "link": entry.link})

    async def _send(self) -> None:
        while True:
            answer: Any = await self._reader.xreadgroup(
                "g", "a", {"plain": ">"}, count=10, block=1000
            )
            for _, entries in answer:
                for id_, fields in entries:
                    await self._bot.send_message(CHAT, fields[b"title"].decode())
                    await self._redis.xack("plain", "g", id_)
