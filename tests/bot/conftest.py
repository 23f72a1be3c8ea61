"""A real store for every test of the bot.

It is the bundled Valkey; the program that FEDPIVOT_TEST_SERVER names (redis-server); or, with
REDIS_URL, a running server, which must be empty because it is emptied around each test.
"""

import os
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from bot.connection import connect
from bot.embedded import embedded_server


@pytest.fixture(scope="session", autouse=True)
def store_program() -> Iterator[None]:
    """Let every embedded server of these tests be the program that was asked for."""
    program = os.environ.get("FEDPIVOT_TEST_SERVER")
    with pytest.MonkeyPatch.context() as patch:
        if program:
            patch.setenv("FEDPIVOT_STORE_BINARY", program)
        yield


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def server_url(
    store_program: None, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[str]:
    """URL of a running server."""
    url = os.environ.get("REDIS_URL")
    if url:
        await _insist_on_an_empty_database(url)
        yield url
        return
    async with embedded_server(tmp_path_factory.mktemp("store")) as own:
        yield own


@pytest.fixture
async def redis(server_url: str) -> AsyncIterator[Redis]:
    """A client on an empty database."""
    client = connect(server_url)
    await client.flushdb()
    yield client
    await client.flushdb()
    await client.aclose()


@pytest.fixture
async def blocking(server_url: str) -> AsyncIterator[Redis]:
    """A client whose reads may wait."""
    client = connect(server_url, blocking=True)
    yield client
    await client.aclose()


async def _insist_on_an_empty_database(url: str) -> None:
    client = connect(url)
    keys = await client.dbsize()
    await client.aclose()
    if keys:
        pytest.exit(
            f"REDIS_URL: expected an empty database, found {keys} keys. The tests empty it: "
            "name another one (unix://...?db=9, redis://host/9), or unset REDIS_URL",
            returncode=2,
        )
