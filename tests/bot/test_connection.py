"""Connections: no silent retries, and a server with lossy settings is told about."""

from typing import Any

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from bot.connection import connect, warnings


async def test_a_command_is_sent_once_and_fails_at_once() -> None:
    client = connect("unix:///nowhere/at/all")

    with pytest.raises(RedisConnectionError):
        await client.ping()
    await client.aclose()


async def test_lossy_settings_are_named(redis: Redis) -> None:
    before: Any = await redis.config_get("maxmemory-policy")
    await redis.config_set("maxmemory-policy", "allkeys-lru")

    found = await warnings(redis)
    await redis.config_set("maxmemory-policy", before["maxmemory-policy"])

    assert any("noeviction expected, found allkeys-lru" in line for line in found)
