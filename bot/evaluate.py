"""Events from the bus through the engine into the outbox: one position, one atomic step a batch.

A restart loads the last snapshot, folds the events between it and the committed position without
telling anybody (they were told), and goes on from there. That is the same fold as live and replay.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
import structlog
from redis.asyncio import Redis

from bot import keys
from bot.bus import Bus
from bot.dispatch import plan
from bot.outbox import Job, Outbox, Planned
from bot.store import Store
from bot.stream import Entry
from rules.alerts import Transition
from rules.base import Rule
from rules.engine import Engine, SnapshotError
from rules.events import ClockTick

log = structlog.get_logger(__name__)

GROUP = "evaluate"
WORKER = "evaluator"
SNAPSHOT_EVERY = 500
WAIT = timedelta(seconds=2)


class Evaluator:
    """The one that folds. `engine` is its present state, for /status."""

    def __init__(
        self,
        rules: Sequence[Rule],
        redis: Redis,
        bus: Bus,
        outbox: Outbox,
        store: Store,
        clock: Callable[[], datetime],
    ) -> None:
        self.engine = Engine(rules)
        self._rules = rules
        self._redis = redis
        self._bus = bus
        self._outbox = outbox
        self._store = store
        self._clock = clock
        self._position = ""
        self._since_snapshot = 0
        self._ahead = False
        self.read_at: datetime | None = None

    async def start(self) -> None:
        """Come back to the committed state."""
        self._position = await self._outbox.position()
        at = await self._load_snapshot()
        await self._bus.stream.join(GROUP, self._position or "0")
        folded = 0
        while at != self._position:
            entries = await self._bus.stream.between(at or "0", self._position)
            if not entries:
                break
            for _, event in await self._bus.events(entries):
                self.engine.feed(event)
            folded, at = folded + len(entries), entries[-1].id
        log.info("state restored", position=self._position, folded=folded)

    async def run(self) -> None:
        """Fold what comes, for ever."""
        await self._fold(await self._bus.stream.unfinished(GROUP, WORKER))
        while True:
            entries = await self._bus.stream.read(GROUP, WORKER, wait=WAIT)
            self.read_at = self._clock()
            await self._fold(entries)

    async def tick(self) -> None:
        """Tell the engine, through the stream, that time has passed."""
        now = self._clock().replace(second=0, microsecond=0)
        uid = f"clock:{now.isoformat()}"
        await self._bus.publish([ClockTick(uid=uid, source="clock", observed_at=now)])

    async def _fold(self, entries: Sequence[Entry]) -> None:
        """Feed entries and commit what follows from them."""
        if not entries:
            return
        planned: list[Planned] = []
        self._ahead = True
        for _, event in await self._bus.events(entries):
            planned += await self._plan(self.engine.feed(event))
        read = [entry.id for entry in entries]
        self._position = await self._outbox.commit(self._position, read, planned, GROUP)
        self._ahead = False
        self._since_snapshot += len(entries)
        if self._since_snapshot >= SNAPSHOT_EVERY:
            await self.snapshot()

    async def _plan(self, transitions: Sequence[Transition]) -> list[Planned]:
        loud = [transition for transition in transitions if not transition.quiet]
        if not loud:
            return []
        now = self._clock()
        people, silences = await self._store.audience()
        return [
            Planned(Job(transition=one, detected_at=now), plan(one, people, silences, now))
            for one in loud
        ]

    async def snapshot(self) -> None:
        """Write the state, so that a restart is short, and drop events nobody needs again.

        A state that is ahead of its position knows of alerts that were not committed: it is not
        written, and the next start folds those events again, from the last snapshot.
        """
        if self._ahead:
            log.warning("state not written: events are folded that are not committed")
            return
        body = orjson.dumps({"position": self._position, "state": self.engine.snapshot()})
        await self._redis.set(keys.SNAPSHOT, body)
        self._since_snapshot = 0
        if self._position:
            await self._bus.stream.trim(keep_from=self._position)

    async def _load_snapshot(self) -> str:
        raw = await self._redis.get(keys.SNAPSHOT)
        if raw is None:
            return ""
        try:
            saved: dict[str, Any] = orjson.loads(raw)
            self.engine = Engine.restore(self._rules, saved["state"])
        except (SnapshotError, KeyError, ValueError) as error:
            log.warning("snapshot cannot be used, folding all events", problem=str(error))
            return ""
        return str(saved["position"])
