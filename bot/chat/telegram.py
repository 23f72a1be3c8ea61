"""The chat's Telegram side: updates in, answers out, through python-telegram-bot.

Long polling is our own loop: PTB's own stops for ever after one 401 and spins on one malformed
update. Each update is handled for itself, and the offset moves on only after that: an update that a
crash interrupts comes again, and commands are safe to repeat.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog
from pydantic import SecretStr
from redis.asyncio import Redis
from redis.exceptions import RedisError
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeChat,
    CallbackQuery,
    ChatMemberUpdated,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    Update,
)
from telegram.constants import ChatMemberStatus, ParseMode
from telegram.error import (
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.request import BaseRequest, RequestData
from telegram.request._requestparameter import RequestParameter  # a raw call has no public way

from bot import keys
from bot.chat.command import Reply, Request, Services
from bot.chat.commands.registry import COMMANDS, answer
from bot.render.replies import replies, whole_lines

log = structlog.get_logger(__name__)

POLL_S = 25
PAUSE_S = 1.0
LONGER_PAUSE_S = 15.0
GONE = (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)
WANTED = ["message", "callback_query", "my_chat_member"]


class TokenRefusedError(Exception):
    """Telegram does not know the token: nothing can be received or sent."""


class Chat:
    """Answers people on Telegram."""

    def __init__(
        self,
        token: SecretStr,
        api_base: str,
        request: BaseRequest,
        redis: Redis,
        services: Services,
        allowed: Callable[[int], bool],
        clock: Callable[[], datetime],
    ) -> None:
        base = f"{api_base.rstrip('/')}/bot"
        secret = token.get_secret_value()
        self._bot = Bot(secret, base_url=base, request=request, get_updates_request=request)
        self._get_updates = SecretStr(f"{base}{secret}/getUpdates")
        self._request = request
        self._redis = redis
        self._services = services
        self._allowed = allowed
        self._clock = clock
        self._name = ""
        self._in_conflict = False
        self.polled_at: datetime | None = None

    async def start(self) -> None:
        """Ask once who we are. Raises `TokenRefusedError`; without network `run` asks again."""
        try:
            await self._bot.initialize()
        except InvalidToken as error:
            _raise_if_refused(error)
            log.warning("Telegram not reached, trying again", problem="an error page")
        except TelegramError as error:
            log.warning("Telegram not reached, trying again", problem=str(error)[:200])
        else:
            self._name = self._bot.username.lower()
            log.info("talking to Telegram", bot=self._bot.username)
            await self._menu("en")
            await self._menu("zh-Hant", language_code="zh")

    async def run(self) -> None:
        """Ask for updates for ever. Raises `TokenRefusedError` when the token is revoked."""
        while not self._name:
            await asyncio.sleep(LONGER_PAUSE_S)
            await self.start()
        raw = await self._redis.get(keys.UPDATE_OFFSET)
        offset = int(raw) if raw else 0
        while True:
            for update in await self._poll(offset):
                await self._one(update)
                offset = max(offset, update["update_id"] + 1)
                await self._redis.set(keys.UPDATE_OFFSET, offset)

    async def _poll(self, offset: int) -> list[dict[str, Any]]:
        """New updates; none, after a pause, when there was no answer."""
        try:
            updates = await self._ask(offset)
        except InvalidToken as error:
            _raise_if_refused(error)
            await asyncio.sleep(PAUSE_S)
        except Conflict:
            self._say_conflict()
            await asyncio.sleep(LONGER_PAUSE_S)
        except RetryAfter:
            await asyncio.sleep(LONGER_PAUSE_S)
        except TelegramError as error:
            log.debug("no updates", problem=str(error)[:200])
            await asyncio.sleep(PAUSE_S)
        else:
            self._in_conflict = False
            self.polled_at = self._clock()
            return updates
        return []

    async def _ask(self, offset: int) -> list[dict[str, Any]]:
        parameters = {"offset": offset, "timeout": POLL_S, "allowed_updates": WANTED}
        data = RequestData([RequestParameter(k, v, None) for k, v in parameters.items()])
        url = self._get_updates.get_secret_value()
        try:
            found: Any = await self._request.post(url, data, read_timeout=POLL_S + 5)
        except (KeyError, TypeError) as error:
            raise NetworkError("expected a result of getUpdates, found none") from error
        rows = found if isinstance(found, list) else [found]
        updates = [row for row in rows if _has_id(row)]
        if len(updates) < len(rows):
            log.warning("updates without an id", count=len(rows) - len(updates))
        if rows and not updates:
            raise NetworkError("expected updates with an id, found none")
        return updates

    def _say_conflict(self) -> None:
        if not self._in_conflict:
            self._in_conflict = True
            log.error(
                "another program uses this token: commands go to it; alerts are still sent. "
                "One token is for one running bot: stop the other, or get a second token"
            )

    async def _one(self, raw: dict[str, Any]) -> None:
        """Handle one update; a bad one must not hold up the rest."""
        try:
            update = Update.de_json(raw, self._bot)
            if update.my_chat_member is not None:
                await self._member(update.my_chat_member)
            elif update.callback_query is not None:
                await self._tap(update.callback_query)
            elif update.message is not None:
                await self._message(update.message)
        except RedisError:
            raise
        except Exception:
            log.exception("update skipped", id=raw["update_id"])

    async def _member(self, change: ChatMemberUpdated) -> None:
        if change.new_chat_member.status in GONE:
            await self._services.store.deactivate(change.chat.id, "blocked or removed")

    async def _tap(self, query: CallbackQuery) -> None:
        try:
            await query.answer()
        except TelegramError as error:
            log.debug("tap not answered", problem=str(error)[:200])
        if query.message is not None and query.data:
            await self._typed(query.message.chat.id, "/" + query.data.replace(":", " "))

    async def _message(self, message: Message) -> None:
        if message.migrate_to_chat_id is not None:
            await self._services.store.migrate(message.chat_id, message.migrate_to_chat_id)
        elif message.text:
            await self._typed(message.chat_id, message.text)

    async def _typed(self, chat_id: int, text: str) -> None:
        command = read_command(text, self._name, in_group=chat_id < 0)
        if command is None:
            return
        name, words = command
        await self._answer(chat_id, await self.reply(chat_id, name, words))
        if name == "language":
            await self._chat_menu(chat_id)

    async def reply(self, chat_id: int, name: str, words: tuple[str, ...]) -> Reply:
        """The answer to a command in a chat."""
        subscriber = await self._services.store.subscriber(chat_id)
        say = replies(subscriber.language if subscriber else "en")
        if not self._allowed(chat_id):
            return Reply(say.not_allowed().format(chat=chat_id))
        return await answer(name, Request(chat_id, words, subscriber, self._services, say))

    async def _answer(self, chat_id: int, reply: Reply) -> None:
        try:
            await self._send(chat_id, reply)
        except Forbidden as error:
            await self._services.store.deactivate(chat_id, str(error))
        except ChatMigrated as error:
            await self._services.store.migrate(chat_id, error.new_chat_id)
            await self._send(error.new_chat_id, reply)
        except TelegramError as error:
            log.warning("answer not sent", chat=chat_id, problem=str(error)[:200])

    async def _send(self, chat_id: int, reply: Reply) -> None:
        await self._bot.send_message(
            chat_id,
            whole_lines(reply.html),
            parse_mode=ParseMode.HTML,
            reply_markup=_keyboard(reply),
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )

    async def _chat_menu(self, chat_id: int) -> None:
        """Language codes have two letters, so Traditional and Simplified need a menu per chat."""
        subscriber = await self._services.store.subscriber(chat_id)
        if subscriber is not None:
            await self._menu(subscriber.language, scope=BotCommandScopeChat(chat_id))

    async def _menu(
        self,
        language: str,
        *,
        language_code: str | None = None,
        scope: BotCommandScopeChat | None = None,
    ) -> None:
        say = replies(language)
        menu = [BotCommand(c.name, say.summary(c.summary)) for c in COMMANDS.values()]
        try:
            await self._bot.set_my_commands(menu, scope=scope, language_code=language_code)
        except TelegramError as error:
            log.warning("menu not set", problem=str(error)[:200])


def read_command(text: str, bot_name: str, *, in_group: bool) -> tuple[str, tuple[str, ...]] | None:
    """Name and words of a command that is meant for this bot; None for anything else.

    `bot_name` is the bot's user name in small letters. In a private chat whatever is not a command
    asks for help; in a group people talk to each other, and other bots have commands too.
    """
    if not text.startswith("/"):
        return None if in_group else ("help", ())
    head, *words = text[1:].split() or [""]
    name, _, whom = head.lower().partition("@")
    if whom not in ("", bot_name) or (in_group and not whom and name not in COMMANDS):
        return None
    return name, tuple(words)


def _raise_if_refused(error: InvalidToken) -> None:
    """Raise `TokenRefusedError` if Telegram said so; an error page of a proxy says nothing."""
    first: BaseException = error
    while first.__cause__ is not None:
        first = first.__cause__
    if isinstance(first, InvalidToken):
        # The error's own text may hold the token: it goes no further.
        raise TokenRefusedError(
            "telegram.token: expected a token that Telegram accepts, found one it refuses"
        ) from None


def _has_id(row: object) -> bool:
    return isinstance(row, dict) and isinstance(row.get("update_id"), int)


def _keyboard(reply: Reply) -> InlineKeyboardMarkup | None:
    if not reply.buttons:
        return None
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(label, callback_data=data) for label, data in row]
            for row in reply.buttons
        ]
    )
