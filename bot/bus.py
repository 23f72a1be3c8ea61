"""The event bus: publish once per uid, read by group, acknowledge, reclaim."""

from collections.abc import Sequence
from datetime import timedelta

import structlog
from pydantic import ValidationError
from redis.asyncio import Redis

from bot import keys
from bot.stream import Entry, Stream
from rules.events import Bar, ClockTick, Event, SourceState, from_json, to_json

log = structlog.get_logger(__name__)

# A fact may turn up again for as long as its source or a cache in between can repeat it.
SEEN_FOR: dict[type, timedelta] = {
    Bar: timedelta(days=2),
    ClockTick: timedelta(hours=1),
    SourceState: timedelta(days=7),
}
SEEN_FOR_ELSE = timedelta(days=800)

# Marking a uid as seen and adding the event is one step: between two steps a crash would lose it.
_PUBLISH = """
local added = 0
for i = 2, #KEYS do
    if redis.call('SET', KEYS[i], '1', 'NX', 'EX', ARGV[2 * i - 3]) then
        redis.call('XADD', KEYS[1], '*', 'p', ARGV[2 * i - 2])
        added = added + 1
    end
end
return added
"""


class Bus:
    """The stream of events."""

    def __init__(self, redis: Redis, blocking: Redis) -> None:
        self.stream = Stream(redis, blocking, keys.EVENTS)
        self._redis = redis
        self._publish = redis.register_script(_PUBLISH)

    async def publish(self, events: Sequence[Event]) -> int:
        """Add the events whose uid was never seen; how many that were. Safe to repeat."""
        if not events:
            return 0
        seen = [keys.SEEN + event.uid for event in events]
        argv: list[bytes | int] = []
        for event in events:
            lifetime = SEEN_FOR.get(type(event), SEEN_FOR_ELSE)
            argv += [int(lifetime.total_seconds()), to_json(event)]
        return int(await self._publish(keys=[keys.EVENTS, *seen], args=argv))

    async def events(self, entries: Sequence[Entry]) -> list[tuple[str, Event]]:
        """Decode entries; what cannot be read goes to the dead letters, not back into the queue."""
        decoded: list[tuple[str, Event]] = []
        for entry in entries:
            try:
                decoded.append((entry.id, from_json(entry.payload)))
            except ValidationError as error:
                log.error("event cannot be read", id=entry.id, problem=str(error))  # noqa: TRY400
                await self._redis.xadd(
                    keys.DEAD_LETTERS, {"p": entry.payload, "why": str(error)}, maxlen=1000
                )
        return decoded
