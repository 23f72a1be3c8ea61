"""The world answers as the Fed's content network and the Markets API do."""

import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

import pytest
from aiohttp import ClientPayloadError, ClientResponse, ClientSession

from bot.demo.world import World, answers
from tests.fakes.faults import drip, oversized, truncated

FEED = "https://www.federalreserve.gov/feeds/press_monetary.xml"
RESULTS = "https://markets.newyorkfed.org/api/rp/all/all/results/lastTwoWeeks.json"

Get = Callable[..., Awaitable[ClientResponse]]


@pytest.fixture
def get(world: World, session: ClientSession) -> Get:
    async def ask(url: str, headers: Mapping[str, str] | None = None) -> ClientResponse:
        address = f"{world.url}/{url.removeprefix('https://')}"
        return await session.get(address, headers=headers)

    return ask


async def test_a_page_is_served_as_it_was_put(world: World, get: Get) -> None:
    world.put(FEED, b"\xef\xbb\xbf<rss/>", "text/xml")

    answer = await get(FEED)

    assert await answer.read() == b"\xef\xbb\xbf<rss/>"
    assert answer.headers["Content-Type"] == "text/xml"


async def test_the_fed_sends_validators_and_the_desk_none(world: World, get: Get) -> None:
    world.put(FEED, b"<rss/>", "text/xml")
    world.put(RESULTS, b"{}", "application/json")

    fed, desk = await get(FEED), await get(RESULTS)

    assert fed.headers["Last-Modified"] == "Wed, 29 Oct 2025 18:00:20 GMT"
    assert "ETag" in fed.headers
    assert "CF-Cache-Status" in fed.headers
    assert desk.headers["Cache-Control"] == "no-store"
    assert "ETag" not in desk.headers
    assert "Last-Modified" not in desk.headers


@pytest.mark.parametrize("validator", ["ETag", "Last-Modified"])
async def test_an_unchanged_page_costs_no_body(
    world: World, get: Get, now: list[datetime], validator: str
) -> None:
    conditions = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}
    now[0] += timedelta(milliseconds=250)
    world.put(FEED, b"<rss/>", "text/xml")
    first = await get(FEED)
    condition = {conditions[validator]: first.headers[validator]}

    same = await get(FEED, condition)
    now[0] += timedelta(minutes=1)
    world.put(FEED, b"<rss><channel/></rss>", "text/xml")
    other = await get(FEED, condition)

    assert (same.status, other.status) == (304, 200)


@pytest.mark.parametrize(
    ("url", "status"),
    [
        pytest.param(FEED, 404, id="the Fed does not find it"),
        pytest.param(RESULTS, 400, id="the Markets API calls the request bad"),
    ],
)
async def test_a_page_that_is_not_there(get: Get, url: str, status: int) -> None:
    assert (await get(url)).status == status


async def test_a_query_changes_nothing(world: World, get: Get) -> None:
    world.put(RESULTS + "?startDate=2025-10-29", b"{}", "application/json")

    answer = await get(RESULTS + "?startDate=2025-10-30")

    assert answer.status == 200


async def test_every_request_is_noted(world: World, get: Get, now: list[datetime]) -> None:
    world.put(FEED, b"<rss/>", "text/xml")

    before = time.monotonic()
    await get(FEED)
    await get(FEED, {"If-None-Match": '"x"'})

    assert [asked.conditional for asked in world.asked] == [False, True]
    assert {asked.page for asked in world.asked} == {FEED.removeprefix("https://")}
    assert {asked.moment for asked in world.asked} == set(now)
    assert before < world.asked[0].at < time.monotonic()


async def test_it_is_known_when_new_bytes_first_went_out(world: World, get: Get) -> None:
    world.put(FEED, b"<rss/>", "text/xml")
    await get(FEED)
    between = time.monotonic()
    world.put(FEED, b"<rss><channel/></rss>", "text/xml")
    unseen = world.first_served(FEED, time.monotonic())
    await get(FEED)
    await get(FEED)
    after = time.monotonic()

    old, new = world.first_served(FEED, between), world.first_served(FEED, after)

    assert old is not None
    assert new is not None
    assert unseen == old
    assert old < between < new < after
    assert world.first_served(RESULTS, after) is None


async def test_a_fault_lasts_until_it_is_taken_back(world: World, get: Get) -> None:
    world.put(FEED, b"<rss/>", "text/xml")
    world.fault(FEED, answers(503))

    down = await get(FEED)
    world.fault(FEED, None)
    up = await get(FEED)

    assert (down.status, up.status) == (503, 200)


async def test_an_answer_may_break_off(world: World, get: Get) -> None:
    world.fault(FEED, truncated(b"<rss>" * 100, "text/xml"))
    answer = await get(FEED)

    with pytest.raises(ClientPayloadError):
        await answer.read()


async def test_an_answer_may_come_byte_by_byte(world: World, get: Get) -> None:
    world.fault(FEED, drip(b"<rss/>", "text/xml", 0.001))

    answer = await get(FEED)
    chunks = [chunk async for chunk in answer.content.iter_any()]

    assert b"".join(chunks) == b"<rss/>"
    assert len(chunks) > 1


async def test_an_answer_may_be_huge(world: World, get: Get) -> None:
    world.fault(FEED, oversized(60 << 20, "text/xml"))

    answer = await get(FEED)

    assert len(await answer.content.readexactly(1 << 20)) == 1 << 20
    answer.close()


async def test_telegram_and_the_exchanges_live_in_the_same_world(world: World, get: Get) -> None:
    telegram = await get(f"https://api.telegram.org/bot{world.telegram.token}/getMe")
    exchange = await get("https://api.bybit.com/v5/market/tickers?category=spot&symbol=BTCUSDT")

    assert (await telegram.json())["result"]["is_bot"] is True
    assert "111700.00" in await exchange.text()
