"""The Bot API's answers, limits and failures, in shapes that another library's models accept."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from aiogram.types import Update
from aiohttp import ClientConnectionError, ClientSession
from pydantic import TypeAdapter

from bot.demo.telegram import YES, Failure, Telegram
from bot.demo.world import World
from tests.fakes.oracle import METHODS, BadCallError, check

CHAT = 4242
GROUP = -1001234567
Answer = tuple[int, dict[str, Any]]
Call = Callable[..., Coroutine[Any, Any, Answer]]

MENU = {"commands": [{"command": "help", "description": "What you can ask"}]}
EXAMPLES: dict[str, dict[str, Any]] = {
    "getMe": {},
    "getWebhookInfo": {},
    "setMyCommands": MENU,
    "deleteMyCommands": {},
    "answerCallbackQuery": {"callback_query_id": "1"},
    "sendChatAction": {"chat_id": CHAT, "action": "typing"},
    "deleteWebhook": {},
    "setMessageReaction": {"chat_id": CHAT, "message_id": 1},
    "deleteMessage": {"chat_id": CHAT, "message_id": 1},
    "pinChatMessage": {"chat_id": CHAT, "message_id": 1},
    "close": {},
    "logOut": {},
    "sendMessage": {"chat_id": CHAT, "text": "<b>x</b>", "parse_mode": "HTML"},
    "editMessageText": {"chat_id": CHAT, "message_id": 1, "text": "corrected"},
    "getUpdates": {"timeout": 0},
}


@pytest.fixture
def telegram(world: World) -> Telegram:
    return world.telegram


@pytest.fixture
def address(world: World) -> str:
    return f"{world.url}/api.telegram.org/bot{world.telegram.token}"


@pytest.fixture
def call(address: str, session: ClientSession) -> Call:
    async def ask(method: str, **parameters: Any) -> Answer:
        async with session.post(f"{address}/{method}", json=parameters) as response:
            return response.status, await response.json()

    return ask


@pytest.fixture
def send(call: Call) -> Call:
    async def ask(text: str, chat_id: int = CHAT, **parameters: Any) -> Answer:
        return await call("sendMessage", chat_id=chat_id, text=text, **parameters)

    return ask


def refused(answer: Answer) -> tuple[int, str]:
    """Code and words of a refusal, whose HTTP status is its code."""
    status, body = answer
    assert body["ok"] is False
    assert body["error_code"] == status
    return status, body["description"]


def test_every_call_that_is_answered_has_its_example() -> None:
    assert set(EXAMPLES) >= YES


@pytest.mark.parametrize("method", EXAMPLES)
async def test_an_answer_is_what_the_method_is_documented_to_return(
    call: Call, send: Call, method: str
) -> None:
    await send("first")

    status, body = await call(method, **EXAMPLES[method])

    assert (status, body["ok"]) == (200, True)
    TypeAdapter(METHODS[method].__returning__).validate_python(body["result"])


async def test_an_accepted_message_comes_back_as_it_is_shown(
    telegram: Telegram, send: Call
) -> None:
    _, body = await send("SRF <b>50.35</b> &gt; 8.4", parse_mode="HTML")

    assert body["result"]["text"] == "SRF 50.35 > 8.4"
    assert body["result"]["entities"] == [{"type": "bold", "offset": 4, "length": 5}]
    assert body["result"]["date"] == int(telegram.clock().timestamp())
    assert telegram.sent[0].text == "SRF <b>50.35</b> &gt; 8.4"


async def test_a_form_says_the_same_as_json(
    telegram: Telegram, address: str, session: ClientSession
) -> None:
    form = {"chat_id": str(CHAT), "text": "hello", "reply_parameters": '{"message_id": 1}'}

    async with session.post(f"{address}/sendMessage", data=form) as response:
        status = response.status

    assert status == 200
    assert [(sent.chat_id, sent.text, sent.reply_to) for sent in telegram.sent] == [
        (CHAT, "hello", 1)
    ]


@pytest.mark.parametrize(
    ("token", "refusal"),
    [
        pytest.param("1:not-this-one", (401, "Unauthorized"), id="of another bot"),
        pytest.param("nonsense", (404, "Not Found"), id="not a token"),
    ],
)
async def test_a_wrong_token(
    world: World, session: ClientSession, token: str, refusal: tuple[int, str]
) -> None:
    async with session.get(f"{world.url}/api.telegram.org/bot{token}/getMe") as response:
        answer = response.status, await response.json()

    assert refused(answer) == refusal


@pytest.mark.parametrize(
    ("text", "mode", "problem"),
    [
        pytest.param("", None, "message text is empty", id="empty"),
        pytest.param("<b> </b>", "HTML", "message text is empty", id="nothing to see"),
        pytest.param("x" * 4097, None, "message is too long", id="too long"),
        pytest.param("🏦" * 2049, None, "message is too long", id="counted in UTF-16"),
        pytest.param(
            "a < b",
            "HTML",
            'can\'t parse entities: Unsupported start tag "" at byte offset 2',
            id="bad markup",
        ),
    ],
)
async def test_a_text_that_is_refused(
    send: Call, text: str, mode: str | None, problem: str
) -> None:
    answer = await send(text, parse_mode=mode)

    assert refused(answer) == (400, f"Bad Request: {problem}")


async def test_markup_does_not_count(send: Call) -> None:
    status, _ = await send(f"<b>{'&lt;' * 4096}</b>", parse_mode="HTML")

    assert status == 200


async def test_an_edit_leaves_the_first_version_in_the_log(
    telegram: Telegram, call: Call, send: Call
) -> None:
    await send("50.3 bn")

    edited = await call("editMessageText", chat_id=CHAT, message_id=1, text="50.35 bn")
    again = await call("editMessageText", chat_id=CHAT, message_id=1, text="50.35 bn")
    missing = await call("editMessageText", chat_id=CHAT, message_id=9, text="x")

    assert edited[0] == 200
    assert "not modified" in refused(again)[1]
    assert "not found" in refused(missing)[1]
    assert [sent.text for sent in telegram.sent] == ["50.3 bn"]
    assert [sent.text for sent in telegram.edited] == ["50.35 bn"]


@pytest.mark.parametrize(
    ("failure", "status", "accepted"),
    [
        pytest.param(Failure(429, "Too Many Requests", {"retry_after": 9}), 429, 0, id="flood"),
        pytest.param(Failure(429, "Too Many Requests"), 429, 0, id="flood without a time"),
        pytest.param(Failure(403, "Forbidden: bot was blocked by the user"), 403, 0, id="blocked"),
        pytest.param(Failure(400, "Bad Request: chat not found"), 400, 0, id="no chat"),
        pytest.param(Failure(502, body=b"<html>", accepted=True), 502, 1, id="proxy's page"),
        pytest.param(Failure(200, body=b"{}", accepted=True), 200, 1, id="no result"),
    ],
)
async def test_a_scripted_failure_happens_once_in_its_chat(
    telegram: Telegram,
    address: str,
    session: ClientSession,
    failure: Failure,
    status: int,
    accepted: int,
) -> None:
    telegram.fail(CHAT, failure)

    statuses = []
    for chat_id in (CHAT, CHAT + 1, CHAT):
        message = {"chat_id": chat_id, "text": "x"}
        async with session.post(f"{address}/sendMessage", json=message) as response:
            statuses.append(response.status)

    assert statuses == [status, 200, 200]
    assert len(telegram.sent) == 2 + accepted


async def test_a_refusal_carries_its_parameters(telegram: Telegram, send: Call) -> None:
    telegram.fail(CHAT, Failure(400, "Bad Request: upgraded", {"migrate_to_chat_id": GROUP}))

    _, body = await send("x")

    assert body["parameters"] == {"migrate_to_chat_id": GROUP}


async def test_a_message_may_be_accepted_and_the_connection_reset(
    telegram: Telegram, send: Call
) -> None:
    telegram.fail(CHAT, Failure(accepted=True, resets=True))

    with pytest.raises(ClientConnectionError):
        await send("x")

    assert len(telegram.sent) == 1


async def test_a_message_may_be_accepted_and_never_answered(telegram: Telegram, send: Call) -> None:
    telegram.fail(CHAT, Failure(accepted=True, hangs=True))

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(send("x"), 0.05)

    assert len(telegram.sent) == 1


async def test_who_blocks_the_bot_says_so_once_and_hears_no_more(
    telegram: Telegram, call: Call, send: Call
) -> None:
    await telegram.block(CHAT)

    answer = await send("x")
    _, body = await call("getUpdates")

    assert refused(answer) == (403, "Forbidden: bot was blocked by the user")
    (update,) = body["result"]
    assert update["my_chat_member"]["new_chat_member"]["status"] == "kicked"


async def test_updates_are_as_documented(telegram: Telegram, call: Call) -> None:
    await telegram.say(CHAT, "/start")
    await telegram.say(GROUP, "/status@fedpivot_bot")
    await telegram.tap(CHAT, "silence:1h:srf_take_up")
    await telegram.block(CHAT)

    _, body = await call("getUpdates")

    updates = [Update.model_validate(update) for update in body["result"]]
    assert [update.event_type for update in updates] == [
        "message", "message", "callback_query", "my_chat_member",
    ]  # fmt: skip


async def test_an_update_comes_again_until_the_next_is_asked_for(
    telegram: Telegram, call: Call
) -> None:
    await telegram.say(CHAT, "/start")
    await telegram.say(CHAT, "/help")

    _, first = await call("getUpdates", limit=1)
    _, both = await call("getUpdates")
    _, rest = await call("getUpdates", offset=both["result"][0]["update_id"] + 1)

    assert first["result"] == both["result"][:1]
    assert rest["result"] == both["result"][1:]


async def test_a_poll_waits_for_news(telegram: Telegram, call: Call) -> None:
    poll = asyncio.create_task(call("getUpdates", timeout=5))
    while "getUpdates" not in telegram.calls:
        await asyncio.sleep(0.001)
    await telegram.say(CHAT, "/start")

    _, body = await poll

    assert body["result"][0]["message"]["text"] == "/start"


async def test_only_the_kinds_that_were_asked_for_come(telegram: Telegram, call: Call) -> None:
    await telegram.block(CHAT)
    await telegram.say(CHAT, "/start")

    _, body = await call("getUpdates", allowed_updates=["message"])

    assert ["message" in update for update in body["result"]] == [True]


async def test_a_second_poller_ends_the_first(telegram: Telegram, call: Call) -> None:
    first = asyncio.create_task(call("getUpdates", timeout=5))
    while "getUpdates" not in telegram.calls:
        await asyncio.sleep(0.001)

    second = await call("getUpdates", timeout=0)

    assert second[0] == 200
    code, words = refused(await first)
    assert code == 409
    assert words.startswith("Conflict: terminated by other getUpdates request")


async def test_messages_are_counted_in_every_window(telegram: Telegram, send: Call) -> None:
    await send("a")
    await send("b")
    await send("c", CHAT + 1)

    assert telegram.most_within(60) == 3
    assert telegram.most_within(60, CHAT) == 2
    assert telegram.most_within(60, CHAT + 9) == 0


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        pytest.param("sendMesage", {}, id="no such method"),
        pytest.param("sendMessage", {"chat_id": CHAT}, id="a parameter is missing"),
        pytest.param("sendMessage", {"chat_id": CHAT, "text": "x", "silent": True}, id="unknown"),
        pytest.param("sendMessage", {"chat_id": CHAT, "text": ["x"]}, id="of the wrong type"),
    ],
)
def test_the_oracle_knows_a_bad_call(method: str, parameters: dict[str, Any]) -> None:
    with pytest.raises(BadCallError, match=method):
        check(method, parameters)


async def test_a_bad_call_is_refused_and_remembered(telegram: Telegram, call: Call) -> None:
    answer = await call("sendMessage", chat_id=CHAT, text="x", silent=True)

    assert refused(answer)[0] == 400
    assert telegram.complaints == ["sendMessage: unknown parameters ['silent']"]
    telegram.complaints.clear()


async def test_without_an_oracle_an_unknown_method_is_not_found(
    world: World, session: ClientSession
) -> None:
    world.telegram = Telegram("1:x")

    async with session.get(f"{world.url}/api.telegram.org/bot1:x/getSecrets") as response:
        answer = response.status, await response.json()

    assert refused(answer) == (404, "Not Found: method not found")
