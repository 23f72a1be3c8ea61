"""Sending through Telegram's Bot API: one POST a message over a kept-alive session.

The outbox sends here directly; python-telegram-bot stays the interface for chat and updates. Every
answer becomes one `Outcome`, by the Bot API's documented codes and known descriptions.
"""

from typing import Any

import aiohttp
import orjson
from pydantic import SecretStr

from bot.outcome import Fate, Outcome
from bot.render.alert import Message

TIMEOUT = aiohttp.ClientTimeout(total=20, sock_connect=5, sock_read=15)
PAUSE_WITHOUT_PARAMETERS_S = 5.0

# Words in "description" of a 400, and what they mean. Telegram has no machine-readable codes.
_BAD_REQUEST = (
    ("can't parse entities", Fate.POISON),
    ("message is too long", Fate.POISON),
    ("message to be replied not found", Fate.NO_THREAD),
    ("message to reply not found", Fate.NO_THREAD),
    ("replied message not found", Fate.NO_THREAD),
    ("message thread not found", Fate.NO_THREAD),
    ("chat not found", Fate.DEAD),
    ("user not found", Fate.DEAD),
    ("not enough rights", Fate.DEAD),
    ("have no rights", Fate.DEAD),
    ("peer_id_invalid", Fate.DEAD),
    ("need administrator rights", Fate.DEAD),
)


class BotApi:
    """Telegram as a sender. `base` is the API's root, such as https://api.telegram.org."""

    def __init__(self, session: aiohttp.ClientSession, base: str, token: SecretStr) -> None:
        self._session = session
        self._url = SecretStr(f"{base.rstrip('/')}/bot{token.get_secret_value()}/")

    async def send(
        self, chat_id: int, message: Message, *, plain: bool = False, reply_to: int | None = None
    ) -> Outcome:
        """Send one message; never raises for anything the network or Telegram does."""
        body: dict[str, Any] = {"chat_id": chat_id, "text": message.text}
        body["link_preview_options"] = {"is_disabled": not message.link_preview}
        if plain:
            body["text"] = message.plain
        else:
            body["parse_mode"] = "HTML"
        if message.silent:
            body["disable_notification"] = True
        if reply_to is not None:
            body["reply_parameters"] = {
                "message_id": reply_to,
                "allow_sending_without_reply": True,
            }
        if message.buttons:
            body["reply_markup"] = {"inline_keyboard": _keyboard(message)}
        return await self._post("sendMessage", body)

    async def _post(self, method: str, body: dict[str, Any]) -> Outcome:
        try:
            async with self._session.post(
                self._url.get_secret_value() + method,
                data=orjson.dumps(body),
                headers={"Content-Type": "application/json"},
                timeout=TIMEOUT,
            ) as response:
                return judge(response.status, await response.read())
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            return Outcome(Fate.NOT_SENT, why=type(error).__name__)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            return Outcome(Fate.UNCERTAIN, why=type(error).__name__)


def judge(status: int, body: bytes) -> Outcome:
    """What an HTTP answer of the Bot API means."""
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        return Outcome(Fate.UNCERTAIN, why=f"HTTP {status} without JSON")
    if not isinstance(answer, dict) or "ok" not in answer:
        return Outcome(Fate.UNCERTAIN, why=f"HTTP {status} without 'ok'")
    if answer["ok"] is True:
        result = answer.get("result")
        message_id = result.get("message_id") if isinstance(result, dict) else None
        return Outcome(Fate.ACCEPTED, message_id=message_id)
    return _refused(answer.get("error_code", status), answer)


def _refused(code: object, answer: dict[str, Any]) -> Outcome:
    why = f"{code} {answer.get('description', '')}"
    parameters = answer.get("parameters")
    if not isinstance(parameters, dict):
        parameters = {}
    new_chat_id, pause = parameters.get("migrate_to_chat_id"), parameters.get("retry_after")
    if isinstance(new_chat_id, int):
        return Outcome(Fate.MIGRATED, why=why, new_chat_id=new_chat_id)
    if code == 429:
        seconds = float(pause) if isinstance(pause, int) else PAUSE_WITHOUT_PARAMETERS_S
        return Outcome(Fate.PAUSED, why=why, retry_after_s=seconds)
    if code in (401, 404):
        return Outcome(Fate.FATAL, why=why)
    if code == 403:
        return Outcome(Fate.DEAD, why=why)
    if code == 400:
        return Outcome(_bad_request(why.lower()), why=why)
    return Outcome(Fate.UNCERTAIN, why=why)


def _bad_request(why: str) -> Fate:
    for words, fate in _BAD_REQUEST:
        if words in why:
            return fate
    return Fate.POISON


def _keyboard(message: Message) -> list[list[dict[str, str]]]:
    return [
        [{"text": label, "callback_data": data} for label, data in row] for row in message.buttons
    ]
