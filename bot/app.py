"""The composition root: builds everything, says who runs beside whom, and in what order it ends.

Order of the end: watchers stop asking, the evaluator writes its snapshot, messages in flight are
finished, the store is closed last. What was not sent is in the outbox and goes out after a restart.
"""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from random import Random

import aiohttp
import structlog
from aiohttp import web
from redis.asyncio import Redis
from rich.console import Console

from bot.bus import Bus
from bot.chat.bot_api import BotApi
from bot.chat.command import Services
from bot.chat.console import ConsoleSender, Prompt
from bot.connection import connect, warnings
from bot.deliver import Deliverer, Sender
from bot.embedded import embedded_server
from bot.evaluate import Evaluator
from bot.followers import Followers
from bot.health import Health, Part, Progress
from bot.outbox import Outbox
from bot.pacing import Pacing
from bot.settings import Settings
from bot.store import Store
from bot.supervise import together
from rules.alerts import Alert
from watchers.fetch import Fetch
from watchers.poll import Poller

log = structlog.get_logger(__name__)

SLACK = timedelta(seconds=90)
LOOP_LAG = timedelta(seconds=5)
TICK = timedelta(minutes=1)


def utc_now() -> datetime:
    """The wall clock; the only place that reads it."""
    return datetime.now(UTC)


class App:
    """The running bot. `clock` gives aware UTC times; tests and the demo bring their own."""

    def __init__(
        self,
        settings: Settings,
        clock: Callable[[], datetime] = utc_now,
        console: Console | None = None,
        tick: timedelta = TICK,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.console = console or Console()
        self.ready = asyncio.Event()
        self._tick = tick
        self._progress = Progress(clock)
        self._stack = AsyncExitStack()

    async def run(self) -> None:
        """Run until cancelled or until a part cannot go on; then end in order."""
        async with self._stack:
            await self._build()
            try:
                self.ready.set()
                await together(self._work())
            finally:
                await self._drain()

    async def _build(self) -> None:
        url = await self._store_url()
        redis, blocking_a, blocking_b, blocking_c = [
            await self._client(url, blocking=blocking) for blocking in (False, True, True, True)
        ]
        for problem in await warnings(redis):
            log.warning("store", problem=problem)
        session = await self._stack.enter_async_context(aiohttp.ClientSession())
        fetch = Fetch(session, self.settings.fetch, self.clock)
        self.store = Store(redis, self.clock)
        self.bus = Bus(redis, blocking_a)
        self.outbox = Outbox(redis, blocking_b)
        rules = list(self.settings.rules.values())
        self.evaluator = Evaluator(rules, redis, self.bus, self.outbox, self.store, self.clock)
        await self.evaluator.start()
        watchers = [watcher for watcher in self.settings.watchers.values() if watcher.on]
        for watcher in watchers:
            self._stack.push_async_callback(watcher.close)
        self.pollers = [
            Poller(watcher, fetch, self.bus.publish, self.store, self.clock, Random())  # noqa: S311
            for watcher in watchers
            if watcher.polled
        ]
        self.followers = Followers(
            [w for w in watchers if not w.polled],
            fetch,
            self.bus.publish,
            Bus(redis, blocking_c),
            self.clock,
        )
        await self.followers.start()
        await self._build_chat(redis)

    async def _build_chat(self, redis: Redis) -> None:
        services = self._services()
        token = self.settings.telegram.token
        self.chat = None
        self.prompt = None
        sender: Sender
        if token is None:
            sender = ConsoleSender(self.console)
            self.prompt = Prompt(self.console, services)
        else:
            # PTB costs 40 MB: only for those who use it.
            from bot.chat.telegram import Chat
            from bot.chat.transport import AiohttpRequest

            base = self.settings.telegram.api_base
            proxy = self.settings.telegram.proxy
            session = await self._stack.enter_async_context(aiohttp.ClientSession(proxy=proxy))
            sender = BotApi(session, base, token)
            request = AiohttpRequest(session)
            self.chat = Chat(token, base, request, redis, services, self._allowed, self.clock)
            await self.chat.start()
        pacing = Pacing(time.monotonic, gaps=token is not None)
        self.deliverer = Deliverer(self.outbox, self.store, sender, pacing, self.clock)

    def _work(self) -> dict[str, Coroutine[None, None, None]]:
        work: dict[str, Coroutine[None, None, None]] = {
            "evaluator": self.evaluator.run(),
            "deliverer": self.deliverer.run(),
            "followers": self.followers.run(),
            "clock": self._ticks(),
        }
        for poller in self.pollers:
            work[poller.watcher.name] = poller.run()
        if self.chat is not None:
            work["telegram"] = self.chat.run()
        if self.prompt is not None:
            work["prompt"] = self.prompt.run()
        if self.settings.health.port:
            work["health"] = self._serve_health()
            work["pulse"] = self._progress.pulse("event loop")
        return work

    async def _store_url(self) -> str:
        given = self.settings.store.redis_url
        if given is not None:
            return given.get_secret_value()
        return await self._stack.enter_async_context(embedded_server(self.settings.store.data_dir))

    async def _client(self, url: str, *, blocking: bool) -> Redis:
        client = connect(url, blocking=blocking)
        self._stack.push_async_callback(client.aclose)
        return client

    async def _ticks(self) -> None:
        while True:
            await asyncio.sleep(self._tick.total_seconds())
            await self.evaluator.tick()

    async def _drain(self) -> None:
        await self.evaluator.snapshot()
        log.info("stopped; what was not sent is kept")

    def _allowed(self, chat_id: int) -> bool:
        allow = self.settings.telegram.allow
        return allow == "everyone" or chat_id in allow

    def _services(self) -> Services:
        return Services(
            store=self.store,
            rules=list(self.settings.rules.values()),
            sources=lambda: [poller.standing for poller in self.pollers],
            firing=self._firing,
            recent=self.outbox.recent,
            regime=self._regime,
            clock=self.clock,
            version=version("fedpivot"),
        )

    def _firing(self) -> list[Alert]:
        return self.evaluator.engine.firing()

    def _regime(self) -> dict[str, object]:
        regime = self.evaluator.engine.regime
        today = self.clock().date()
        step, paper = regime.announced(), regime.statement_before(today + timedelta(days=1))
        statement = paper.statement if paper else None
        found: dict[str, object] = {}
        if step is not None:
            found["announced"] = f"{step.announced} ({step.as_of}, effective {step.effective_on})"
        if statement is not None:
            found["target"] = f"{statement.target_low:.2f}–{statement.target_high:.2f}%"
        return found

    def _parts(self) -> list[Part]:
        parts = [Part(p.standing.watcher, p.standing.next_look, SLACK) for p in self.pollers]
        if self.chat is not None:
            parts.append(Part("telegram", self.chat.polled_at, SLACK))
        # Each of these asks the store every two seconds, so the store's own health shows here.
        loops = {
            "evaluator": self.evaluator.read_at,
            "deliverer": self.deliverer.read_at,
            "followers": self.followers.read_at,
        }
        parts += [Part(name, at, SLACK) for name, at in loops.items()]
        parts += self._progress.parts({"event loop": LOOP_LAG})
        return parts

    async def _serve_health(self) -> None:
        settings = self.settings.health
        runner = web.AppRunner(Health(self._parts, self.clock).app(), access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, settings.host, settings.port).start()
        except OSError as error:
            log.error(  # noqa: TRY400 - one line is enough
                "health page is off: expected a free port", port=settings.port, found=str(error)
            )
            return
        try:
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()


@asynccontextmanager
async def running(app: App) -> AsyncIterator[App]:
    """The app in the background for as long as the block lasts; for the demo and tests."""
    task = asyncio.create_task(app.run())
    waiter = asyncio.create_task(app.ready.wait())
    await asyncio.wait({task, waiter}, return_when=asyncio.FIRST_COMPLETED)
    waiter.cancel()
    try:
        if task.done():
            await task
        yield app
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def run(settings: Settings) -> int:
    """Run the bot until SIGTERM or Ctrl-C; the exit code says whether it ended well."""
    app = App(settings)
    task = asyncio.create_task(app.run())
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        return 0
    return 1
