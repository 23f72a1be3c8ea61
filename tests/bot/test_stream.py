"""The stream as a queue: nothing unread is dropped, nothing read is lost."""

from datetime import timedelta
from typing import Any

import pytest
from redis.asyncio import Redis

from bot.stream import Stream, position

SOON = timedelta(milliseconds=50)


@pytest.fixture
def stream(redis: Redis, blocking: Redis) -> Stream:
    return Stream(redis, blocking, "{fedpivot}:test")


async def fill(redis: Redis, count: int) -> list[str]:
    added: list[Any] = [
        await redis.xadd("{fedpivot}:test", {"p": str(number)}) for number in range(count)
    ]
    return [id_.decode() for id_ in added]


async def test_a_new_group_sees_what_was_there_before_it(stream: Stream, redis: Redis) -> None:
    await fill(redis, 3)

    await stream.join("g")

    assert [e.payload for e in await stream.read("g", "a", wait=SOON)] == [b"0", b"1", b"2"]


async def test_what_is_not_acknowledged_comes_back(stream: Stream, redis: Redis) -> None:
    await fill(redis, 2)
    await stream.join("g")
    first, second = await stream.read("g", "a", wait=SOON)

    await stream.acknowledge("g", [first.id])

    assert await stream.unfinished("g", "a") == [second]


async def test_what_another_consumer_left_lying_is_taken_over(
    stream: Stream, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.stream.RECLAIM_AFTER", timedelta(0))
    await fill(redis, 2)
    await stream.join("g")
    left = await stream.read("g", "gone", wait=SOON)

    taken = await stream.reclaim("g", "here")

    assert taken == 2
    assert await stream.unfinished("g", "here") == left
    assert await stream.unfinished("g", "gone") == []


async def test_a_group_that_vanished_is_made_again(stream: Stream, redis: Redis) -> None:
    await stream.join("g")
    await redis.flushdb()
    await fill(redis, 1)

    assert await stream.read("g", "a", wait=SOON) == []
    assert len(await stream.read("g", "a", wait=SOON)) == 1


async def test_trimming_keeps_what_any_group_has_not_finished(stream: Stream, redis: Redis) -> None:
    ids = await fill(redis, 10)
    await stream.join("fast")
    await stream.join("slow")
    done = await stream.read("fast", "a", wait=SOON)
    await stream.acknowledge("fast", [entry.id for entry in done])
    half = await stream.read("slow", "a", count=5, wait=SOON)
    await stream.acknowledge("slow", [entry.id for entry in half[:3]])

    await stream.trim()

    left: Any = await redis.xrange("{fedpivot}:test")
    assert [id_.decode() for id_, _ in left] == ids[3:]


async def test_trimming_keeps_what_the_snapshot_needs(stream: Stream, redis: Redis) -> None:
    ids = await fill(redis, 4)
    await stream.join("g")
    done = await stream.read("g", "a", wait=SOON)
    await stream.acknowledge("g", [entry.id for entry in done])

    await stream.trim(keep_from=ids[1])

    assert await redis.xlen("{fedpivot}:test") == 3


async def test_between_is_open_at_the_start_and_closed_at_the_end(
    stream: Stream, redis: Redis
) -> None:
    ids = await fill(redis, 4)

    found = await stream.between(ids[0], ids[2])

    assert [entry.id for entry in found] == ids[1:3]


def test_ids_sort_as_the_stream_does() -> None:
    assert position("9-10") > position("9-9") > position("8-99")
