"""A real store for every test of the bot: the bundled Valkey, or the server REDIS_URL names."""

import os
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from bot.connection import connect
from bot.embedded import embedded_server


@pytest.fixture
async def server_url(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """URL of a running server."""
    url = os.environ.get("REDIS_URL")
    if url:
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
