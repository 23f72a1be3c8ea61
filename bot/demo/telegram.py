"""Telegram's Bot API in its true shapes, with its limits counted and its failures on demand."""

import asyncio
import time
from bisect import bisect_right
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.demo.inbox import BOT, Inbox
from bot.demo.markup import Entity, MarkupError, read_html, utf16_length
from bot.demo.wire import RefusedError, answer, parameters

LONGEST_TEXT = 4096
NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are"
    " exactly the same as a current content and reply markup of the message"
)
# Calls that are answered with nothing but yes.
YES = {
    "setMyCommands", "deleteMyCommands", "answerCallbackQuery", "sendChatAction", "deleteWebhook",
    "setMessageReaction", "deleteMessage", "pinChatMessage", "close", "logOut",
}  # fmt: skip

Check = Callable[[str, dict[str, Any]], None]
Shown = tuple[str, tuple[Entity, ...]]


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that Telegram accepted; `at` is monotonic seconds of the request's arrival."""

    chat_id: int
    text: str
    message_id: int
    reply_to: int | None
    at: float


@dataclass(frozen=True, slots=True)
class Failure:
    """How a call fails: refused before, or its answer lost after the message was accepted."""

    status: int = 200
    description: str = ""
    parameters: dict[str, Any] | None = None
    body: bytes | None = None
    accepted: bool = False
    hangs: bool = False
    resets: bool = False


class Telegram(Inbox):
    """The server's side of one bot token.

    `sent` and `edited` hold what was accepted, `calls` every method asked for, `complaints` what
    `check` had against a request; such a request is refused.
    """

    def __init__(self, token: str, check: Check | None = None) -> None:
        super().__init__()
        self.token = token
        self.sent: list[Sent] = []
        self.edited: list[Sent] = []
        self.calls: list[str] = []
        self.complaints: list[str] = []
        self.failures: dict[int, deque[Failure]] = {}
        self.arrived = asyncio.Event()
        self._check = check

    def fail(self, chat_id: int, *failures: Failure) -> None:
        """The next messages to this chat fail, one after the other."""
        self.failures.setdefault(chat_id, deque()).extend(failures)

    def most_within(self, seconds: float, chat_id: int | None = None) -> int:
        """Most messages accepted in any such time, in one chat or, by default, in all."""
        times = sorted(sent.at for sent in self.sent if chat_id in (None, sent.chat_id))
        counts = (index + 1 - bisect_right(times, at - seconds) for index, at in enumerate(times))
        return max(counts, default=0)

    async def handle(self, request: web.Request, path: str) -> web.StreamResponse:
        """One call: `bot<token>/<method>`."""
        at = time.monotonic()
        credentials, _, method = path.partition("/")
        try:
            self._authorise(credentials)
            asked = await parameters(request)
            self.calls.append(method)
            self._judge(method, asked)
            if method == "sendMessage":
                return await self._send(request, asked, at)
            return answer(await self._answer(method, asked, at))
        except RefusedError as refused:
            return refused.response()

    def _authorise(self, credentials: str) -> None:
        if credentials == f"bot{self.token}":
            return
        if ":" in credentials:
            raise RefusedError(401, "Unauthorized")
        raise RefusedError(404, "Not Found")

    def _judge(self, method: str, asked: dict[str, Any]) -> None:
        if self._check is None:
            return
        try:
            self._check(method, asked)
        except AssertionError as error:
            self.complaints.append(str(error))
            raise RefusedError(400, "Bad Request: not as documented") from error

    async def _answer(self, method: str, asked: dict[str, Any], at: float) -> Any:
        if method in YES:
            return True
        if method == "getUpdates":
            return await self.get_updates(asked)
        if method == "getMe":
            flags = ("can_join_groups", "can_read_all_group_messages", "supports_inline_queries")
            return {**BOT, **dict.fromkeys(flags, False)}
        if method == "getWebhookInfo":
            waiting = len(self._updates)
            return {
                "url": "", "has_custom_certificate": False, "pending_update_count": waiting,
            }  # fmt: skip
        if method == "editMessageText":
            return self._edit(asked, at)
        raise RefusedError(404, "Not Found: method not found")

    async def _send(
        self, request: web.Request, asked: dict[str, Any], at: float
    ) -> web.StreamResponse:
        chat_id = _chat_id(asked)
        waiting = self.failures.get(chat_id)
        if waiting:
            return await self._fail(request, waiting.popleft(), asked, at)
        if chat_id in self.blocked:
            raise RefusedError(403, "Forbidden: bot was blocked by the user")
        return answer(self._accept(chat_id, asked, _read(asked), at))

    async def _fail(
        self, request: web.Request, failure: Failure, asked: dict[str, Any], at: float
    ) -> web.StreamResponse:
        if failure.accepted:
            self._accept(_chat_id(asked), asked, _read(asked), at)
        if failure.hangs:
            await asyncio.sleep(3600)
        if failure.resets and request.transport is not None:
            request.transport.abort()
        if failure.body is not None or failure.resets:
            return web.Response(status=failure.status, body=failure.body)
        raise RefusedError(failure.status, failure.description, failure.parameters)

    def _accept(
        self, chat_id: int, asked: dict[str, Any], shown: Shown, at: float
    ) -> dict[str, Any]:
        reply = (asked.get("reply_parameters") or {}).get("message_id")
        sent = Sent(chat_id, str(asked["text"]), len(self.sent) + 1, reply, at)
        self.sent.append(sent)
        self.arrived.set()
        return self._bots_message(sent, shown)

    def _edit(self, asked: dict[str, Any], at: float) -> dict[str, Any]:
        """Change a message; `sent` keeps what was said first."""
        chat_id, number = _chat_id(asked), int(asked["message_id"])
        versions = [
            sent
            for sent in (*self.sent, *self.edited)
            if (sent.chat_id, sent.message_id) == (chat_id, number)
        ]
        if not versions:
            raise RefusedError(400, "Bad Request: message to edit not found")
        shown, text = _read(asked), str(asked["text"])
        if versions[-1].text == text:
            raise RefusedError(400, NOT_MODIFIED)
        sent = Sent(chat_id, text, number, versions[-1].reply_to, at)
        self.edited.append(sent)
        return {**self._bots_message(sent, shown), "edit_date": self.date()}

    def _bots_message(self, sent: Sent, shown: Shown) -> dict[str, Any]:
        text, entities = shown
        message = {**self.message(sent.chat_id, sent.message_id), "from": BOT, "text": text}
        if entities:
            message["entities"] = [entity.as_json() for entity in entities]
        return message


def entity_problem(text: str) -> str:
    """What Telegram would refuse in this HTML; empty if nothing."""
    try:
        read_html(text)
    except MarkupError as error:
        return str(error)
    return ""


def _chat_id(asked: dict[str, Any]) -> int:
    """Nobody here has a public name."""
    try:
        return int(asked.get("chat_id") or "")
    except ValueError as error:
        raise RefusedError(400, "Bad Request: chat not found") from error


def _read(asked: dict[str, Any]) -> Shown:
    """What a reader sees of a text; limits count that, not the markup."""
    text = str(asked.get("text") or "")
    entities: tuple[Entity, ...] = ()
    if str(asked.get("parse_mode")).upper() == "HTML":
        try:
            text, entities = read_html(text)
        except MarkupError as error:
            raise RefusedError(400, f"Bad Request: can't parse entities: {error}") from error
    if not text.strip():
        raise RefusedError(400, "Bad Request: message text is empty")
    if utf16_length(text) > LONGEST_TEXT:
        raise RefusedError(400, "Bad Request: message is too long")
    return text, entities
