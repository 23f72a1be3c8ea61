"""What people asked for is kept, changed in one step, and moved when a group gets a new id."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from redis.asyncio import Redis

from bot.store import Silence, Store
from rules.base import Severity, Topic

NOW = datetime(2025, 12, 10, 19, 0, tzinfo=UTC)


@pytest.fixture
def store(redis: Redis) -> Store:
    return Store(redis, lambda: NOW)


async def test_a_new_subscriber_hears_everything_in_english(store: Store) -> None:
    subscriber = await store.subscribe(7)

    assert subscriber == await store.subscriber(7)
    assert (subscriber.language, subscriber.time_zone) == ("en", "UTC")
    assert subscriber.topics == frozenset(Topic)
    assert subscriber.min_severity is Severity.INFO
    assert (subscriber.active, subscriber.why_inactive) == (True, None)
    assert subscriber.created_at == NOW


async def test_a_chat_that_never_came_is_none(store: Store) -> None:
    assert await store.subscriber(7) is None
    assert await store.subscribers() == []


async def test_subscribing_again_keeps_the_preferences(store: Store) -> None:
    await store.subscribe(7, language="zh-Hant", min_severity=Severity.WARN)

    again = await store.subscribe(7)

    assert (again.language, again.min_severity) == ("zh-Hant", Severity.WARN)
    assert len(await store.subscribers()) == 1


async def test_an_unknown_preference_is_refused_and_nothing_is_kept(store: Store) -> None:
    with pytest.raises(ValueError, match="loudness"):
        await store.subscribe(7, loudness=11)

    assert await store.subscriber(7) is None


async def test_a_dead_chat_is_switched_off_and_start_revives_it(store: Store) -> None:
    await store.subscribe(7, language="zh-Hant")

    await store.deactivate(7, "403 Forbidden: bot was blocked by the user")
    off = await store.subscriber(7)
    on = await store.subscribe(7)

    assert off is not None
    assert (off.active, off.language) == (False, "zh-Hant")
    assert off.why_inactive == "403 Forbidden: bot was blocked by the user"
    assert (on.active, on.why_inactive, on.language) == (True, None, "zh-Hant")


async def test_the_first_reason_for_switching_off_stays(store: Store) -> None:
    await store.subscribe(7)

    await store.deactivate(7, "stopped by the chat")
    await store.deactivate(7, "403")
    after = await store.subscriber(7)

    assert after is not None
    assert after.why_inactive == "stopped by the chat"


async def test_switching_off_a_chat_that_never_came_creates_nothing(store: Store) -> None:
    await store.deactivate(7, "403")

    assert await store.subscribers() == []


async def test_changes_at_the_same_time_are_all_kept(store: Store) -> None:
    await store.subscribe(7)

    await asyncio.gather(
        store.subscribe(7, language="zh-Hant"),
        store.subscribe(7, min_severity=Severity.ALARM),
        store.subscribe(7, time_zone="Asia/Taipei"),
        *(store.subscribe(chat) for chat in range(100, 110)),
    )
    after = await store.subscriber(7)

    assert after is not None
    assert (after.language, after.min_severity) == ("zh-Hant", Severity.ALARM)
    assert after.time_zone == "Asia/Taipei"
    assert len(await store.subscribers()) == 11


async def test_a_group_that_gets_a_new_id_takes_everything_along(store: Store) -> None:
    await store.subscribe(-5, language="zh-Hant")
    await store.add_silence(Silence.of(-5, "srf_take_up", NOW + timedelta(hours=1)))
    await store.add_silence(Silence.of(7, None, NOW + timedelta(hours=1)))

    await store.migrate(-5, -1005)
    moved = await store.subscriber(-1005)

    assert await store.subscriber(-5) is None
    assert moved is not None
    assert (moved.chat_id, moved.language, moved.active) == (-1005, "zh-Hant", True)
    assert {(s.id, s.chat_id) for s in await store.silences()} == {
        ("-1005:srf_take_up", -1005),
        ("7:*", 7),
    }


async def test_moving_twice_changes_nothing_more(store: Store) -> None:
    await store.subscribe(-5)
    await store.migrate(-5, -1005)
    await store.subscribe(-1005, language="zh-Hant")

    await store.migrate(-5, -1005)
    after = await store.subscriber(-1005)

    assert after is not None
    assert after.language == "zh-Hant"


async def test_what_the_new_group_chose_for_itself_stays(store: Store) -> None:
    await store.subscribe(-5, language="en")
    await store.subscribe(-1005, language="zh-Hant")

    await store.migrate(-5, -1005)

    assert [(s.chat_id, s.language) for s in await store.subscribers()] == [(-1005, "zh-Hant")]


async def test_a_second_silence_of_a_rule_replaces_the_first(store: Store) -> None:
    await store.add_silence(Silence.of(7, "srf_take_up", NOW + timedelta(hours=1)))
    await store.add_silence(Silence.of(7, "srf_take_up", NOW + timedelta(hours=3)))

    assert [s.until - NOW for s in await store.silences()] == [timedelta(hours=3)]


async def test_a_silence_is_over_at_its_time_and_then_dropped(store: Store, redis: Redis) -> None:
    await store.add_silence(Silence.of(7, None, NOW))
    await store.add_silence(Silence.of(8, None, NOW + timedelta(seconds=1)))

    assert [s.chat_id for s in await store.silences()] == [8]
    assert await Store(redis, lambda: NOW + timedelta(days=1)).silences() == []
    assert await store.silences() == []


async def test_a_chat_ends_its_own_silences_only(store: Store) -> None:
    later = NOW + timedelta(hours=1)
    for silence in (Silence.of(7, None, later), Silence.of(7, "x", later)):
        await store.add_silence(silence)
    await store.add_silence(Silence.of(8, None, later))

    ended = await store.end_silences(7)

    assert ended == 2
    assert await store.end_silences(7) == 0
    assert [s.chat_id for s in await store.silences()] == [8]


async def test_a_cursor_comes_back_as_it_was_kept(store: Store) -> None:
    await store.save_cursor("fed_press", b'{"known":["a"]}')

    assert await store.load("fed_press") == b'{"known":["a"]}'
    assert await store.load("tickers") is None
