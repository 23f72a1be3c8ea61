"""/rules shows what is watched for: each rule, on or off, its question and its thresholds."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.chat.command import Request, Services
from bot.chat.commands.registry import answer
from bot.store import Store
from rules.registry import RULES
from rules.srf_take_up import SrfTakeUp

Ask = Callable[..., Awaitable[Request]]


async def test_it_names_every_rule_and_its_thresholds(ask: Ask) -> None:
    reply = await answer("rules", await ask())

    assert all(f"🟢 <b>{name}</b>" in reply.html for name in RULES)
    assert f"watch_bn {SrfTakeUp().watch_bn}" in reply.html


async def test_a_rule_that_is_off_is_marked(ask: Ask, services: Services) -> None:
    request = replace(await ask(), services=replace(services, rules=[SrfTakeUp(on=False)]))

    reply = await answer("rules", request)

    assert "⚪ <b>srf_take_up</b>" in reply.html


async def test_the_questions_are_in_the_reader_s_language(ask: Ask, store: Store) -> None:
    english = await answer("rules", await ask())
    await store.subscribe(7, language="zh-Hant")

    chinese = await answer("rules", await ask())

    assert "every decision once" in english.html
    assert "利率決議" in chinese.html
    assert "every decision once" not in chinese.html
