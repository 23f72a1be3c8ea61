"""The bus: once per uid, and what cannot be read is put aside."""

from datetime import date, timedelta

from redis.asyncio import Redis

from bot import keys
from bot.bus import Bus
from tests.fakes.facts import srf

DAY = date(2025, 10, 31)
SOON = timedelta(milliseconds=50)


async def test_a_second_sighting_is_a_no_op(redis: Redis, blocking: Redis) -> None:
    bus = Bus(redis, blocking)

    first = await bus.publish([srf(DAY, 1, "20.35")])
    second = await bus.publish([srf(DAY, 1, "20.35"), srf(DAY, 3, "30.0")])

    assert (first, second) == (1, 1)
    assert await redis.xlen(keys.EVENTS) == 2


async def test_what_is_published_is_what_is_read(redis: Redis, blocking: Redis) -> None:
    bus = Bus(redis, blocking)
    await bus.publish([srf(DAY, 1, "20.35")])
    await bus.stream.join("g")

    entries = await bus.stream.read("g", "a", wait=SOON)

    assert [event for _, event in await bus.events(entries)] == [srf(DAY, 1, "20.35")]


async def test_an_unreadable_entry_goes_to_the_dead_letters(redis: Redis, blocking: Redis) -> None:
    bus = Bus(redis, blocking)
    await redis.xadd(keys.EVENTS, {"p": b'{"kind":"unheard"}'})
    await bus.publish([srf(DAY, 1, "20.35")])
    await bus.stream.join("g")

    events = await bus.events(await bus.stream.read("g", "a", wait=SOON))

    assert len(events) == 1
    assert await redis.xlen(keys.DEAD_LETTERS) == 1


async def test_a_uid_is_remembered_for_longer_than_any_cache(redis: Redis, blocking: Redis) -> None:
    await Bus(redis, blocking).publish([srf(DAY, 1, "20.35")])

    lifetime = await redis.ttl(keys.SEEN + srf(DAY, 1, "20.35").uid)

    assert lifetime > timedelta(days=400).total_seconds()
