"""/help is made from the registry, in the reader's language."""

from collections.abc import Awaitable, Callable
from html import escape

import pytest

from bot.chat.command import Request
from bot.chat.commands.registry import COMMANDS, answer
from bot.render.replies import replies
from bot.store import Store

Ask = Callable[..., Awaitable[Request]]


@pytest.mark.parametrize("language", ["en", "zh-Hant"])
async def test_it_shows_usage_and_summary_of_every_command(
    ask: Ask, store: Store, language: str
) -> None:
    await store.subscribe(7, language=language)

    reply = await answer("help", await ask())

    for command in COMMANDS.values():
        assert escape(command.usage) in reply.html
        assert escape(replies(language).summary(command.summary)) in reply.html
