"""Health by freshness, asked over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.health import Health, Part, Progress

START = datetime(2025, 10, 29, 18, 0, tzinfo=UTC)
LIMIT = timedelta(seconds=90)
Page = TestClient[web.Request, web.Application]


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def progress(clock: Clock) -> Progress:
    return Progress(clock)


@pytest.fixture
async def page(progress: Progress, clock: Clock) -> AsyncIterator[Page]:
    """The page with two parts that may each go 90 seconds without progress."""
    limits = {"fed_press": LIMIT, "store": LIMIT}
    health = Health(lambda: progress.parts(limits), clock)
    async with TestClient(TestServer(health.app())) as client:
        yield client


async def answer(page: Page) -> tuple[int, dict[str, dict[str, object]]]:
    async with page.get("/healthz") as response:
        body = await response.json()
        return response.status, body["parts"]


async def test_it_is_well_while_every_part_is_fresh(
    page: Page,
    progress: Progress,
    clock: Clock,
) -> None:
    progress.mark("fed_press")
    clock.forward(30)
    progress.mark("store")
    clock.forward(60)

    status, parts = await answer(page)

    assert status == 200
    assert parts == {
        "fed_press": {"ok": True, "age_s": 90.0, "limit_s": 90.0},
        "store": {"ok": True, "age_s": 60.0, "limit_s": 90.0},
    }


async def test_one_part_without_progress_is_named_and_nothing_is_well(
    page: Page,
    progress: Progress,
    clock: Clock,
) -> None:
    progress.mark("fed_press")
    clock.forward(91)
    progress.mark("store")

    status, parts = await answer(page)

    assert status == 503
    assert [name for name, part in parts.items() if not part["ok"]] == ["fed_press"]


async def test_a_part_that_never_got_on_is_not_well(
    page: Page,
    progress: Progress,
) -> None:
    progress.mark("store")

    status, parts = await answer(page)

    assert status == 503
    assert parts["fed_press"] == {"ok": False, "age_s": None, "limit_s": 90.0}


async def test_it_is_well_again_as_soon_as_the_part_gets_on(
    page: Page,
    progress: Progress,
    clock: Clock,
) -> None:
    progress.mark("store")
    progress.mark("fed_press")
    clock.forward(500)
    before, _ = await answer(page)

    progress.mark("store")
    progress.mark("fed_press")
    after, _ = await answer(page)

    assert (before, after) == (503, 200)


async def test_metrics_have_each_parts_age_and_the_process(
    page: Page,
    progress: Progress,
    clock: Clock,
) -> None:
    progress.mark("fed_press")
    clock.forward(12)

    async with page.get("/metrics") as response:
        text = await response.text()

    assert 'fedpivot_part_age_seconds{part="fed_press"} 12.0' in text
    assert 'part="store"' not in text
    assert "python_info" in text


async def test_the_pulse_marks_the_loop_at_once(progress: Progress, clock: Clock) -> None:
    task = asyncio.create_task(progress.pulse("loop"))
    await asyncio.sleep(0)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task

    assert progress.parts({"loop": LIMIT}) == [Part("loop", START, LIMIT)]


async def test_another_page_is_not_there(page: Page) -> None:
    async with page.get("/") as response:
        assert response.status == 404
