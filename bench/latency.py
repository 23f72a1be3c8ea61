"""From new bytes at the source to sendMessage at the Bot API, beside a straightforward stack.

Everything runs in one process on loopback with long-lived connections and without the polling wait.
The peer is what one writes first: aiohttp GET, feedparser on every body, redis-py over TCP, PTB as
it comes. Both read the same feed of 15 items of which one is new. `--json` prints one object.
"""

import argparse
import asyncio
import io
import json
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import aiohttp
import feedparser
from pydantic import SecretStr
from redis.asyncio import Redis
from redis.exceptions import RedisError
from rich.console import Console
from rich.table import Table
from telegram import Bot

from bot.bus import Bus
from bot.chat.bot_api import BotApi
from bot.connection import connect
from bot.deliver import Deliverer
from bot.demo.exchange import Exchange
from bot.demo.papers.pages import FEED_URL, FeedItem, feed
from bot.demo.telegram import Telegram
from bot.demo.world import World
from bot.embedded import embedded_server, find_binary
from bot.evaluate import Evaluator
from bot.log import configure
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


async def one(world: World, news: News, release: Callable[[], Awaitable[None]]) -> float:
    """Seconds from the moment new bytes are there to the arrival of sendMessage."""
    sent = len(world.telegram.sent)
    news.publish()
    start = time.perf_counter()
    await release()
    async with asyncio.timeout(10):
        while len(world.telegram.sent) == sent:
            world.telegram.arrived.clear()
            await world.telegram.arrived.wait()
    await asyncio.sleep(0.002)
    return world.telegram.sent[-1].at + _offset() - start


def _offset() -> float:
    """What turns time.monotonic into time.perf_counter."""
    return time.perf_counter() - time.monotonic()


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """p50, p95, p99 in milliseconds."""
    points = statistics.quantiles((1000 * s for s in seconds), n=100)
    return {"p50": points[49], "p95": points[94], "p99": points[98]}


async def run(count: int, rounds: int) -> dict[str, object]:
    """Both stacks in turns; all figures."""
    ours_s: list[float] = []
    plain_s: list[float] = []
    legs: dict[str, list[float]] = {leg: [] for leg in LEGS}
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fedpivot-bench-")))
        url = await stack.enter_async_context(embedded_server(folder / "a"))
        port = await _tcp_server(stack, folder)
        telegram = Telegram(TOKEN)
        price = Decimal(100_000)
        world = World(now, telegram, Exchange(lambda _s, _m: price, now))
        await stack.enter_async_context(world)
        clients = [connect(url, blocking=blocking) for blocking in (False, True, True)]
        for client in clients:
            stack.push_async_callback(client.aclose)
        news, plain_news = News(world, FEED_URL), News(world, PLAIN_URL)
        ours, plain = (
            Ours(world, clients[0], clients[1:]),
            Plain(world, f"redis://127.0.0.1:{port}"),
        )
        async with asyncio.TaskGroup() as tasks:
            running = await ours.start(stack, tasks) + await plain.start(stack, tasks)
            await ours.release()
            await plain.release()
            for _ in range(rounds):
                for _ in range(count // rounds):
                    ours_s.append(await one(world, news, ours.release))
                    _add_legs(legs, ours.marks.times, world)
                plain_s += [
                    await one(world, plain_news, plain.release) for _ in range(count // rounds)
                ]
            for task in running:
                task.cancel()
    a, b = spread(ours_s[5:]), spread(plain_s[5:])
    return {
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "versions": {
            name: version(name)
            for name in ("aiohttp", "feedparser", "redis", "python-telegram-bot", "uvloop")
        },
        "releases": len(ours_s),
        "fedpivot_ms": a,
        "plain_ms": b,
        "legs_p50_ms": {leg: 1000 * statistics.median(times) for leg, times in legs.items()},
        "ratio_p50": b["p50"] / a["p50"],
        "ratio_p99": b["p99"] / a["p99"],
    }


def _add_legs(legs: dict[str, list[float]], times: dict[str, float], world: World) -> None:
    points = [times[name] for name in ("start", "fetch", "parse", "bus", "rules", "outbox")] + [
        world.telegram.sent[-1].at + _offset()
    ]
    for leg, (before, after) in zip(LEGS, pairwise(points), strict=True):
        legs[leg].append(max(after - before, 0.0))


async def _tcp_server(stack: AsyncExitStack, folder: Path) -> int:
    """The peer's store: the same server over TCP with its defaults, as one starts it first."""
    from socket import socket

    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = await asyncio.create_subprocess_exec(
        find_binary(), "--port", str(port), "--bind", "127.0.0.1", "--save", "",
        "--dir", str(folder), stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    stack.callback(process.kill)
    client = Redis.from_url(f"redis://127.0.0.1:{port}")
    for _ in range(100):
        try:
            await client.ping()
            break
        except (OSError, RedisError):
            await asyncio.sleep(0.05)
    await client.aclose()
    return port


def table(found: dict[str, object]) -> Table:
    """The figures for a person."""
    title = f"New bytes → sendMessage, {found['releases']} releases ({found['machine']})"
    view = Table(title=title)
    for heading in ("stack", "p50 ms", "p95 ms", "p99 ms"):
        view.add_column(heading, justify="left" if heading == "stack" else "right")
    for name, key in (("fedpivot", "fedpivot_ms"), ("plain stack", "plain_ms")):
        row = found[key]
        assert isinstance(row, dict)  # noqa: S101 - for the reader of the types
        view.add_row(name, *(f"{row[p]:.2f}" for p in ("p50", "p95", "p99")))
    view.add_row("ratio", f"{found['ratio_p50']:.1f}×", "", f"{found['ratio_p99']:.1f}×")
    legs = found["legs_p50_ms"]
    assert isinstance(legs, dict)  # noqa: S101 - as above
    view.caption = "p50 by leg: " + " · ".join(f"{leg} {ms:.2f}" for leg, ms in legs.items())
    return view


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--releases", type=int, default=250)
    arguments = parser.parse_args()
    import uvloop

    configure("WARNING", "console")
    found = uvloop.run(run(arguments.releases, rounds=5))
    if arguments.json:
        sys.stdout.write(json.dumps(found) + "\n")
    else:
        Console().print(table(found))


if __name__ == "__main__":
    main()
