"""What people do in Telegram, and the one poller that hears of it."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from bot.demo.wire import RefusedError

MOST_UPDATES = 100
BOT = {"id": 123456789, "is_bot": True, "first_name": "fedpivot", "username": "fedpivot_bot"}
ADA = {"is_bot": False, "first_name": "Ada"}
Clock = Callable[[], datetime]
CONFLICT = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is"
    " running"
)


class Inbox:
    """Updates of one bot; their dates are `clock`'s, which stands still unless it is replaced."""

    def __init__(self) -> None:
        self.clock: Clock = lambda: datetime(2025, 10, 27, 10, tzinfo=UTC)
        self.blocked: set[int] = set()
        self._updates: list[dict[str, Any]] = []
        self._last_update = 1000
        self._news = asyncio.Condition()
        self._polling: asyncio.Future[None] | None = None

    async def say(self, chat_id: int, text: str) -> None:
        """Somebody types."""
        person = {"id": abs(chat_id), **ADA}
        heard = self._last_update + 1
        await self.raw_update(
            {"message": {**self.message(chat_id, heard), "from": person, "text": text}}
        )

    async def tap(self, chat_id: int, data: str) -> None:
        """Somebody taps a button under a message."""
        message = {**self.message(chat_id, 1), "from": BOT, "text": "-"}
        query = {"id": str(self._last_update + 1), "chat_instance": "1", "data": data}
        person = {"id": abs(chat_id), **ADA}
        await self.raw_update({"callback_query": {**query, "from": person, "message": message}})

    async def block(self, chat_id: int) -> None:
        """Somebody blocks the bot: Telegram says so once and refuses from then on."""
        self.blocked.add(chat_id)
        old = {"user": BOT, "status": "member"}
        new = {"user": BOT, "status": "kicked", "until_date": 0}
        change = {
            "chat": chat(chat_id), "from": {"id": abs(chat_id), **ADA}, "date": self.date(),
            "old_chat_member": old, "new_chat_member": new,
        }  # fmt: skip
        await self.raw_update({"my_chat_member": change})

    async def raw_update(self, update: dict[str, Any]) -> None:
        """Any update, well-formed or not."""
        async with self._news:
            self._last_update += 1
            self._updates.append({"update_id": self._last_update, **update})
            self._news.notify_all()

    def close(self) -> None:
        """Let waiting polls go."""
        if self._polling is not None and not self._polling.done():
            self._polling.cancel()

    async def get_updates(self, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        """Wait for news; a second poller ends the first with a conflict, as Telegram does.

        Raises `RefusedError` for the first.
        """
        if self._polling is not None and not self._polling.done():
            self._polling.set_result(None)
        mine = self._polling = asyncio.get_running_loop().create_future()
        offset, wait = int(parameters.get("offset", 0)), float(parameters.get("timeout", 0))
        wanted = parameters.get("allowed_updates") or []
        self._updates = [u for u in self._updates if u["update_id"] >= offset]
        news = asyncio.create_task(self._wait_for_news(wanted))
        await asyncio.wait({news, mine}, timeout=wait, return_when=asyncio.FIRST_COMPLETED)
        news.cancel()
        if mine.done():
            raise RefusedError(409, CONFLICT)
        found = [u for u in self._updates if u["update_id"] >= offset and _is_wanted(u, wanted)]
        return found[: int(parameters.get("limit", MOST_UPDATES))]

    def message(self, chat_id: int, message_id: int) -> dict[str, Any]:
        """What every message holds."""
        return {"message_id": message_id, "date": self.date(), "chat": chat(chat_id)}

    def date(self) -> int:
        """Now, in whole seconds since 1970."""
        return int(self.clock().timestamp())

    async def _wait_for_news(self, wanted: list[str]) -> None:
        async with self._news:
            await self._news.wait_for(lambda: any(_is_wanted(u, wanted) for u in self._updates))


def chat(chat_id: int) -> dict[str, Any]:
    """A chat as updates and messages name it: people have positive ids, groups negative ones."""
    if chat_id > 0:
        return {"id": chat_id, "type": "private", "first_name": ADA["first_name"]}
    kind = "supergroup" if str(chat_id).startswith("-100") else "group"
    return {"id": chat_id, "type": kind, "title": "Desk"}


def _is_wanted(update: dict[str, Any], wanted: list[str]) -> bool:
    return not wanted or any(kind in update for kind in wanted)
