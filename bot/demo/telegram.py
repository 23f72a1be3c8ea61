"""Telegram's Bot API in its true shapes, with its limits counted and its failures on demand."""

import asyncio
import json
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from aiohttp import web

LONGEST_TEXT = 4096
TAGS = {"b", "i", "u", "s", "a", "code", "pre", "blockquote", "tg-spoiler", "tg-time", "em"}
BOT = {"id": 123456789, "is_bot": True, "first_name": "fedpivot", "username": "fedpivot_bot"}

Check = Callable[[str, dict[str, Any]], None]


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


class Telegram:
    """The server's side of one bot token."""

    def __init__(self, token: str, check: Check | None = None) -> None:
        self.token = token
        self.sent: list[Sent] = []
        self.calls: list[str] = []
        self.failures: dict[int, deque[Failure]] = {}
        self.blocked: set[int] = set()
        self.most_a_second = 0
        self.arrived = asyncio.Event()
        self._check = check
        self._updates: list[dict[str, Any]] = []
        self._last_update = 1000
        self._news = asyncio.Condition()
        self._polling: asyncio.Future[None] | None = None
        self._times: deque[float] = deque()

    async def say(self, chat_id: int, text: str) -> None:
        """Somebody types."""
        person = {"id": chat_id, "is_bot": False, "first_name": "Ada"}
        message = {
            "message_id": len(self._updates) + 1,
            "date": int(time.time()),
            "chat": {"id": chat_id, "type": "private", "first_name": "Ada"},
            "from": person,
            "text": text,
        }
        await self._update({"message": message})

    async def tap(self, chat_id: int, data: str) -> None:
        """Somebody taps a button under a message."""
        person = {"id": chat_id, "is_bot": False, "first_name": "Ada"}
        chat = {"id": chat_id, "type": "private", "first_name": "Ada"}
        message = {"message_id": 1, "date": int(time.time()), "chat": chat, "text": "-"}
        query = {"id": "1", "from": person, "chat_instance": "1", "data": data, "message": message}
        await self._update({"callback_query": query})

    async def raw_update(self, update: dict[str, Any]) -> None:
        """Any update, well-formed or not."""
        await self._update(update)

    def fail(self, chat_id: int, *failures: Failure) -> None:
        """The next messages to this chat fail, one after the other."""
        self.failures.setdefault(chat_id, deque()).extend(failures)

    def close(self) -> None:
        """Let waiting polls go."""
        if self._polling is not None and not self._polling.done():
            self._polling.cancel()

    async def handle(self, request: web.Request, path: str) -> web.StreamResponse:
        """One call: `bot<token>/<method>`."""
        at = time.monotonic()
        credentials, _, method = path.partition("/")
        if credentials != f"bot{self.token}":
            status = 401 if ":" in credentials else 404
            return _refusal(status, "Unauthorized" if status == 401 else "Not Found")
        parameters = await _parameters(request)
        self.calls.append(method)
        if self._check is not None:
            self._check(method, parameters)
        if method == "getUpdates":
            return await self._get_updates(parameters)
        if method == "sendMessage":
            return await self._send(parameters, at)
        return _result(BOT if method == "getMe" else True)

    async def _send(self, parameters: dict[str, Any], at: float) -> web.StreamResponse:
        chat_id, text = int(parameters["chat_id"]), str(parameters["text"])
        waiting = self.failures.get(chat_id)
        if waiting:
            return await self._fail(waiting.popleft(), parameters, at)
        if chat_id in self.blocked:
            return _refusal(403, "Forbidden: bot was blocked by the user")
        if parameters.get("parse_mode") == "HTML":
            problem = entity_problem(text)
            if problem:
                return _refusal(400, f"Bad Request: can't parse entities: {problem}")
        if not text or len(text.encode("utf-16-le")) // 2 > LONGEST_TEXT:
            return _refusal(400, "Bad Request: message is too long")
        return _result(self._accept(chat_id, text, parameters, at))

    async def _fail(
        self, failure: Failure, parameters: dict[str, Any], at: float
    ) -> web.StreamResponse:
        if failure.accepted:
            self._accept(int(parameters["chat_id"]), str(parameters["text"]), parameters, at)
        if failure.hangs:
            await asyncio.sleep(3600)
        if failure.body is not None:
            return web.Response(status=failure.status, body=failure.body)
        return _refusal(failure.status, failure.description, failure.parameters)

    def _accept(
        self, chat_id: int, text: str, parameters: dict[str, Any], at: float
    ) -> dict[str, Any]:
        reply = (parameters.get("reply_parameters") or {}).get("message_id")
        sent = Sent(chat_id, text, len(self.sent) + 1, reply, at)
        self.sent.append(sent)
        self._times.append(at)
        while self._times[0] <= at - 1:
            self._times.popleft()
        self.most_a_second = max(self.most_a_second, len(self._times))
        self.arrived.set()
        kind = "private" if chat_id > 0 else "supergroup"
        return {
            "message_id": sent.message_id,
            "date": int(time.time()),
            "chat": {"id": chat_id, "type": kind, "first_name": "Ada"},
            "from": BOT,
            "text": text,
        }

    async def _update(self, update: dict[str, Any]) -> None:
        async with self._news:
            self._last_update += 1
            self._updates.append({"update_id": self._last_update, **update})
            self._news.notify_all()

    async def _get_updates(self, parameters: dict[str, Any]) -> web.StreamResponse:
        """Wait for news; a second poller ends the first with a conflict, as Telegram does."""
        if self._polling is not None and not self._polling.done():
            self._polling.set_result(None)
        mine = self._polling = asyncio.get_running_loop().create_future()
        offset, wait = int(parameters.get("offset", 0)), float(parameters.get("timeout", 0))
        self._updates = [u for u in self._updates if u["update_id"] >= offset]
        news = asyncio.create_task(self._wait_for_news(offset))
        await asyncio.wait({news, mine}, timeout=wait, return_when=asyncio.FIRST_COMPLETED)
        news.cancel()
        if mine.done():
            return _refusal(409, "Conflict: terminated by other getUpdates request")
        return _result([u for u in self._updates if u["update_id"] >= offset])

    async def _wait_for_news(self, offset: int) -> None:
        async with self._news:
            await self._news.wait_for(lambda: any(u["update_id"] >= offset for u in self._updates))


class _Entities(HTMLParser):
    """Whether a text is in the small HTML that Telegram takes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.problem = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Only known tags."""
        self.open.append(tag)
        if tag not in TAGS:
            self.problem = f'Unsupported start tag "{tag}"'

    def handle_endtag(self, tag: str) -> None:
        """In the order they were opened."""
        if not self.open or self.open.pop() != tag:
            self.problem = f'Unexpected end tag "{tag}"'


def entity_problem(text: str) -> str:
    """What Telegram would refuse in this HTML; empty if nothing."""
    parser = _Entities()
    parser.feed(text)
    parser.close()
    return parser.problem or (f'Can\'t find end tag "{parser.open[-1]}"' if parser.open else "")


async def _parameters(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        body: dict[str, Any] = await request.json()
        return body
    form = await request.post()
    return {name: _decoded(str(value)) for name, value in form.items()}


def _decoded(value: str) -> Any:
    try:
        return json.loads(value) if value[:1] in "[{" else value
    except json.JSONDecodeError:
        return value


def _result(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _refusal(
    status: int, description: str, parameters: dict[str, Any] | None = None
) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    if parameters:
        body["parameters"] = parameters
    return web.json_response(body, status=status)
