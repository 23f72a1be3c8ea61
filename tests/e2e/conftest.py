"""The real bot as a process, in the loopback world, on the real clock."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from bot.demo.exchange import Exchange
from bot.demo.papers.pages import FEED_URL, NEW_YORK, FeedItem, Operation, feed, release_page
from bot.demo.telegram import Sent, Telegram
from bot.demo.world import World
from tests.fakes.facts import CUT_OCTOBER, CUT_SEPTEMBER
from tests.fakes.oracle import check

TOKEN = "123456789:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr"
CHAT = 4242
NOTE = (
    "Decisions Regarding Monetary Policy Implementation\n\n"
    "The Federal Open Market Committee directs the Desk to:\n\n"
    "- Undertake open market operations as necessary to maintain the federal funds rate in range.\n"
    "- Roll over at auction the amount of principal payments from the Federal Reserve's holdings "
    "of Treasury securities maturing in October and November that exceeds a cap of $5 billion per "
    "month. Beginning on December 1, roll over at auction all principal payments from the Federal "
    "Reserve's holdings of Treasury securities."
)

RUNOFF = (
    "Decisions Regarding Monetary Policy Implementation\n\n"
    "The Federal Open Market Committee directs the Desk to:\n\n"
    "- Undertake open market operations as necessary to maintain the federal funds rate in range.\n"
    "- Roll over at auction the amount of principal payments from the Federal Reserve's holdings "
    "of Treasury securities maturing in each calendar month that exceeds a cap of $5 billion per "
    "month."
)

CONFIG = """
[telegram]
api_base = "{url}/api.telegram.org"
[store]
data_dir = "{data}"
[fetch]
gateway = "{url}"
[health]
port = {port}
[watchers.fed_press]
every = "PT0.1S"
[watchers.repo_operations]
every = "PT0.2S"
[watchers.tickers]
every = "PT1S"
"""


def now() -> datetime:
    return datetime.now(UTC)


class Bot:
    """One data folder, started as often as a test likes."""

    def __init__(self, world: World, folder: Path, root: Path, port: int = 0) -> None:
        self.world = world
        self.config = folder / "fedpivot.toml"
        self.config.write_text(CONFIG.format(url=world.url, data=folder / "d", port=port))
        self.log = folder / "log"
        self._root = root
        self.process: asyncio.subprocess.Process | None = None

    async def start(self, **environ: str) -> None:
        """Start the process."""
        others = ("TELEGRAM", "FEDPIVOT", "REDIS_URL")
        env = {k: v for k, v in os.environ.items() if not k.startswith(others)}
        # Every test has a store of its own; which server it is can be chosen.
        if server := os.environ.get("FEDPIVOT_TEST_SERVER"):
            env["FEDPIVOT_STORE_BINARY"] = server
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", "--config", str(self.config),
                cwd=self._root, env={**env, "TELEGRAM_BOT_TOKEN": TOKEN, **environ},
                stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip

    async def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End the process; its exit code."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(how)
        return await asyncio.wait_for(self.process.wait(), 20)

    def said(self) -> str:
        """Everything it logged."""
        return self.log.read_text(errors="replace")


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """The outside world, with a September decision in its past."""
    prices = {"BTC/USDT": Decimal("112000.5"), "ETH/USDT": Decimal("3950.25")}
    world = World(now, Telegram(TOKEN, check), Exchange(lambda symbol, _: prices.get(symbol), now))
    async with world:
        publish(world, datetime(2025, 9, 17, 18, tzinfo=UTC), CUT_SEPTEMBER, RUNOFF)
        operations(world)
        yield world


@pytest.fixture
def unused_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
async def bot(world: World, tmp_path: Path, root: Path) -> AsyncIterator[Bot]:
    """A bot that is not started yet and is gone after the test."""
    bot = Bot(world, tmp_path, root)
    yield bot
    if bot.process is not None:
        await bot.end(signal.SIGKILL)


_ITEMS: dict[int, list[FeedItem]] = {}


def publish(world: World, at: datetime, text: str = CUT_OCTOBER, note: str = NOTE) -> str:
    """A statement with its note appears on the site and in the feed; its URL."""
    item = FeedItem("Federal Reserve issues FOMC statement", at)
    world.put(item.url, release_page(item.title, at, text), "text/html; charset=utf-8")
    note_url = item.url.replace(".htm", "1.htm")
    world.put(note_url, release_page("Implementation Note", at, note), "text/html")
    items = _ITEMS.setdefault(id(world), [])
    items.append(item)
    world.put(FEED_URL, feed(items), "text/xml")
    return item.url


def operations(world: World, *accepted_bn: str) -> None:
    """Today's standing repo results, one after the other."""
    from bot.demo.papers.pages import OPERATIONS_URL
    from bot.demo.papers.pages import operations as payload

    today = now().astimezone(NEW_YORK)
    close = f"{today:%H:%M}"
    found = [
        Operation(today.date(), 1 + 2 * index, "Repo", Decimal(amount), Decimal("4.0"), close)
        for index, amount in enumerate(accepted_bn)
    ]
    world.put(OPERATIONS_URL, payload(found), "application/json")


async def until(true: Callable[[], object], seconds: float = 20) -> None:
    """Wait until something has happened."""
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.02)


def texts(world: World, chat_id: int = CHAT) -> list[str]:
    """The first lines of what a chat received."""
    return [sent.text for sent in world.telegram.sent if sent.chat_id == chat_id]


async def subscribe(world: World, chat_id: int = CHAT) -> None:
    """Somebody sends /start and is answered."""
    await world.telegram.say(chat_id, "/start")
    await until(lambda: texts(world, chat_id))


@asynccontextmanager
async def subscribed(bot: Bot) -> AsyncIterator[list[Sent]]:
    """A running bot with one subscriber; what it sent."""
    await bot.start()
    await subscribe(bot.world)
    yield bot.world.telegram.sent
    await bot.end()
