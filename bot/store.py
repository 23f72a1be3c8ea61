"""People and what they asked for: subscribers, silences, and the watchers' cursors."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Literal, Self, TypeVar

from pydantic import Field
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.exceptions import WatchError

from bot import keys
from rules.base import Severity, Topic, Value
from rules.events import UtcDatetime

Language = Literal["en", "zh-Hant"]
T = TypeVar("T")


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

    @classmethod
    def of(cls, chat_id: int, rule: str | None, until: datetime) -> Self:
        """A chat has one silence a rule: a second one replaces the first."""
        return cls(id=f"{chat_id}:{rule or '*'}", chat_id=chat_id, rule=rule, until=until)


class Store:
    """Reads and writes what people asked for."""

    def __init__(self, redis: Redis, clock: Callable[[], datetime]) -> None:
        self._redis = redis
        self._clock = clock

    async def subscriber(self, chat_id: int) -> Subscriber | None:
        """One chat, active or not; None if it never came."""
        raw = await self._redis.hget(keys.SUBSCRIBERS, str(chat_id))
        return _subscriber(raw)

    async def subscribers(self) -> list[Subscriber]:
        """Every chat that ever came."""
        rows = await self._redis.hgetall(keys.SUBSCRIBERS)
        return [Subscriber.model_validate_json(raw) for raw in rows.values()]

    async def audience(self) -> tuple[list[Subscriber], list[Silence]]:
        """Every chat and every silence, in one round trip; a silence may be over."""
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.hgetall(keys.SUBSCRIBERS)
            pipe.hgetall(keys.SILENCES)
            people, silences = await pipe.execute()
        return (
            [Subscriber.model_validate_json(raw) for raw in people.values()],
            [Silence.model_validate_json(raw) for raw in silences.values()],
        )

    async def subscribe(self, chat_id: int, **changes: Any) -> Subscriber:
        """Make a chat active, with some preferences changed; safe to repeat."""
        fields = {"active": True, "why_inactive": None, **changes}

        async def write(pipe: Pipeline) -> Subscriber:
            raw = await pipe.hget(keys.SUBSCRIBERS, str(chat_id))
            before = _subscriber(raw) or Subscriber(chat_id=chat_id, created_at=self._clock())
            after = Subscriber.model_validate({**before.model_dump(), **fields})
            _begin(pipe)
            pipe.hset(keys.SUBSCRIBERS, str(chat_id), after.model_dump_json())
            return after

        return await self._at_once(write, keys.SUBSCRIBERS)

    async def deactivate(self, chat_id: int, why: str) -> None:
        """Stop telling a chat; /start brings it back."""

        async def write(pipe: Pipeline) -> None:
            before = _subscriber(await pipe.hget(keys.SUBSCRIBERS, str(chat_id)))
            _begin(pipe)
            if before is not None and before.active:
                after = before.model_copy(update={"active": False, "why_inactive": why[:200]})
                pipe.hset(keys.SUBSCRIBERS, str(chat_id), after.model_dump_json())

        await self._at_once(write, keys.SUBSCRIBERS)

    async def migrate(self, old: int, new: int) -> None:
        """A group became a supergroup: all that belongs to it moves to the new id in one step.

        What the new chat has chosen for itself stays.
        """

        async def write(pipe: Pipeline) -> None:
            before = _subscriber(await pipe.hget(keys.SUBSCRIBERS, str(old)))
            silences = _silences(await pipe.hgetall(keys.SILENCES))
            _begin(pipe)
            if before is not None:
                row = before.model_copy(update={"chat_id": new}).model_dump_json()
                pipe.hsetnx(keys.SUBSCRIBERS, str(new), row)
                pipe.hdel(keys.SUBSCRIBERS, str(old))
            for silence in silences:
                if silence.chat_id == old:
                    moved = Silence.of(new, silence.rule, silence.until)
                    pipe.hsetnx(keys.SILENCES, moved.id, moved.model_dump_json())
                    pipe.hdel(keys.SILENCES, silence.id)

        await self._at_once(write, keys.SUBSCRIBERS, keys.SILENCES)

    async def _at_once(self, write: Callable[[Pipeline], Awaitable[T]], *watched: str) -> T:
        """Read and write in one step: begin again if somebody else wrote in between."""
        while True:
            async with self._redis.pipeline() as pipe:
                try:
                    await pipe.watch(*watched)
                    result = await write(pipe)
                    await pipe.execute()
                except WatchError:
                    continue
                return result

    async def add_silence(self, silence: Silence) -> None:
        """Keep a silence; one of the same id is replaced."""
        await self._redis.hset(keys.SILENCES, silence.id, silence.model_dump_json())

    async def end_silences(self, chat_id: int) -> int:
        """End all silences of a chat; how many there were."""
        mine = [s.id for s in await self.silences() if s.chat_id == chat_id]
        return int(await self._redis.hdel(keys.SILENCES, *mine)) if mine else 0

    async def silences(self) -> list[Silence]:
        """Silences that are not over; those that are, are dropped."""
        found = _silences(await self._redis.hgetall(keys.SILENCES))
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


def _subscriber(raw: bytes | str | None) -> Subscriber | None:
    return Subscriber.model_validate_json(raw) if raw else None


def _silences(rows: Mapping[Any, bytes | str]) -> list[Silence]:
    return [Silence.model_validate_json(raw) for raw in rows.values()]


def _begin(pipe: Pipeline) -> None:
    """From here on commands are kept for one atomic step."""
    pipe.multi()  # type: ignore[no-untyped-call]  # redis-py annotates no return value here
