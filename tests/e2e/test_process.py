"""The whole path: a release goes in over HTTP, a Telegram message comes out."""

import asyncio
import signal
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.demo.papers.pages import FEED_URL, OPERATIONS_URL
from bot.demo.telegram import Failure
from bot.demo.world import World, answers
from tests.e2e.conftest import (
    CHAT,
    TOKEN,
    Bot,
    now,
    operations,
    publish,
    subscribe,
    subscribed,
    texts,
    until,
)

pytestmark = pytest.mark.process


def _more_than(world: World, count: int) -> bool:
    return len(texts(world)) > count


def alerts(world: World) -> list[str]:
    """Everything after the answer to /start."""
    return texts(world)[1:]


async def test_a_decision_arrives_with_its_balance_sheet_part_on_one_thread(
    bot: Bot, world: World
) -> None:
    async with subscribed(bot) as sent:
        await asyncio.sleep(0.5)
        assert alerts(world) == []  # the September decision is old

        publish(world, now())
        await until(lambda: len(alerts(world)) == 2)

        decision, balance_sheet = sent[1:3]
        assert "4.00–4.25%" in decision.text
        assert "3.75–4.00%" in decision.text
        assert "federalreserve.gov" in decision.text
        assert balance_sheet.reply_to == decision.message_id
    assert TOKEN not in bot.said()


async def test_a_sigkill_loses_nothing_and_doubles_nothing(bot: Bot, world: World) -> None:
    await bot.start()
    await subscribe(world)
    await asyncio.sleep(0.5)

    publish(world, now() - timedelta(seconds=20))
    await until(lambda: len(alerts(world)) >= 1)
    await bot.end(signal.SIGKILL)
    operations(world, "20.35")
    await bot.start()
    await until(lambda: len(alerts(world)) >= 3)
    await asyncio.sleep(1)

    unlabelled = [text for text in alerts(world) if "Possible repeat" not in text]
    assert len(unlabelled) == len(set(unlabelled))
    heads = [text.split("\n")[0] for text in alerts(world)]
    assert len(set(heads)) == 3
    assert len(heads) - len(unlabelled) <= 1


async def test_sigterm_ends_in_order(bot: Bot, world: World) -> None:
    await bot.start()
    await subscribe(world)

    code = await bot.end(signal.SIGTERM)

    assert code == 0
    assert "what was not sent is kept" in bot.said()


async def test_health_names_every_part_and_is_well(
    world: World, tmp_path: Path, root: Path, unused_port: int
) -> None:
    bot = Bot(world, tmp_path, root, unused_port)
    url = f"http://127.0.0.1:{unused_port}/healthz"

    async with subscribed(bot), aiohttp.ClientSession() as session:
        async with asyncio.timeout(15):
            while not (report := await _health(session, url))["ok"]:
                await asyncio.sleep(0.2)

    assert set(report["parts"]) == {
        "fed_press",
        "repo_operations",
        "tickers",
        "telegram",
        "evaluator",
        "deliverer",
        "followers",
        "event loop",
    }


async def _health(session: aiohttp.ClientSession, url: str) -> dict[str, Any]:
    try:
        async with session.get(url) as answer:
            report: dict[str, Any] = await answer.json()
            return report
    except aiohttp.ClientConnectorError:
        return {"ok": False}


async def test_commands_answer(bot: Bot, world: World) -> None:
    async with subscribed(bot):
        for command in ("/help", "/status", "/rules", "/latest", "/silence 2h srf_take_up", "/nix"):
            count = len(texts(world))
            await world.telegram.say(CHAT, command)
            await until(partial(_more_than, world, count))

        help_, status, rules, latest, silence, unknown = texts(world)[1:]
    assert "/silence" in help_
    assert "fed_press" in status
    assert "srf_take_up" in rules
    assert latest
    assert "srf_take_up" in silence
    assert "/nix" in unknown or "nix" in unknown


async def test_a_malformed_update_holds_up_nobody(bot: Bot, world: World) -> None:
    async with subscribed(bot):
        await world.telegram.raw_update({"message": {"nonsense": True}})
        await world.telegram.say(CHAT, "/help")

        await until(lambda: len(texts(world)) == 2)


async def test_a_lost_answer_is_repeated_with_a_label(bot: Bot, world: World) -> None:
    async with subscribed(bot):
        await asyncio.sleep(0.5)
        world.telegram.fail(CHAT, Failure(status=502, body=b"<html>", accepted=True))

        operations(world, "50.35")
        await until(lambda: len(alerts(world)) == 2)

        first, second = alerts(world)
    assert "Possible repeat" not in first
    assert "Possible repeat" in second


async def test_a_wrong_token_is_one_clear_line(bot: Bot) -> None:
    await bot.start(TELEGRAM_BOT_TOKEN="123456789:" + "x" * 35)
    assert bot.process is not None

    code = await asyncio.wait_for(bot.process.wait(), 20)

    assert code == 1
    assert "telegram.token" in bot.said()
    assert "x" * 35 not in bot.said()


@pytest.mark.parametrize(
    ("status", "body", "kind", "reason"),
    [
        pytest.param(200, b"<html><p>Sorry</p></html>", "text/html", "HTML page", id="error page"),
        pytest.param(200, b'{"repo": {"operat', "application/json", "JSON", id="truncated"),
        pytest.param(200, b'{"repo": {"ops": []}}', "application/json", "operations", id="renamed"),
        pytest.param(200, b" " * (60 << 20), "application/json", "at most", id="60 MB"),
        pytest.param(503, b"", "text/html", "503", id="unavailable"),
    ],
)
async def test_a_bad_source_is_named_once_and_the_others_go_on(
    bot: Bot, world: World, status: int, body: bytes, kind: str, reason: str
) -> None:
    world.fault(OPERATIONS_URL, answers(status, body, kind))

    async with subscribed(bot):
        await until(lambda: "source changed state" in bot.said())
        publish(world, now())
        await until(lambda: len(alerts(world)) == 2)

    lines = [line for line in bot.said().splitlines() if "source changed state" in line]
    assert len(lines) == 1
    assert "repo_operations" in lines[0]
    assert reason in lines[0]


async def test_a_malformed_feed_is_named_and_news_come_when_it_is_back(
    bot: Bot, world: World
) -> None:
    async with subscribed(bot):
        await asyncio.sleep(0.3)
        world.fault(FEED_URL, answers(200, b"<rss><channel><item>", "text/xml"))
        await until(lambda: "well-formed" in bot.said())

        publish(world, now())
        world.fault(FEED_URL, None)

        await until(lambda: len(alerts(world)) == 2)


async def test_a_second_bot_on_one_token_says_so_and_alerts_go_on(bot: Bot, world: World) -> None:
    async with subscribed(bot):
        rival = asyncio.create_task(_poll_forever(world))
        await until(lambda: "another program uses this token" in bot.said(), 30)
        operations(world, "50.35")
        await until(lambda: len(alerts(world)) == 1)
        rival.cancel()


async def _poll_forever(world: World) -> None:
    async with aiohttp.ClientSession() as session:
        url = f"{world.url}/api.telegram.org/bot{TOKEN}/getUpdates"
        while True:
            async with session.post(url, json={"timeout": 1}) as answer:
                await answer.read()
            await asyncio.sleep(0.05)
