"""One Redis stream as a queue: consumer groups, reclaim, and trimming that never drops unread."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import ResponseError

RECLAIM_AFTER = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Entry:
    """One message: its stream id and its payload."""

    id: str
    payload: bytes


class Stream:
    """A named stream whose entries have one field, `p`.

    `redis` answers at once; `blocking` is a second client whose reads may wait, so that a waiting
    read never holds up a write. Neither retries by itself: a lost reply is the caller's to judge.
    """

    def __init__(self, redis: Redis, blocking: Redis, name: str) -> None:
        self.name = name
        self._redis = redis
        self._blocking = blocking

    async def join(self, group: str, start: str = "0") -> None:
        """Make sure the group exists; a new one begins after `start`, never at "now"."""
        try:
            await self._redis.xgroup_create(self.name, group, id=start, mkstream=True)
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise

    async def read(
        self, group: str, consumer: str, *, count: int = 100, wait: timedelta
    ) -> list[Entry]:
        """New entries for this consumer; an empty list when none came within `wait`.

        A group that vanished with the store's memory is made again from the beginning.
        """
        try:
            answer = await self._blocking.xreadgroup(
                group, consumer, {self.name: ">"}, count=count, block=_ms(wait)
            )
        except ResponseError as error:
            if "NOGROUP" not in str(error):
                raise
            await self.join(group)
            return []
        return _entries(answer)

    async def unfinished(self, group: str, consumer: str) -> list[Entry]:
        """Everything delivered to this consumer and not acknowledged, oldest first."""
        answer = await self._redis.xreadgroup(group, consumer, {self.name: "0"}, count=10_000)
        return _entries(answer)

    async def reclaim(self, group: str, consumer: str) -> int:
        """Take over what other consumers left lying; how many entries that were."""
        answer: Any = await self._redis.xautoclaim(
            self.name, group, consumer, min_idle_time=_ms(RECLAIM_AFTER), count=1000
        )
        return len(answer[1])

    async def acknowledge(self, group: str, ids: Iterable[str]) -> None:
        """These entries are done for this group."""
        ids = list(ids)
        if ids:
            await self._redis.xack(self.name, group, *ids)

    async def between(self, after: str, until: str, *, count: int = 1000) -> list[Entry]:
        """Entries with after < id <= until, oldest first, at most `count`."""
        start = f"({after}" if after != "0" else "-"
        answer: Any = await self._redis.xrange(self.name, start, until, count=count)
        return [_entry(id_, fields) for id_, fields in answer]

    async def trim(self, keep_from: str | None = None) -> int:
        """Drop what every group has finished, and nothing at or after `keep_from`."""
        floors = [keep_from] if keep_from else []
        for group in await self._redis.xinfo_groups(self.name):
            name = _text(group["name"])
            pending = await self._redis.xpending(self.name, name)
            floors.append(_text(pending["min"] or group["last-delivered-id"]))
        if not floors:
            return 0
        floor = min(floors, key=position)
        return int(await self._redis.xtrim(self.name, minid=floor, approximate=False))


def position(id_: str) -> tuple[int, int]:
    """A stream id as a pair that sorts as the stream does."""
    ms, _, sequence = id_.partition("-")
    return int(ms), int(sequence or 0)


def _entries(answer: Any) -> list[Entry]:
    return [_entry(id_, fields) for _, rows in answer or () for id_, fields in rows if fields]


def _entry(id_: bytes | str, fields: dict[bytes, bytes]) -> Entry:
    return Entry(_text(id_), fields[b"p"])


def _text(raw: bytes | str) -> str:
    return raw.decode() if isinstance(raw, bytes) else raw


def _ms(span: timedelta) -> int:
    return int(span.total_seconds() * 1000)
