"""Delivery: every answer of Telegram has its consequence, and no chat waits for another."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from pydantic import SecretStr
from redis.asyncio import Redis

from bot import keys
from bot.chat.bot_api import BotApi
from bot.deliver import Deliverer, NothingCanBeSentError
from bot.demo.exchange import Exchange
from bot.demo.telegram import Failure, Telegram
from bot.demo.world import World
from bot.dispatch import plan
from bot.outbox import IN_FLIGHT, Job, Outbox, Planned
from bot.pacing import Pacing
from bot.store import Store
from rules.alerts import Reason, Transition
from rules.base import Finding, Severity, Topic
from tests.fakes.facts import utc
from tests.fakes.oracle import check

TOKEN = "123456789:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr"
NOW = utc("2025-10-31 18:00")
ADA, BEN = 4242, 777


def transition(number: int = 1, severity: Severity = Severity.ALARM) -> Transition:
    finding = Finding(
        rule="srf_take_up",
        key="srf_take_up:2025-10-31",
        topic=Topic.FUNDING,
        severity=severity,
        message="monetary_release",
        values={"title": f"Take-up {number}", "category": "x"},
        evidence=("e",),
        observed_at=NOW,
    )
    reason = Reason.FIRST if number == 1 else Reason.ESCALATED
    return Transition(id=f"{finding.key}#{number}", reason=reason, finding=finding, at=NOW)


class Bench:
    """A deliverer between a real store and the loopback Bot API."""

    def __init__(self, redis: Redis, blocking: Redis, world: World, token: str) -> None:
        self.world = world
        self.store = Store(redis, lambda: NOW)
        self.outbox = Outbox(redis, blocking)
        self.redis = redis
        self._token = token
        self._position = ""

    async def enqueue(self, *transitions: Transition) -> None:
        people, silences = await self.store.audience()
        planned = [
            Planned(Job(transition=one, detected_at=NOW), plan(one, people, silences, NOW))
            for one in transitions
        ]
        number = int(self._position.partition("-")[0] or 0) + 1
        self._position = await self.outbox.commit(self._position, [f"{number}-0"], planned)

    @asynccontextmanager
    async def delivering(self) -> AsyncIterator[asyncio.Task[None]]:
        async with aiohttp.ClientSession() as session:
            api = BotApi(session, f"{self.world.url}/api.telegram.org", SecretStr(self._token))
            pacing = Pacing(time.monotonic, gaps=False)
            deliverer = Deliverer(self.outbox, self.store, api, pacing, lambda: NOW)
            task = asyncio.create_task(deliverer.run())
            yield task
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def row(self, chat_id: int, number: int = 1) -> str:
        return (await self.outbox.ledger(f"srf_take_up:2025-10-31#{number}"))[chat_id]

    async def until(self, chat_id: int, *starts: str, number: int = 1) -> str:
        async with asyncio.timeout(10):
            while not (state := await self.row(chat_id, number)).startswith(starts):
                await asyncio.sleep(0.01)
        return state

    def received(self, chat_id: int) -> list[str]:
        return [sent.text for sent in self.world.telegram.sent if sent.chat_id == chat_id]


@pytest.fixture
async def bench(redis: Redis, blocking: Redis) -> AsyncIterator[Bench]:
    async with World(
        lambda: NOW, Telegram(TOKEN, check), Exchange(lambda _s, _m: None, lambda: NOW)
    ) as world:
        bench = Bench(redis, blocking, world, TOKEN)
        await bench.store.subscribe(ADA)
        await bench.store.subscribe(BEN)
        yield bench


async def test_a_copy_is_marked_only_with_telegrams_message_id(bench: Bench) -> None:
    await bench.enqueue(transition())

    async with bench.delivering():
        state = await bench.until(ADA, "S:")

    assert int(state[2:]) in [sent.message_id for sent in bench.world.telegram.sent]


@pytest.mark.parametrize(
    ("failure", "copies", "final"),
    [
        pytest.param(Failure(429, "Too Many Requests", {"retry_after": 0.1}), 1, "S:", id="429"),
        pytest.param(
            Failure(400, "Bad Request: can't parse entities: x"), 1, "S:", id="plain once"
        ),
        pytest.param(Failure(502, body=b"<html>", accepted=True), 2, "S:", id="lost answer"),
        pytest.param(Failure(200, body=b"{}", accepted=True), 2, "S:", id="odd answer"),
        pytest.param(Failure(403, "Forbidden: bot was blocked by the user"), 0, "D:", id="blocked"),
        pytest.param(Failure(400, "Bad Request: chat not found"), 0, "D:", id="gone"),
    ],
)
async def test_answers(bench: Bench, failure: Failure, copies: int, final: str) -> None:
    bench.world.telegram.fail(ADA, failure)
    await bench.enqueue(transition())

    async with bench.delivering():
        await bench.until(ADA, final)
        await bench.until(BEN, "S:")

    received = bench.received(ADA)
    assert len(received) == copies
    assert [text for text in received[1:] if "Possible repeat" not in text] == []


async def test_a_chat_that_blocked_the_bot_is_switched_off(bench: Bench) -> None:
    bench.world.telegram.blocked.add(ADA)
    await bench.enqueue(transition())

    async with bench.delivering():
        await bench.until(ADA, "D:")

    person = await bench.store.subscriber(ADA)
    assert person is not None
    assert not person.active


async def test_a_group_that_moved_is_followed(bench: Bench) -> None:
    moved = Failure(400, "Bad Request: group chat was upgraded", {"migrate_to_chat_id": -100999})
    bench.world.telegram.fail(ADA, moved)
    await bench.enqueue(transition())

    async with bench.delivering():
        await bench.until(ADA, "D:migrated")
        async with asyncio.timeout(5):
            while not bench.received(-100999):
                await bench.world.telegram.arrived.wait()
                await asyncio.sleep(0.01)

    assert await bench.store.subscriber(ADA) is None
    assert len(bench.received(-100999)) == 1


async def test_a_paused_chat_delays_nobody(bench: Bench) -> None:
    bench.world.telegram.fail(ADA, Failure(429, "Too Many Requests", {"retry_after": 30}))
    await bench.enqueue(transition())

    async with bench.delivering():
        started = time.monotonic()
        await bench.until(BEN, "S:")

        assert time.monotonic() - started < 5
        async with asyncio.timeout(5):
            while bench.world.telegram.failures.get(ADA) or await bench.row(ADA) != "P":
                await asyncio.sleep(0.01)
        assert bench.received(ADA) == []


async def test_messages_of_a_chat_keep_their_order(bench: Bench) -> None:
    bench.world.telegram.fail(ADA, Failure(429, "Too Many Requests", {"retry_after": 0.2}))
    await bench.enqueue(transition(1), transition(2), transition(3))

    async with bench.delivering():
        await bench.until(ADA, "S:", number=3)

    titles = bench.received(ADA)
    assert [f"Take-up {n}" in titles[n - 1] for n in (1, 2, 3)] == [True, True, True]


async def test_what_a_crash_left_in_flight_is_sent_with_a_label(bench: Bench) -> None:
    await bench.enqueue(transition())
    await bench.outbox.mark("srf_take_up:2025-10-31#1", ADA, IN_FLIGHT)

    async with bench.delivering():
        await bench.until(ADA, "S:")

    assert "Possible repeat" in bench.received(ADA)[0]
    assert "Possible repeat" not in bench.received(BEN)[0]


async def test_chatter_in_flight_is_skipped_rather_than_repeated(bench: Bench) -> None:
    await bench.enqueue(transition(severity=Severity.INFO))
    await bench.outbox.mark("srf_take_up:2025-10-31#1", ADA, IN_FLIGHT)

    async with bench.delivering():
        await bench.until(ADA, "U")

    assert bench.received(ADA) == []


async def test_what_has_left_is_written_down_even_while_the_bot_ends(bench: Bench) -> None:
    await bench.enqueue(transition())

    async with bench.delivering() as task:
        async with asyncio.timeout(5):
            while not bench.world.telegram.sent:
                await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    told = {sent.chat_id for sent in bench.world.telegram.sent}
    rows = await bench.outbox.ledger("srf_take_up:2025-10-31#1")
    assert {chat for chat, state in rows.items() if state.startswith("S:")} == told
    assert IN_FLIGHT not in rows.values()


async def test_a_refused_token_stops_everything_and_keeps_the_outbox(
    redis: Redis, blocking: Redis, bench: Bench
) -> None:
    other = Bench(redis, blocking, bench.world, "987654321:" + "z" * 35)
    await bench.enqueue(transition())

    async with other.delivering() as task:
        with pytest.raises(BaseExceptionGroup) as caught:
            await asyncio.wait_for(task, 5)

    assert caught.group_contains(NothingCanBeSentError, match="telegram.token")
    assert "P" in {await bench.row(ADA), await bench.row(BEN)}
    assert await redis.xlen(keys.OUTBOX) == 1
