"""/language changes how a chat is told, never whether it is told."""

from collections.abc import Awaitable, Callable

import pytest

from bot.chat.command import Request
from bot.chat.commands.registry import answer
from bot.store import Store

Ask = Callable[..., Awaitable[Request]]


@pytest.mark.parametrize(
    ("typed", "language"),
    [
        pytest.param("zh", "zh-Hant", id="two letters"),
        pytest.param("ZH-Hant", "zh-Hant", id="the full tag in capitals"),
        pytest.param("中文", "zh-Hant", id="its own name"),
        pytest.param("English", "en", id="English by name"),
    ],
)
async def test_a_language_as_people_type_it_is_kept_and_answered_in(
    ask: Ask, store: Store, typed: str, language: str
) -> None:
    await store.subscribe(7)

    reply = await answer("language", await ask(typed))
    subscriber = await store.subscriber(7)

    assert subscriber is not None
    assert (subscriber.language, subscriber.active) == (language, True)
    assert ("繁體中文" in reply.html) == (language == "zh-Hant")


async def test_without_a_word_it_offers_the_languages(ask: Ask) -> None:
    reply = await answer("language", await ask())

    assert [data for row in reply.buttons for _, data in row] == ["language en", "language zh"]


async def test_an_unknown_language_gets_usage_and_example(ask: Ask, store: Store) -> None:
    reply = await answer("language", await ask("klingon"))

    assert "klingon" in reply.html
    assert "/language [en|zh]" in reply.html
    assert "/language zh" in reply.html
    assert await store.subscribers() == []


async def test_who_has_stopped_is_not_told_again_by_picking_a_language(
    ask: Ask, store: Store
) -> None:
    await store.subscribe(7)
    await store.deactivate(7, "stopped by the chat")

    await answer("language", await ask("zh"))
    subscriber = await store.subscriber(7)

    assert subscriber is not None
    assert (subscriber.active, subscriber.language) == (False, "zh-Hant")


async def test_who_never_started_keeps_the_language_for_the_start(ask: Ask, store: Store) -> None:
    await answer("language", await ask("zh"))
    before = await store.subscriber(7)
    await answer("start", await ask())
    after = await store.subscriber(7)

    assert before is not None
    assert not before.active
    assert after is not None
    assert (after.active, after.language) == (True, "zh-Hant")
