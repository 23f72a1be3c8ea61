"""The evaluator: one position, one step, the same state after any restart."""

import asyncio
from datetime import date
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from bot import keys
from bot.bus import Bus
from bot.evaluate import Evaluator
from bot.outbox import PENDING, Outbox, PositionMovedError
from bot.store import Silence, Store, Subscriber
from rules.base import Severity, Topic
from rules.events import Event
from rules.registry import RULES
from tests.fakes.facts import CUT_OCTOBER, CUT_SEPTEMBER, srf, statement, utc

NOW = utc("2025-10-31 18:00")
DAY = date(2025, 10, 31)
EVENTS: list[Event] = [
    statement(date(2025, 9, 17), CUT_SEPTEMBER, baseline=True),
    statement(date(2025, 10, 29), CUT_OCTOBER),
    srf(DAY, 1, "20.35"),
    srf(DAY, 3, "30.0"),
]


class Bench:
    """The evaluator on a real store."""

    def __init__(self, redis: Redis, blocking: Redis) -> None:
        self.redis = redis
        self.store = Store(redis, lambda: NOW)
        self.bus = Bus(redis, blocking)
        self.outbox = Outbox(redis, blocking)
        self.rules = [kind() for kind in RULES.values()]

    def evaluator(self) -> Evaluator:
        return Evaluator(self.rules, self.redis, self.bus, self.outbox, self.store, lambda: NOW)

    async def run(self, evaluator: Evaluator, until: int) -> None:
        """Let it fold until so many jobs are in the outbox."""
        await evaluator.start()
        task = asyncio.create_task(evaluator.run())
        async with asyncio.timeout(10):
            while await self.redis.xlen(keys.OUTBOX) < until or await self.behind():
                await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def behind(self) -> bool:
        newest: Any = await self.redis.xrevrange(keys.EVENTS, count=1)
        return bool(await self.outbox.position() != newest[0][0].decode())


@pytest.fixture
async def bench(redis: Redis, blocking: Redis) -> Bench:
    bench = Bench(redis, blocking)
    await bench.store.subscribe(7)
    return bench


async def test_alerts_and_their_rows_are_written_together(bench: Bench) -> None:
    await bench.bus.publish(EVENTS)

    await bench.run(bench.evaluator(), until=4)

    jobs = await bench.outbox.recent(10)
    assert [job.transition.id for job in reversed(jobs)] == [
        "rate_decision:2025-10-29#1",
        "balance_sheet_policy:2025-10-29#1",
        "srf_take_up:2025-10-31#1",
        "srf_take_up:2025-10-31#2",
    ]
    assert await bench.outbox.ledger("rate_decision:2025-10-29#1") == {7: PENDING}


async def test_a_restart_tells_nothing_twice_and_forgets_nothing(bench: Bench) -> None:
    await bench.bus.publish(EVENTS[:3])
    await bench.run(bench.evaluator(), until=3)
    await bench.bus.publish(EVENTS[3:])

    again = bench.evaluator()
    await bench.run(again, until=4)

    assert await bench.redis.xlen(keys.OUTBOX) == 4
    assert len(again.engine.regime.papers) == 2


async def test_a_snapshot_shortens_the_restart_and_trims_the_stream(bench: Bench) -> None:
    await bench.bus.publish(EVENTS)
    first = bench.evaluator()
    await bench.run(first, until=4)

    await first.snapshot()
    again = bench.evaluator()
    await again.start()

    assert await bench.redis.xlen(keys.EVENTS) == 1
    assert again.engine.snapshot() == first.engine.snapshot()


async def test_an_alert_whose_commit_failed_is_told_after_the_restart(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bench.bus.publish([srf(DAY, 1, "20.35")])
    first = bench.evaluator()
    await first.start()
    with monkeypatch.context() as broken:
        broken.setattr(bench.outbox, "commit", _lost_connection)
        with pytest.raises(RedisConnectionError):
            await first.run()

    await first.snapshot()
    await bench.run(bench.evaluator(), until=1)

    assert await bench.outbox.ledger("srf_take_up:2025-10-31#1") == {7: PENDING}


async def _lost_connection(*_: object) -> str:
    raise RedisConnectionError("the store went away")


async def test_a_second_evaluator_writes_nothing(bench: Bench) -> None:
    await bench.bus.publish(EVENTS)
    await bench.run(bench.evaluator(), until=4)

    with pytest.raises(PositionMovedError):
        await bench.outbox.commit("1-1", ["9-9"], [])


async def test_a_commit_repeated_after_a_lost_answer_is_the_same(bench: Bench) -> None:
    await bench.outbox.commit("", ["5-0"], [])

    await bench.outbox.commit("", ["5-0"], [])

    assert await bench.outbox.position() == "5-0"


@pytest.mark.parametrize(
    ("subscriber", "silence", "row"),
    [
        pytest.param({}, None, PENDING, id="told by default"),
        pytest.param({"topics": [Topic.CRYPTO]}, None, "N:topic", id="another topic"),
        pytest.param({"min_severity": Severity.ALARM}, None, "N:severity", id="below severity"),
        pytest.param({}, "srf_take_up", "N:silenced", id="this rule silenced"),
        pytest.param({}, "rate_decision", PENDING, id="another rule silenced"),
    ],
)
async def test_every_subscriber_has_a_row_with_its_reason(
    bench: Bench, subscriber: dict[str, object], silence: str | None, row: str
) -> None:
    person = await bench.store.subscribe(7, **subscriber)
    assert isinstance(person, Subscriber)
    if silence:
        until = utc("2025-11-30 00:00")
        await bench.store.add_silence(Silence(id="s", chat_id=7, rule=silence, until=until))
    await bench.bus.publish([srf(DAY, 1, "20.35")])

    await bench.run(bench.evaluator(), until=1)

    assert await bench.outbox.ledger("srf_take_up:2025-10-31#1") == {7: row}
