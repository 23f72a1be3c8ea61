"""People and what they asked for: subscribers, silences, and the watchers' cursors."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal

from pydantic import Field
from redis.asyncio import Redis

from bot import keys
from rules.base import Severity, Topic, Value
from rules.events import UtcDatetime

Language = Literal["en", "zh-Hant"]


class Subscriber(Value):
    """One chat and its preferences."""

    chat_id: int
    language: Language = "en"
    topics: frozenset[Topic] = frozenset(Topic)
    min_severity: Severity = Severity.INFO
    time_zone: str = "UTC"
    active: bool = True
    why_inactive: str | None = None
    created_at: UtcDatetime


class Silence(Value):
    """A chat does not want to hear of a rule, or of anything, until a time."""

    id: str
    chat_id: int
    rule: str | None = Field(default=None, description="None: everything")
    until: UtcDatetime


# Moving a group's rows to its new id is one step: between two it would be in neither place.
_MIGRATE = """
local row = redis.call('HGET', KEYS[1], ARGV[1])
if row then
    redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
    redis.call('HDEL', KEYS[1], ARGV[1])
end
return 1
"""


class Store:
    """Reads and writes what people asked for."""

    def __init__(self, redis: Redis, clock: Callable[[], datetime]) -> None:
        self._redis = redis
        self._clock = clock
        self._migrate = redis.register_script(_MIGRATE)

    async def subscriber(self, chat_id: int) -> Subscriber | None:
        """One chat, active or not; None if it never came."""
        raw = await self._redis.hget(keys.SUBSCRIBERS, str(chat_id))
        return Subscriber.model_validate_json(raw) if raw else None

    async def subscribers(self) -> list[Subscriber]:
        """Every chat that ever came."""
        rows = await self._redis.hgetall(keys.SUBSCRIBERS)
        return [Subscriber.model_validate_json(raw) for raw in rows.values()]

    async def save(self, subscriber: Subscriber) -> None:
        """Create or replace one chat."""
        row = subscriber.model_dump_json()
        await self._redis.hset(keys.SUBSCRIBERS, str(subscriber.chat_id), row)

    async def subscribe(self, chat_id: int, **changes: Any) -> Subscriber:
        """Make a chat active, with some preferences changed; safe to repeat."""
        before = await self.subscriber(chat_id)
        base = before or Subscriber(chat_id=chat_id, created_at=self._clock())
        fields = {**base.model_dump(), "active": True, "why_inactive": None, **changes}
        after = Subscriber.model_validate(fields)
        await self.save(after)
        return after

    async def deactivate(self, chat_id: int, why: str) -> None:
        """Stop telling a chat; /start brings it back."""
        before = await self.subscriber(chat_id)
        if before is not None and before.active:
            fields = {"active": False, "why_inactive": why[:200]}
            await self.save(before.model_copy(update=fields))

    async def migrate(self, old: int, new: int) -> None:
        """A group became a supergroup: all that belongs to the old id moves to the new one."""
        before = await self.subscriber(old)
        if before is None:
            return
        row = before.model_copy(update={"chat_id": new}).model_dump_json()
        await self._migrate(keys=[keys.SUBSCRIBERS], args=[old, new, row])
        for silence in await self.silences():
            if silence.chat_id == old:
                await self.add_silence(silence.model_copy(update={"chat_id": new}))

    async def add_silence(self, silence: Silence) -> None:
        """Keep a silence; one of the same id is replaced."""
        await self._redis.hset(keys.SILENCES, silence.id, silence.model_dump_json())

    async def end_silences(self, chat_id: int) -> int:
        """End all silences of a chat; how many there were."""
        mine = [s.id for s in await self.silences() if s.chat_id == chat_id]
        return int(await self._redis.hdel(keys.SILENCES, *mine)) if mine else 0

    async def silences(self) -> list[Silence]:
        """Silences that are not over; those that are, are dropped."""
        rows = await self._redis.hgetall(keys.SILENCES)
        found = [Silence.model_validate_json(raw) for raw in rows.values()]
        over = [silence.id for silence in found if silence.until <= self._clock()]
        if over:
            await self._redis.hdel(keys.SILENCES, *over)
        return [silence for silence in found if silence.id not in over]

    async def load(self, name: str) -> bytes | None:
        """A watcher's cursor."""
        raw = await self._redis.hget(keys.CURSORS, name)
        return raw.encode() if isinstance(raw, str) else raw

    async def save_cursor(self, name: str, cursor: bytes) -> None:
        """Keep a watcher's cursor."""
        await self._redis.hset(keys.CURSORS, name, cursor)
