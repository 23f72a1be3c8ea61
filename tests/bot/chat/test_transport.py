"""PTB over aiohttp: what the network does comes out as PTB's own errors, without the token."""

from collections import deque

import pytest
from aiohttp import ClientSession
from telegram import Bot
from telegram.error import NetworkError

from bot.chat.transport import AiohttpRequest
from bot.demo.telegram import Telegram

TOKEN = "123456789:AAFakeFakeFakeFakeFakeFakeFakeFakeFa"

Faults = dict[str, deque[tuple[int, bytes]]]


def bot_at(api_base: str, session: ClientSession) -> Bot:
    request = AiohttpRequest(session)
    base = f"{api_base}/bot"
    return Bot(TOKEN, base_url=base, request=request, get_updates_request=request)


async def test_a_message_arrives_as_it_was_written(
    api_base: str, session: ClientSession, telegram: Telegram
) -> None:
    bot = bot_at(api_base, session)
    await bot.initialize()

    sent = await bot.send_message(7, "<b>附買回</b> & more", parse_mode=None)

    assert bot.username == "fedpivot_bot"
    assert sent.message_id == 1
    assert [(one.chat_id, one.text) for one in telegram.sent] == [(7, "<b>附買回</b> & more")]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"<html>log in</html>", id="a web page"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b'{"welcome":true}', id="an object of somebody else"),
        pytest.param(b"", id="nothing"),
    ],
)
async def test_what_is_no_answer_of_the_bot_api_is_a_network_error(
    api_base: str, session: ClientSession, faults: Faults, body: bytes
) -> None:
    faults["getMe"] = deque([(200, body)])

    with pytest.raises(NetworkError, match=r"^expected .*Bot API, found"):
        await bot_at(api_base, session).initialize()


async def test_a_refused_connection_does_not_show_the_token(session: ClientSession) -> None:
    with pytest.raises(NetworkError) as caught:
        await bot_at("http://127.0.0.1:1", session).initialize()

    assert "AAFake" not in str(caught.value)
    assert "AAFake" not in repr(caught.value.__cause__)
