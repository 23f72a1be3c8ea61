"""The chat's Telegram side: updates in, answers out, through python-telegram-bot.

Long polling is our own loop: PTB's own stops for ever after one 401 and spins on one malformed
update. Each update is handled for itself, and the offset moves on only after that.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog
from pydantic import SecretStr
from redis.asyncio import Redis
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Update,
)
from telegram.constants import ChatMemberStatus, ParseMode
from telegram.error import BadRequest, Conflict, InvalidToken, NetworkError, TelegramError
from telegram.request import BaseRequest

from bot import keys
from bot.chat.command import Reply, Request, Services
from bot.chat.commands.registry import COMMANDS, answer
from bot.render.replies import replies

log = structlog.get_logger(__name__)

POLL_S = 25
PAUSE_S = 1.0
PAUSE_IN_CONFLICT_S = 15.0
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
        self._bot = Bot(
            token.get_secret_value(), base_url=base, request=request, get_updates_request=request
        )
        self._redis = redis
        self._services = services
        self._allowed = allowed
        self._clock = clock
        self.polled_at: datetime | None = None
        self._in_conflict = False

    async def start(self) -> None:
        """Ask who we are and set the menu. Raises `TokenRefusedError`; waits for the network."""
        while True:
            try:
                await self._bot.initialize()
            except InvalidToken as error:
                raise TokenRefusedError(
                    "telegram.token: expected a token that Telegram accepts, found one it refuses"
                ) from error
            except NetworkError as error:
                log.warning("Telegram not reached, trying again", problem=str(error)[:200])
                await asyncio.sleep(PAUSE_IN_CONFLICT_S)
            else:
                break
        log.info("talking to Telegram", bot=self._bot.username)
        await self._menu("en", None)
        await self._menu("zh-Hant", "zh")

    async def run(self) -> None:
        """Ask for updates for ever."""
        raw = await self._redis.get(keys.UPDATE_OFFSET)
        offset = int(raw) if raw else 0
        while True:
            try:
                updates = await self._poll(offset)
            except InvalidToken as error:
                raise TokenRefusedError(
                    "telegram.token: expected a token that Telegram accepts, found it revoked"
                ) from error
            except Conflict:
                self._say_conflict()
                await asyncio.sleep(PAUSE_IN_CONFLICT_S)
            except TelegramError as error:
                log.debug("no updates", problem=str(error)[:200])
                await asyncio.sleep(PAUSE_S)
            else:
                self._in_conflict = False
                self.polled_at = self._clock()
                for update in updates:
                    await self._one(update)
                    offset = max(offset, int(update.get("update_id", 0)) + 1)
                    await self._redis.set(keys.UPDATE_OFFSET, offset)

    async def _poll(self, offset: int) -> list[dict[str, Any]]:
        parameters = {"offset": offset, "timeout": POLL_S, "allowed_updates": WANTED}
        answer_ = await self._bot.do_api_request(
            "getUpdates",
            api_kwargs=parameters,
            read_timeout=POLL_S + 5,
        )
        return list(answer_) if isinstance(answer_, list) else []

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
                await self._member(update)
            elif update.callback_query is not None:
                await self._tap(update)
            elif update.message is not None and update.message.text:
                await self._typed(update.message.chat_id, update.message.text)
        except Exception:
            log.exception("update skipped", id=raw.get("update_id"))

    async def _member(self, update: Update) -> None:
        change = update.my_chat_member
        if change is not None and change.new_chat_member.status in GONE:
            await self._services.store.deactivate(change.chat.id, "blocked or removed")

    async def _tap(self, update: Update) -> None:
        query = update.callback_query
        if query is None:
            return
        try:
            await query.answer()
        except BadRequest as error:
            log.debug("tap too old to answer", problem=str(error))
        if query.message is not None and query.data:
            await self._typed(query.message.chat.id, "/" + query.data.replace(":", " "))

    async def _typed(self, chat_id: int, text: str) -> None:
        if not text.startswith("/"):
            return
        name, *words = text[1:].split()
        reply = await self.reply(chat_id, name.partition("@")[0].lower(), tuple(words))
        await self._bot.send_message(
            chat_id,
            reply.html[:4096],
            parse_mode=ParseMode.HTML,
            reply_markup=_keyboard(reply),
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )
        if name == "language":
            await self._chat_menu(chat_id)

    async def reply(self, chat_id: int, name: str, words: tuple[str, ...]) -> Reply:
        """The answer to a command in a chat."""
        subscriber = await self._services.store.subscriber(chat_id)
        say = replies(subscriber.language if subscriber else "en")
        if not self._allowed(chat_id):
            return Reply(say.not_allowed().format(chat=chat_id))
        return await answer(name, Request(chat_id, words, subscriber, self._services, say))

    async def _chat_menu(self, chat_id: int) -> None:
        """Language codes have two letters, so Traditional and Simplified need a menu per chat."""
        subscriber = await self._services.store.subscriber(chat_id)
        if subscriber is not None:
            commands = _menu_of(subscriber.language)
            await self._bot.set_my_commands(commands, scope=BotCommandScopeChat(chat_id))

    async def _menu(self, language: str, code: str | None) -> None:
        try:
            await self._bot.set_my_commands(_menu_of(language), language_code=code)
        except TelegramError as error:
            log.warning("menu not set", problem=str(error)[:200])


def _menu_of(language: str) -> list[BotCommand]:
    say = replies(language)
    return [BotCommand(command.name, say.summary(command.summary)) for command in COMMANDS.values()]


def _keyboard(reply: Reply) -> InlineKeyboardMarkup | None:
    if not reply.buttons:
        return None
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(label, callback_data=data) for label, data in row]
            for row in reply.buttons
        ]
    )
