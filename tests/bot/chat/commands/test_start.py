"""/start subscribes, is safe to repeat, and leads everywhere."""

from collections.abc import Awaitable, Callable

from bot.chat.command import Request
from bot.chat.commands.registry import COMMANDS, answer
from bot.store import Store

Ask = Callable[..., Awaitable[Request]]


async def test_it_subscribes_once_however_often_it_is_sent(ask: Ask, store: Store) -> None:
    first = await answer("start", await ask())
    second = await answer("start", await ask())

    assert first == second
    assert [s.chat_id for s in await store.subscribers()] == [7]


async def test_it_brings_a_chat_back_in_its_language(ask: Ask, store: Store) -> None:
    await store.subscribe(7, language="zh-Hant")
    await store.deactivate(7, "blocked or removed")

    reply = await answer("start", await ask())
    subscriber = await store.subscriber(7)

    assert "已訂閱" in reply.html
    assert subscriber is not None
    assert subscriber.active


async def test_every_command_is_reachable_by_its_buttons(ask: Ask) -> None:
    reached, waiting = set[str](), ["start"]
    while waiting:
        name, *words = waiting.pop().split()
        if name not in reached:
            reached.add(name)
            reply = await answer(name, await ask(*words))
            waiting += [data for row in reply.buttons for _, data in row]

    assert reached == set(COMMANDS)
