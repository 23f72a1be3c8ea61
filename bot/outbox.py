"""The outbox: what has to be sent, and the ledger of what became of it.

The evaluator commits alert transitions with all their ledger rows and its own position in one step.
A ledger row is one chat's copy of one transition:

    P                  pending: nobody has tried yet
    I                  in flight: a sender has begun; found after a crash it means "nobody knows"
    S:<message id>     accepted by Telegram
    U                  uncertain and not repeated
    D:<why>            dead: this chat cannot get it
    N:<why>            not told: silenced, below its severity, another topic
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict
from redis.asyncio import Redis

from bot import keys
from bot.dispatch import Delivery
from bot.stream import Entry, Stream
from rules.alerts import Transition
from rules.events import UtcDatetime

GROUP = "senders"
PENDING, IN_FLIGHT, UNCERTAIN = "P", "I", "U"

# One step: position moves, rows and jobs appear. A second evaluator, or a repeat after a lost
# answer, finds the position moved and changes nothing.
_COMMIT = """
local position = redis.call('GET', KEYS[1])
if (position or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
local at = 7 + tonumber(ARGV[6])
for i = 7, at - 1 do redis.call('XACK', KEYS[4], ARGV[5], ARGV[i]) end
for i = 5, #KEYS do
    local rows = tonumber(ARGV[at])
    local job = ARGV[at + 1]
    at = at + 2
    if rows > 0 then
        for j = 0, rows - 1 do
            redis.call('HSET', KEYS[i], ARGV[at + 2 * j], ARGV[at + 2 * j + 1])
        end
        redis.call('EXPIRE', KEYS[i], ARGV[4])
    end
    at = at + 2 * rows
    redis.call('XADD', KEYS[2], '*', 'p', job)
    redis.call('LPUSH', KEYS[3], job)
end
redis.call('LTRIM', KEYS[3], 0, tonumber(ARGV[3]) - 1)
return 1
"""


class Job(BaseModel):
    """A transition on its way to its recipients."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    transition: Transition
    detected_at: UtcDatetime


class PositionMovedError(Exception):
    """Another evaluator has gone on from our position."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A job with the rows of its ledger."""

    job: Job
    deliveries: Sequence[Delivery]


class Outbox:
    """Jobs and ledgers in Redis."""

    def __init__(self, redis: Redis, blocking: Redis) -> None:
        self.stream = Stream(redis, blocking, keys.OUTBOX)
        self._redis = redis
        self._commit = redis.register_script(_COMMIT)

    async def position(self) -> str:
        """Stream id up to which events are folded and committed; empty at the very beginning."""
        raw: Any = await self._redis.get(keys.POSITION)
        return raw.decode() if raw else ""

    async def commit(
        self, before: str, read: Sequence[str], planned: Sequence[Planned], group: str = "evaluate"
    ) -> str:
        """Move the position over the events read, acknowledge them, add jobs with their rows.

        All in one step and safe to repeat; gives back the new position.

        Raises `PositionMovedError` if the position is neither `before` nor already `after`.
        """
        after = read[-1]
        names = [keys.POSITION, keys.OUTBOX, keys.RECENT, keys.EVENTS]
        names += [ledger_key(one.job.transition.id) for one in planned]
        argv: list[str | int | bytes] = [
            before,
            after,
            keys.RECENT_KEPT,
            int(keys.LEDGER_KEPT.total_seconds()),
            group,
            len(read),
            *read,
        ]
        for one in planned:
            argv += [len(one.deliveries), one.job.model_dump_json()]
            for delivery in one.deliveries:
                argv += [delivery.chat_id, PENDING if delivery.told else f"N:{delivery.why}"]
        if not await self._commit(keys=names, args=argv) and await self.position() != after:
            raise PositionMovedError(f"expected the position at {before}, found another")
        return after

    async def jobs(self, worker: str, *, wait: timedelta) -> list[Entry]:
        """New jobs for this worker."""
        return await self.stream.read(GROUP, worker, count=50, wait=wait)

    async def ledger(self, transition_id: str) -> dict[int, str]:
        """All rows of a transition: chat id -> state."""
        raw: Any = await self._redis.hgetall(ledger_key(transition_id))
        return {int(chat): state.decode() for chat, state in raw.items()}

    async def message_id(self, transition_id: str, chat_id: int) -> int | None:
        """Telegram's id of one chat's copy, if it was accepted."""
        state: Any = await self._redis.hget(ledger_key(transition_id), str(chat_id))
        return _message_id(state.decode()) if state else None

    async def mark(self, transition_id: str, chat_id: int, state: str) -> None:
        """Set one row."""
        await self._redis.hset(ledger_key(transition_id), str(chat_id), state)

    async def bury(self, transition_id: str, chat_id: int, why: str) -> None:
        """A copy that will never arrive: the row says so and the owner can find it."""
        await self.mark(transition_id, chat_id, f"D:{why[:200]}")
        letter: Any = {"p": f"{transition_id} {chat_id}", "why": why}
        await self._redis.xadd(keys.DEAD_LETTERS, letter, maxlen=1000)

    async def recent(self, count: int) -> list[Job]:
        """The newest jobs, newest first."""
        rows = await self._redis.lrange(keys.RECENT, 0, count - 1)
        return [Job.model_validate_json(row) for row in rows]


def ledger_key(transition_id: str) -> str:
    """Key of a transition's ledger."""
    return keys.LEDGER + transition_id


def accepted(message_id: int | None) -> str:
    """The row of an accepted copy."""
    return f"S:{message_id or 0}"


def is_open(state: str) -> bool:
    """Whether a row still needs a sender."""
    return state in (PENDING, IN_FLIGHT)


def _message_id(state: str) -> int | None:
    return int(state[2:]) or None if state.startswith("S:") else None


def receipt_times(job: Job) -> tuple[datetime | None, datetime, datetime]:
    """Published, first seen and detected."""
    finding = job.transition.finding
    return finding.published_at, finding.observed_at, job.detected_at
