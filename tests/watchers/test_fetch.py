"""One polite GET against a real server."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import aiohttp
import pytest
from aiohttp import web

from bot.demo.exchange import Exchange
from bot.demo.telegram import Telegram
from bot.demo.world import World, answers, hang
from watchers.base import Link, PageMissingError, SourceChangedError, SourceUnavailableError
from watchers.fetch import Fetch, Fetching, retry_after

URL = "https://www.federalreserve.gov/feeds/press_monetary.xml"
API = "https://markets.newyorkfed.org/api/x.json"
LINK = Link(URL, accept=("xml",))
NOW = datetime(2025, 10, 29, 18, 0, tzinfo=UTC)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    price = Decimal(1)
    async with World(
        lambda: NOW, Telegram("1:x"), Exchange(lambda _s, _m: price, lambda: NOW)
    ) as w:
        w.put(URL, b"<rss/>", "text/xml")
        w.put(API, b"{}", "application/json")
        yield w


@pytest.fixture
async def fetch(world: World) -> AsyncIterator[Fetch]:
    settings = Fetching(gateway=world.url, max_bytes=100_000, total_s=0.6, idle_s=0.3)
    async with aiohttp.ClientSession() as session:
        yield Fetch(session, settings, lambda: NOW)


async def test_a_page_comes_with_its_time(fetch: Fetch) -> None:
    page = await fetch("fed_press", LINK)

    assert page is not None
    assert (page.body, page.observed_at) == (b"<rss/>", NOW)


async def test_an_unchanged_page_is_none_once_it_was_kept(fetch: Fetch) -> None:
    page = await fetch("fed_press", LINK)
    assert page is not None

    before = await fetch("fed_press", LINK)
    fetch.keep(page)
    after = await fetch("fed_press", LINK)

    assert before is not None
    assert after is None


async def test_without_validators_the_content_decides(fetch: Fetch, world: World) -> None:
    page = await fetch("repo", Link(API))
    assert page is not None
    fetch.keep(page)

    same = await fetch("repo", Link(API))
    world.put(API, b'{"a": 1}', "application/json")
    other = await fetch("repo", Link(API))

    assert same is None
    assert other is not None


async def test_a_full_get_comes_now_and_then(fetch: Fetch, world: World) -> None:
    conditional: list[bool] = []

    async def record(request: web.Request) -> web.StreamResponse:
        conditional.append("If-None-Match" in request.headers)
        return web.Response(status=304)

    page = await fetch("fed_press", LINK)
    assert page is not None
    fetch.keep(page)
    world.fault(URL, record)

    for _ in range(40):
        await fetch("fed_press", LINK)

    assert conditional.count(False) == 2


async def test_we_say_who_we_are(fetch: Fetch, world: World) -> None:
    agents: list[str] = []

    async def record(request: web.Request) -> web.StreamResponse:
        agents.append(request.headers["User-Agent"])
        return web.Response(body=b"<rss/>", content_type="text/xml")

    world.fault(URL, record)
    await fetch("fed_press", LINK)

    assert agents[0].startswith("fedpivot/")
    assert "+http" in agents[0]


@pytest.mark.parametrize(
    ("status", "body", "kind", "error", "found"),
    [
        pytest.param(404, b"", "text/html", PageMissingError, "404", id="not there yet"),
        pytest.param(503, b"", "text/html", SourceUnavailableError, "503", id="down"),
        pytest.param(302, b"", "text/html", SourceUnavailableError, "302", id="no redirects"),
        pytest.param(200, b"<html>", "text/html", SourceChangedError, "HTML", id="error page"),
        pytest.param(200, b"\x00", "image/png", SourceChangedError, "image/png", id="a picture"),
        pytest.param(200, b"x" * 200_000, "text/xml", SourceChangedError, "more", id="too large"),
    ],
)
async def test_what_is_no_answer(
    fetch: Fetch, world: World, status: int, body: bytes, kind: str, error: type, found: str
) -> None:
    world.fault(URL, answers(status, body, kind))

    with pytest.raises(error, match=found):
        await fetch("fed_press", LINK)


async def test_a_gzip_bomb_stops_at_the_cap(fetch: Fetch, world: World) -> None:
    async def bomb(request: web.Request) -> web.StreamResponse:
        response = web.Response(body=b"0" * (50 << 20), content_type="text/xml")
        response.enable_compression(web.ContentCoding.gzip)
        return response

    world.fault(URL, bomb)

    with pytest.raises(SourceChangedError, match="at most 100000 bytes"):
        await fetch("fed_press", LINK)


async def test_a_silent_server_is_given_up(fetch: Fetch, world: World) -> None:
    world.fault(URL, hang)

    with pytest.raises(SourceUnavailableError, match="no answer"):
        await fetch("fed_press", LINK)


async def test_only_https_addresses_are_asked_for(fetch: Fetch) -> None:
    with pytest.raises(SourceChangedError, match="https"):
        await fetch("x", Link("file:///etc/hostname"))


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        pytest.param("120", timedelta(seconds=120), id="seconds"),
        pytest.param("Wed, 29 Oct 2025 18:05:00 GMT", timedelta(minutes=5), id="a date"),
        pytest.param("999999999", timedelta(hours=1), id="capped"),
        pytest.param("soon", None, id="neither"),
        pytest.param(None, None, id="none"),
    ],
)
def test_retry_after(header: str | None, wait: timedelta | None) -> None:
    assert retry_after(header, NOW) == wait
