"""A bot's chat side beside a loopback Bot API, on a real store."""

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime

import pytest
from aiohttp import ClientSession, web
from pydantic import SecretStr
from redis.asyncio import Redis

from bot.chat.command import Request, Services
from bot.chat.telegram import Chat
from bot.chat.transport import AiohttpRequest
from bot.demo.telegram import Telegram
from bot.outbox import Job
from bot.render.replies import replies
from bot.store import Store
from rules.registry import RULES

TOKEN = "123456789:AAFakeFakeFakeFakeFakeFakeFakeFakeFa"
NOW = datetime(2025, 12, 10, 19, 0, tzinfo=UTC)

Fault = tuple[int, bytes]


@pytest.fixture
def now() -> datetime:
    """What the clock shows."""
    return NOW


@pytest.fixture
def store(redis: Redis) -> Store:
    """An empty store."""
    return Store(redis, lambda: NOW)


@pytest.fixture
def recent() -> list[Job]:
    """The newest alerts; tests put theirs in."""
    return []


@pytest.fixture
def services(store: Store, recent: list[Job]) -> Services:
    """What commands may ask: the rules as they are by default, and nothing has happened."""

    async def newest(count: int) -> list[Job]:
        return recent[:count]

    return Services(
        store=store,
        rules=[rule() for rule in RULES.values()],
        sources=list,
        firing=list,
        recent=newest,
        regime=dict,
        clock=lambda: NOW,
        version="1.2.3",
    )


@pytest.fixture
def ask(services: Services) -> Callable[..., Awaitable[Request]]:
    """Makes the request of a chat that types these words."""

    async def request(*words: str, chat_id: int = 7) -> Request:
        subscriber = await services.store.subscriber(chat_id)
        say = replies(subscriber.language if subscriber else "en")
        return Request(chat_id, words, subscriber, services, say)

    return request


@pytest.fixture
def telegram() -> Telegram:
    """The loopback Bot API: what people say goes in, what was sent comes out."""
    return Telegram(TOKEN)


@pytest.fixture
def faults() -> dict[str, deque[Fault]]:
    """Method -> answers (status, body) that the Bot API gives before it is well again."""
    return {}


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    """The process's one session."""
    async with ClientSession() as session:
        yield session


@pytest.fixture
async def api_base(telegram: Telegram, faults: dict[str, deque[Fault]]) -> AsyncIterator[str]:
    """Address of the loopback Bot API."""

    async def handle(request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"]
        waiting = faults.get(path.partition("/")[2])
        if waiting:
            status, body = waiting.popleft()
            return web.Response(status=status, body=body, content_type="application/json")
        return await telegram.handle(request, path)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    telegram.close()
    await runner.cleanup()


@pytest.fixture
def chat(
    session: ClientSession,
    api_base: str,
    redis: Redis,
    services: Services,
    monkeypatch: pytest.MonkeyPatch,
) -> Chat:
    """The chat under test, open to every chat id except 666, with short pauses."""
    monkeypatch.setattr("bot.chat.telegram.PAUSE_S", 0.01)
    monkeypatch.setattr("bot.chat.telegram.LONGER_PAUSE_S", 0.02)
    return Chat(
        SecretStr(TOKEN),
        api_base,
        AiohttpRequest(session),
        redis,
        services,
        lambda chat_id: chat_id != 666,
        lambda: NOW,
    )
