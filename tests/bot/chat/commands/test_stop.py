"""/stop switches a chat off and keeps what it had chosen."""

from collections.abc import Awaitable, Callable

from bot.chat.command import Request
from bot.chat.commands.registry import answer
from bot.store import Store

Ask = Callable[..., Awaitable[Request]]


async def test_it_switches_off_and_keeps_the_preferences(ask: Ask, store: Store) -> None:
    await store.subscribe(7, language="zh-Hant")

    reply = await answer("stop", await ask())
    subscriber = await store.subscriber(7)

    assert "/start" in reply.html
    assert subscriber is not None
    assert (subscriber.active, subscriber.language) == (False, "zh-Hant")
    assert subscriber.why_inactive == "stopped by the chat"


async def test_a_chat_that_never_started_gets_a_calm_answer(ask: Ask, store: Store) -> None:
    reply = await answer("stop", await ask())

    assert "/start" in reply.html
    assert await store.subscribers() == []
