"""The loop: a first look floods nobody, a failure is said once, nothing is lost."""

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, ClassVar

import aiohttp
import pytest

from rules.events import ClockTick, Event, Health, SourceState
from watchers.base import Ask, Link, Page, SourceChangedError, SourceUnavailableError, Watcher
from watchers.fetch import Fetch, Fetching
from watchers.poll import Poller

NOW = datetime(2025, 10, 29, 18, 0, tzinfo=UTC)
LINK = Link("https://www.federalreserve.gov/x")


class Ages(Watcher):
    """A source whose page lists the ages of its facts in minutes."""

    name: ClassVar[str] = "ages"

    def parse(self, page: Page) -> Iterator[Event]:
        for age in page.body.decode().split():
            published = page.observed_at - timedelta(minutes=int(age))
            yield ClockTick(
                uid=f"age:{age}",
                source="ages",
                observed_at=page.observed_at,
                published_at=published,
            )


class Script(Ages):
    """Plays answers one after the other."""

    answers: list[Any]

    async def look(self, ask: Ask, now: datetime) -> AsyncIterator[Page]:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        yield Page(LINK, answer, now)


class Memory:
    """Cursors in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    async def load(self, name: str) -> bytes | None:
        return self.kept.get(name)

    async def save_cursor(self, name: str, cursor: bytes) -> None:
        self.kept[name] = cursor


class Bench:
    """A poller and what it published."""

    def __init__(self, *answers: bytes | Exception, memory: Memory | None = None) -> None:
        self.published: list[Event] = []
        self.memory = memory or Memory()
        self.down = False
        self._script = Script.model_construct(answers=list(answers), every=timedelta(minutes=1))

    async def publish(self, events: Sequence[Event]) -> None:
        if self.down:
            raise OSError("store is down")
        self.published += events

    async def looks(self, count: int) -> list[timedelta]:
        async with aiohttp.ClientSession() as session:
            fetch = Fetch(session, Fetching(), lambda: NOW)
            poller = Poller(self._script, fetch, self.publish, self.memory, lambda: NOW, Random(1))
            await poller._remember()
            return [await poller.once() for _ in range(count)]

    def news(self) -> list[str]:
        return [e.uid for e in self.published if isinstance(e, ClockTick) and not e.baseline]

    def states(self) -> list[Health]:
        return [e.state for e in self.published if isinstance(e, SourceState)]


async def test_a_first_look_at_fifty_old_items_tells_nothing() -> None:
    bench = Bench(" ".join(str(60 * i) for i in range(1, 51)).encode())

    await bench.looks(1)

    assert len(bench.published) == 50
    assert bench.news() == []


async def test_a_release_of_the_last_half_hour_is_news_even_on_the_first_look() -> None:
    bench = Bench(b"10 300")

    await bench.looks(1)

    assert bench.news() == ["age:10"]


async def test_later_only_what_is_older_than_two_days_is_old() -> None:
    bench = Bench(b"10", b"10 600 4000")

    await bench.looks(2)

    assert bench.news() == ["age:10", "age:600"]


async def test_what_was_published_is_not_published_again() -> None:
    memory = Memory()
    await Bench(b"10 20", memory=memory).looks(1)
    again = Bench(b"10 20 5", memory=memory)

    await again.looks(1)

    assert [event.uid for event in again.published] == ["age:5"]


async def test_a_failure_is_said_once_and_its_end_once() -> None:
    down = SourceUnavailableError("ages", "expected HTTP 200, found 503")
    bench = Bench(b"10", down, down, down, b"5")

    await bench.looks(5)

    assert bench.states() == [Health.FAILING, Health.OK]
    assert bench.news() == ["age:10", "age:5"]


async def test_a_changed_source_is_another_state() -> None:
    bench = Bench(b"10", SourceChangedError("ages", "expected items, found none"))

    await bench.looks(2)

    assert bench.states() == [Health.CHANGED]


async def test_waits_grow_while_it_fails_and_respect_the_sources_wish() -> None:
    down = SourceUnavailableError("ages", "503")
    asked = SourceUnavailableError("ages", "429", retry_after=timedelta(minutes=30))
    bench = Bench(down, down, down, asked, b"1")

    waits = await bench.looks(5)

    assert waits[0] < waits[1] < waits[2] < timedelta(minutes=11)
    assert waits[3] == timedelta(minutes=30)
    assert waits[4] < timedelta(minutes=2)


async def test_what_could_not_be_published_comes_with_the_next_look() -> None:
    bench = Bench(b"10", b"10")
    bench.down = True
    await bench.looks(1)
    bench.down = False

    await bench.looks(1)

    assert bench.news() == ["age:10"]


async def test_a_value_the_vocabulary_refuses_is_a_changed_source() -> None:
    class Naive(Script):
        """Yields a fact with a naive time."""

        def parse(self, page: Page) -> Iterator[Event]:
            yield ClockTick(uid="x", source="x", observed_at=NOW.replace(tzinfo=None))

    bench = Bench()
    bench._script = Naive.model_construct(answers=[b"-"], every=timedelta(minutes=1))

    await bench.looks(1)

    assert bench.states() == [Health.CHANGED]


@pytest.mark.parametrize("error", [ValueError("odd"), KeyError("x"), RuntimeError()])
async def test_nothing_escapes_the_loop(error: Exception) -> None:
    bench = Bench(error, b"5")

    await bench.looks(2)

    assert bench.states() == [Health.FAILING, Health.OK]


class Part(Script):
    """A page whose last fact is odd."""

    def parse(self, page: Page) -> Iterator[Event]:
        yield from super().parse(page)
        raise SourceChangedError("ages", "expected an age, found a word")


async def test_what_can_be_read_beside_an_odd_fact_is_told_once_and_without_delay() -> None:
    bench = Bench()
    bench._script = Part.model_construct(answers=[b"10", b"10 5"], every=timedelta(minutes=1))

    waits = await bench.looks(2)

    assert bench.news() == ["age:10", "age:5"]
    assert bench.states() == [Health.CHANGED]
    assert max(waits) < timedelta(minutes=2)


async def test_a_failure_before_a_restart_ends_after_it() -> None:
    memory = Memory()
    before = Bench(SourceUnavailableError("ages", "503"), memory=memory)
    await before.looks(1)
    after = Bench(b"5", memory=memory)

    await after.looks(1)

    assert before.states() == [Health.FAILING]
    assert after.states() == [Health.OK]


@pytest.mark.parametrize("raw", [b"{", b"\xff", b'{"unknown": 1}'], ids=["cut", "noise", "other"])
async def test_an_unreadable_cursor_loses_no_news(raw: bytes) -> None:
    memory = Memory()
    memory.kept["ages"] = raw
    bench = Bench(b"100 4000", memory=memory)

    await bench.looks(1)

    assert bench.news() == ["age:100"]


class Shut(Memory):
    """A store that cannot be read at first."""

    shut = True

    async def load(self, name: str) -> bytes | None:
        if self.shut:
            self.shut = False
            raise ConnectionError("store is down")
        return await super().load(name)


async def test_a_cursor_that_cannot_be_loaded_yet_is_not_overwritten() -> None:
    memory = Memory()
    await Bench(b"10", memory=memory).looks(1)
    shut = Shut()
    shut.kept = memory.kept
    bench = Bench(b"10 5", memory=shut)
    async with aiohttp.ClientSession() as session:
        fetch = Fetch(session, Fetching(), lambda: NOW)
        poller = Poller(bench._script, fetch, bench.publish, shut, lambda: NOW, Random(1))

        await poller.once()
        await poller.once()

    assert bench.news() == ["age:5"]
    assert bench.states() == [Health.FAILING, Health.OK]
