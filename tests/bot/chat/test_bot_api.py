"""Every answer of the Bot API means one thing for the delivery."""

import json
from typing import Any

import pytest
from aiohttp import ClientSession
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.chat.bot_api import BotApi, judge
from bot.demo.telegram import Failure, Telegram
from bot.outcome import Fate, Outcome
from bot.render.alert import Message

TOKEN = SecretStr("123456789:AAFakeFakeFakeFakeFakeFakeFakeFakeFa")
MESSAGE = Message(
    text="<b>SRF</b> 50.35bn", plain="SRF 50.35bn", buttons=((("1 h", "silence:1h:srf"),),)
)


def refused(code: int, description: str, **parameters: Any) -> bytes:
    answer: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
    return json.dumps({**answer, **({"parameters": parameters} if parameters else {})}).encode()


@pytest.mark.parametrize(
    ("status", "body", "fate"),
    [
        pytest.param(200, b'{"ok":true,"result":{"message_id":9}}', Fate.ACCEPTED, id="sent"),
        pytest.param(403, refused(403, "Forbidden: blocked"), Fate.DEAD, id="blocked"),
        pytest.param(400, refused(400, "Bad Request: chat not found"), Fate.DEAD, id="no chat"),
        pytest.param(
            400, refused(400, "Bad Request: can't parse entities: x"), Fate.POISON, id="bad html"
        ),
        pytest.param(
            400, refused(400, "Bad Request: message is too long"), Fate.POISON, id="too long"
        ),
        pytest.param(
            400,
            refused(400, "Bad Request: message to be replied not found"),
            Fate.NO_THREAD,
            id="the first message is gone",
        ),
        pytest.param(401, refused(401, "Unauthorized"), Fate.FATAL, id="token revoked"),
        pytest.param(404, refused(404, "Not Found"), Fate.FATAL, id="token malformed"),
        pytest.param(500, refused(500, "Internal Server Error"), Fate.UNCERTAIN, id="their error"),
        pytest.param(502, b"<html>Bad Gateway</html>", Fate.UNCERTAIN, id="a proxy's page"),
        pytest.param(404, b"<html>Log in</html>", Fate.UNCERTAIN, id="a hotel's page"),
        pytest.param(200, b'{"ok":true,"resu', Fate.UNCERTAIN, id="cut short"),
        pytest.param(200, b"[]", Fate.UNCERTAIN, id="no object"),
    ],
)
def test_an_answer_and_its_meaning(status: int, body: bytes, fate: Fate) -> None:
    assert judge(status, body).fate is fate


def test_the_id_of_an_accepted_message_is_kept() -> None:
    assert judge(200, b'{"ok":true,"result":{"message_id":9}}').message_id == 9


def test_flood_control_says_how_long() -> None:
    outcome = judge(429, refused(429, "Too Many Requests", retry_after=35))

    assert (outcome.fate, outcome.retry_after_s) == (Fate.PAUSED, 35.0)


def test_flood_control_without_a_time_still_pauses() -> None:
    outcome = judge(429, refused(429, "Too Many Requests"))

    assert outcome.fate is Fate.PAUSED
    assert outcome.retry_after_s > 0


def test_an_upgraded_group_says_its_new_id() -> None:
    body = refused(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-1005)

    outcome = judge(400, body)

    assert (outcome.fate, outcome.new_chat_id) == (Fate.MIGRATED, -1005)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)
odd_answers = st.fixed_dictionaries(
    {"ok": json_values},
    optional={
        "result": json_values,
        "error_code": json_values,
        "description": json_values,
        "parameters": json_values
        | st.fixed_dictionaries({"retry_after": json_values})
        | st.fixed_dictionaries({"migrate_to_chat_id": json_values}),
    },
)


@given(st.sampled_from([200, 400, 403, 429, 500]), odd_answers.map(json.dumps) | st.text())
def test_no_answer_raises(status: int, body: str) -> None:
    assert isinstance(judge(status, body.encode("utf-8", "replace")), Outcome)


async def test_a_message_goes_out_with_markup_and_buttons(
    api_base: str, session: ClientSession, telegram: Telegram
) -> None:
    api = BotApi(session, api_base, TOKEN)

    first = await api.send(7, MESSAGE)
    second = await api.send(7, MESSAGE, plain=True, reply_to=first.message_id)

    assert (first.fate, second.fate) == (Fate.ACCEPTED, Fate.ACCEPTED)
    assert [(m.text, m.reply_to) for m in telegram.sent] == [
        ("<b>SRF</b> 50.35bn", None),
        ("SRF 50.35bn", 1),
    ]


async def test_a_refused_connection_never_left(session: ClientSession) -> None:
    outcome = await BotApi(session, "http://127.0.0.1:1", TOKEN).send(7, MESSAGE)

    assert outcome.fate is Fate.NOT_SENT


async def test_a_lost_answer_is_uncertain_and_says_no_token(
    api_base: str, session: ClientSession, telegram: Telegram
) -> None:
    telegram.fail(7, Failure(200, body=b"", accepted=True))

    outcome = await BotApi(session, api_base, TOKEN).send(7, MESSAGE)

    assert outcome.fate is Fate.UNCERTAIN
    assert "AAFake" not in outcome.why
    assert len(telegram.sent) == 1
