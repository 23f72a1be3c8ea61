"""Connections: no silent retries, and a server with lossy settings is told about."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from bot.connection import LONGEST_WAIT_S, connect, warnings

# Takes a command, gives its reply, or None to hang up without one.
Answer = Callable[[list[bytes]], bytes | None]


@asynccontextmanager
async def server(answer: Answer) -> AsyncIterator[str]:
    """A loopback server that speaks just enough RESP; yields its URL."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while header := await reader.readline():
            words = []
            for _ in range(int(header[1:])):
                size = int((await reader.readline())[1:])
                words.append((await reader.readexactly(size + 2))[:-2])
            reply = answer(words)
            if reply is None:
                break
            writer.write(reply)
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listening:
        yield f"redis://127.0.0.1:{listening.sockets[0].getsockname()[1]}"


def bulk(text: bytes) -> bytes:
    return b"$%d\r\n%s\r\n" % (len(text), text)


async def test_a_command_whose_reply_is_lost_is_sent_once() -> None:
    seen: list[bytes] = []

    def lose_replies(words: list[bytes]) -> bytes | None:
        seen.append(words[0])
        return None if words[0] == b"XADD" else b"+OK\r\n"

    async with server(lose_replies) as url:
        client = connect(url)
        with pytest.raises(RedisConnectionError):
            await client.xadd("stream", {"a": "1"})
        await client.aclose()

    assert seen.count(b"XADD") == 1


async def test_nobody_at_the_socket_is_an_error() -> None:
    client = connect("unix:///nowhere/at/all")

    with pytest.raises(RedisConnectionError):
        await client.ping()
    await client.aclose()


async def test_a_blocking_client_outwaits_the_longest_read() -> None:
    kwargs = {
        blocking: connect("unix:///s", blocking=blocking).connection_pool.connection_kwargs
        for blocking in (False, True)
    }

    assert kwargs[False]["socket_timeout"] == 5
    assert kwargs[True]["socket_timeout"] == LONGEST_WAIT_S + 5


async def test_answers_are_bytes(redis: Redis) -> None:
    await redis.set("a", "é")

    value = await redis.get("a")

    assert value == "é".encode()


async def test_lossy_settings_are_named(redis: Redis) -> None:
    before: Any = await redis.config_get("maxmemory-policy")
    await redis.config_set("maxmemory-policy", "allkeys-lru")

    try:
        found = await warnings(redis)
    finally:
        await redis.config_set("maxmemory-policy", before["maxmemory-policy"])

    assert "maxmemory-policy noeviction expected, found allkeys-lru: keys may vanish" in found


async def test_a_server_that_hides_its_settings_is_told_about(redis: Redis) -> None:
    await redis.acl_setuser(  # a user may do everything but ask for settings
        "guest", enabled=True, passwords=["+pw"], keys=["*"], categories=["+@all"],
        commands=["-config"],
    )  # fmt: skip

    try:
        async with redis.client() as one:
            await one.auth("pw", "guest")
            found = await warnings(one)
    finally:
        await redis.acl_deluser("guest")

    assert len(found) == 1
    assert found[0].startswith("cannot ask the store for its settings")
    assert found[0].endswith("appendonly yes and maxmemory-policy noeviction")


@pytest.mark.parametrize(
    ("version", "appendonly", "warning"),
    [
        pytest.param(
            b"6.2.14", b"yes", "Redis 7.0 or newer expected, found 6.2.14", id="too old"
        ),
        pytest.param(
            b"7.0.15", b"no", "appendonly yes expected, found no: a restart of the store loses "
            "alerts", id="nothing is written to disk",
        ),
    ],
)  # fmt: skip
async def test_an_unfit_server_is_named(version: bytes, appendonly: bytes, warning: str) -> None:
    def answer(words: list[bytes]) -> bytes:
        match words[0]:
            case b"INFO":
                return bulk(b"redis_version:" + version + b"\r\n")
            case b"CONFIG":
                pairs = (b"appendonly", appendonly, b"maxmemory-policy", b"noeviction")
                return b"*4\r\n" + b"".join(map(bulk, pairs))
            case _:
                return b"+OK\r\n"

    async with server(answer) as url:
        client = connect(url)
        found = await warnings(client)
        await client.aclose()

    assert found == [warning]
