"""Updates in, answers out, against a loopback Bot API: nothing stops the loop but a dead token."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from bot import keys
from bot.chat.command import Services
from bot.chat.telegram import Chat, TokenRefusedError, read_command
from bot.demo.telegram import Failure, Telegram, entity_problem
from bot.store import Silence, Store

Faults = dict[str, deque[tuple[int, bytes]]]
GROUP = {"id": -5, "type": "group", "title": "Desk"}
ADA = {"id": 7, "is_bot": False, "first_name": "Ada"}


def refusal(code: int, description: str) -> tuple[int, bytes]:
    body = {"ok": False, "error_code": code, "description": description}
    return code, json.dumps(body).encode()


def member(status: str, chat_id: int = 7) -> dict[str, Any]:
    bot = {"id": 123456789, "is_bot": True, "first_name": "fedpivot"}
    new: dict[str, Any] = {"user": bot, "status": status}
    if status == "kicked":
        new["until_date"] = 0
    return {
        "my_chat_member": {
            "chat": {"id": chat_id, "type": "private"},
            "from": ADA,
            "date": 1,
            "old_chat_member": {"user": bot, "status": "member"},
            "new_chat_member": new,
        }
    }


@asynccontextmanager
async def polling(chat: Chat) -> AsyncIterator[None]:
    await chat.start()
    task = asyncio.create_task(chat.run())
    try:
        yield
    finally:
        while not task.done():  # Python 3.11's wait_for, under redis-py, can swallow one cancel
            task.cancel()
            await asyncio.wait({task}, timeout=0.1)
        with suppress(asyncio.CancelledError):
            await task


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.01)


def texts(telegram: Telegram, chat_id: int = 7) -> list[str]:
    return [sent.text for sent in telegram.sent if sent.chat_id == chat_id]


async def test_start_subscribes_and_says_so(chat: Chat, telegram: Telegram, store: Store) -> None:
    async with polling(chat):
        await telegram.say(7, "/start")
        await until(lambda: len(telegram.sent) == 1)

    subscriber = await store.subscriber(7)
    assert "You are subscribed" in texts(telegram)[0]
    assert subscriber is not None
    assert subscriber.active


async def test_a_tap_does_what_the_typed_command_does(
    chat: Chat, telegram: Telegram, store: Store
) -> None:
    await store.subscribe(7)
    async with polling(chat):
        await telegram.tap(7, "language zh")
        await until(lambda: telegram.calls.count("setMyCommands") == 3)
        await telegram.tap(7, "silence:1h:srf_take_up")
        await until(lambda: len(telegram.sent) == 2)

    subscriber = await store.subscriber(7)
    assert subscriber is not None
    assert subscriber.language == "zh-Hant"
    assert "answerCallbackQuery" in telegram.calls
    assert [(s.chat_id, s.rule) for s in await store.silences()] == [(7, "srf_take_up")]


async def test_a_tap_that_came_twice_changes_nothing_more(
    chat: Chat, telegram: Telegram, store: Store
) -> None:
    async with polling(chat):
        await telegram.tap(7, "silence 1d")
        await telegram.tap(7, "silence 1d")
        await until(lambda: len(telegram.sent) == 2)

    assert len(await store.silences()) == 1


async def test_a_tap_too_old_to_answer_still_works(
    chat: Chat, telegram: Telegram, faults: Faults
) -> None:
    faults["answerCallbackQuery"] = deque([refusal(400, "Bad Request: query is too old")])
    async with polling(chat):
        await telegram.tap(7, "help")
        await until(lambda: len(telegram.sent) == 1)

    assert "/silence" in texts(telegram)[0]


@pytest.mark.parametrize(
    "update",
    [
        pytest.param({"message": "no object"}, id="a message that is no object"),
        pytest.param({"message": {"message_id": "x"}}, id="a message without its fields"),
        pytest.param({"callback_query": {"id": "1"}}, id="a tap by nobody"),
        pytest.param({"my_chat_member": []}, id="a membership that is a list"),
        pytest.param({"brand_new_kind": {"a": 1}}, id="a kind of update we do not know"),
        pytest.param({}, id="nothing but an id"),
    ],
)
async def test_a_malformed_update_is_skipped_and_the_next_is_answered(
    chat: Chat, telegram: Telegram, redis: Redis, update: dict[str, Any]
) -> None:
    await telegram.raw_update(update)
    await telegram.say(7, "/help")

    async with polling(chat):
        await until(lambda: len(telegram.sent) == 1)
        await telegram.say(7, "/help")
        await until(lambda: len(telegram.sent) == 2)

    assert await redis.get(keys.UPDATE_OFFSET) == b"1004"


@pytest.mark.parametrize(
    "result",
    [
        pytest.param(b'{"ok":true,"result":[17,"x",{"message":{}}]}', id="updates without an id"),
        pytest.param(b'{"ok":true,"result":{"no":"list"}}', id="no list"),
        pytest.param(b'{"ok":true}', id="no result"),
        pytest.param(b"[]", id="no object"),
        pytest.param(b"<html>hello</html>", id="a web page with status 200"),
        pytest.param(b"", id="an empty body"),
    ],
)
async def test_an_answer_of_another_shape_is_asked_for_again(
    chat: Chat, telegram: Telegram, faults: Faults, result: bytes
) -> None:
    faults["getUpdates"] = deque([(200, result)] * 3)
    await telegram.say(7, "/help")

    async with polling(chat):
        await until(lambda: len(telegram.sent) == 1)

    assert not faults["getUpdates"]


async def test_errors_are_answered_with_a_pause_between_two_polls(
    chat: Chat, faults: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.chat.telegram.PAUSE_S", 0.05)
    faults["getUpdates"] = deque([(502, b"Bad Gateway")] * 100)

    async with polling(chat):
        await asyncio.sleep(0.1)

    assert len(faults["getUpdates"]) >= 97
    assert chat.polled_at is None


async def test_a_command_is_confirmed_only_after_its_answer(
    chat: Chat, telegram: Telegram, redis: Redis
) -> None:
    telegram.fail(7, Failure(hangs=True))
    await telegram.say(7, "/start")

    async with polling(chat):
        await until(lambda: "sendMessage" in telegram.calls)

    assert await redis.get(keys.UPDATE_OFFSET) is None


async def test_a_restart_goes_on_after_the_last_answered_update(
    chat: Chat, telegram: Telegram, redis: Redis
) -> None:
    await telegram.say(7, "/help")
    await telegram.say(7, "/stop")
    await redis.set(keys.UPDATE_OFFSET, 1002)

    async with polling(chat):
        await until(lambda: len(telegram.sent) == 1)

    assert "not be told any more" in texts(telegram)[0]


async def test_a_second_poller_is_told_once_and_polling_goes_on(
    chat: Chat, telegram: Telegram, faults: Faults
) -> None:
    conflict = refusal(409, "Conflict: terminated by other getUpdates request")
    faults["getUpdates"] = deque([conflict] * 3)
    await telegram.say(7, "/help")

    with capture_logs() as logs:
        async with polling(chat):
            await until(lambda: len(telegram.sent) == 1)

    errors = [line["event"] for line in logs if line["log_level"] == "error"]
    assert len(errors) == 1
    assert errors[0].startswith("another program uses this token")


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(refusal(401, "Unauthorized"), id="revoked"),
        pytest.param(refusal(404, "Not Found"), id="malformed"),
    ],
)
async def test_a_revoked_token_ends_polling_and_names_the_setting(
    chat: Chat, faults: Faults, answer: tuple[int, bytes]
) -> None:
    await chat.start()
    faults["getUpdates"] = deque([answer])

    with pytest.raises(TokenRefusedError, match=r"^telegram.token: expected a token") as caught:
        await asyncio.wait_for(chat.run(), 5)

    assert "AAFake" not in repr(caught.value)
    assert caught.value.__suppress_context__


async def test_a_refused_token_is_told_at_the_start(chat: Chat, faults: Faults) -> None:
    faults["getMe"] = deque([refusal(401, "Unauthorized")])

    with pytest.raises(TokenRefusedError, match=r"^telegram.token: expected a token"):
        await chat.start()


async def test_a_proxy_s_error_page_says_nothing_about_the_token(
    chat: Chat, telegram: Telegram, faults: Faults
) -> None:
    page = (404, b"<html>Please log in to the hotel's network</html>")
    faults["getMe"] = deque([page])
    faults["getUpdates"] = deque([page])
    await telegram.say(7, "/help")

    async with polling(chat):
        await until(lambda: len(telegram.sent) == 1)


async def test_without_network_the_bot_starts_and_comes_when_it_is_back(
    chat: Chat, telegram: Telegram, faults: Faults
) -> None:
    faults["getMe"] = deque([(502, b""), refusal(500, "Internal Server Error")])
    await telegram.say(7, "/help")

    async with polling(chat):
        await until(lambda: len(telegram.sent) == 1)


@pytest.mark.parametrize("status", ["kicked", "left"])
async def test_a_chat_that_blocks_the_bot_is_switched_off_and_start_revives_it(
    chat: Chat, telegram: Telegram, store: Store, status: str
) -> None:
    await store.subscribe(7, language="zh-Hant")
    await store.subscribe(8)

    async with polling(chat):
        await telegram.raw_update(member(status))
        await telegram.say(8, "/help")
        await until(lambda: len(telegram.sent) == 1)
        off = await store.subscriber(7)
        await telegram.say(7, "/start")
        await until(lambda: len(telegram.sent) == 2)
        on = await store.subscriber(7)

    assert off is not None
    assert (off.active, off.why_inactive) == (False, "blocked or removed")
    assert on is not None
    assert (on.active, on.language) == (True, "zh-Hant")


async def test_an_answer_refused_as_blocked_switches_the_chat_off(
    chat: Chat, telegram: Telegram, store: Store
) -> None:
    telegram.blocked.add(7)

    async with polling(chat):
        await telegram.say(7, "/start")
        await telegram.say(8, "/help")
        await until(lambda: len(telegram.sent) == 1)

    subscriber = await store.subscriber(7)
    assert subscriber is not None
    assert not subscriber.active


async def test_a_group_that_became_a_supergroup_keeps_its_subscription(
    chat: Chat, telegram: Telegram, store: Store, services: Services
) -> None:
    await store.subscribe(-5, language="zh-Hant")
    await store.add_silence(Silence.of(-5, None, services.clock().replace(year=2027)))
    news = {"message_id": 1, "date": 1, "chat": GROUP, "migrate_to_chat_id": -1005}

    async with polling(chat):
        await telegram.raw_update({"message": news})
        await telegram.say(8, "/help")
        await until(lambda: len(telegram.sent) == 1)

    assert [s.chat_id for s in await store.subscribers()] == [-1005]
    assert [s.chat_id for s in await store.silences()] == [-1005]


async def test_an_answer_follows_a_group_to_its_new_id(
    chat: Chat, telegram: Telegram, store: Store
) -> None:
    await store.subscribe(-5)
    telegram.fail(
        -5,
        Failure(400, "Bad Request: group chat was upgraded", {"migrate_to_chat_id": -1005}),
    )

    async with polling(chat):
        await telegram.say(-5, "/help")
        await until(lambda: len(telegram.sent) == 1)

    assert texts(telegram, -1005)
    assert [s.chat_id for s in await store.subscribers()] == [-1005]


async def test_an_answer_that_cannot_be_sent_holds_up_nobody(
    chat: Chat, telegram: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    telegram.fail(7, Failure(429, "Too Many Requests: retry after 9", {"retry_after": 9}))

    async with polling(chat):
        await telegram.say(7, "/help")
        await telegram.say(8, "/help")
        await until(lambda: len(telegram.sent) == 1)

    assert texts(telegram, 8)


async def test_a_chat_that_is_not_allowed_is_told_its_id_and_nothing_else(
    chat: Chat, telegram: Telegram, store: Store
) -> None:
    async with polling(chat):
        await telegram.say(666, "/start")
        await telegram.tap(666, "status")
        await until(lambda: len(telegram.sent) == 2)

    assert all("This bot is private" in text and "666" in text for text in texts(telegram, 666))
    assert await store.subscribers() == []


async def test_in_a_group_only_commands_for_this_bot_are_answered(
    chat: Chat, telegram: Telegram
) -> None:
    async with polling(chat):
        for text in ("good morning", "/weather", "/help@weather_bot", "/help@fedpivot_bot"):
            await telegram.say(-5, text)
        await telegram.say(8, "/help")
        await until(lambda: bool(texts(telegram, 8)))

    assert len(texts(telegram, -5)) == 1


async def test_every_answer_is_html_that_telegram_takes(chat: Chat, telegram: Telegram) -> None:
    typed = ("/start", "/help", "/status", "/latest", "/silence", "/rules", "/language", "/stop")
    odd = ("/<b>&\u202e", "/silence <i>", "/latest " + "9" * 3000, "/", "hello")

    async with polling(chat):
        for text in typed + odd:
            await telegram.say(7, text)
        await until(lambda: len(telegram.sent) == len(typed + odd))

    assert [entity_problem(sent.text) for sent in telegram.sent] == [""] * len(typed + odd)


async def test_health_is_the_time_of_the_last_answered_poll(
    chat: Chat, telegram: Telegram, services: Services
) -> None:
    await telegram.say(7, "/help")

    async with polling(chat):
        await until(lambda: len(telegram.sent) == 1)

    assert chat.polled_at == services.clock()


@pytest.mark.parametrize(
    ("text", "in_group", "command"),
    [
        pytest.param("/start", False, ("start", ()), id="a command"),
        pytest.param("/Silence 2h  x", False, ("silence", ("2h", "x")), id="words and capitals"),
        pytest.param("/help@Fedpivot_Bot", True, ("help", ()), id="for this bot by name"),
        pytest.param("/help@other_bot", True, None, id="for another bot"),
        pytest.param("/help@other_bot", False, None, id="for another bot in private"),
        pytest.param("/nosuch", True, None, id="in a group, another bot may know it"),
        pytest.param("/nosuch@fedpivot_bot", True, ("nosuch", ()), id="unknown, but for this bot"),
        pytest.param("/nosuch", False, ("nosuch", ()), id="unknown in private"),
        pytest.param("hello", False, ("help", ()), id="no command in private asks for help"),
        pytest.param("hello", True, None, id="talk in a group"),
        pytest.param("/", False, ("", ()), id="a slash alone"),
    ],
)
def test_reading_what_was_typed(
    text: str, in_group: bool, command: tuple[str, tuple[str, ...]] | None
) -> None:
    assert read_command(text, "fedpivot_bot", in_group=in_group) == command
