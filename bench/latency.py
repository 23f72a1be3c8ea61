"""From new bytes at the source to sendMessage at the Bot API, beside a straightforward stack.

Everything runs in one process on loopback with long-lived connections and without the polling wait.
The peer is what one writes first: aiohttp GET, feedparser on every body, redis-py over TCP, PTB as
it comes. Both read the same feed of 15 items of which one is new. `--json` prints one object.
"""

import argparse
import asyncio
import json
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from decimal import Decimal
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path

from redis.asyncio import Redis
from redis.exceptions import RedisError
from rich.console import Console
from rich.table import Table

from bench.stacks import LEGS, PLAIN_URL, TOKEN, News, Ours, Plain, now
from bot.connection import connect
from bot.demo.exchange import Exchange
from bot.demo.papers.pages import FEED_URL
from bot.demo.telegram import Telegram
from bot.demo.world import World
from bot.embedded import embedded_server, find_binary
from bot.log import configure


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
            while not all(task.done() for task in running):
                for task in running:
                    task.cancel()  # more than once: a write to the store may swallow one
                await asyncio.sleep(0.05)
    return report(ours_s, plain_s, legs)


def report(
    ours_s: list[float], plain_s: list[float], legs: dict[str, list[float]]
) -> dict[str, object]:
    """Every figure and ratio; the first five releases warm things up and are left out."""
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
