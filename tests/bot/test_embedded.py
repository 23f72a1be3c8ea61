"""The embedded server: durable, private, gone with the bot."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from bot import embedded
from bot.connection import connect, warnings
from bot.embedded import EmbeddedServerError, embedded_server, find_binary

CHILD = """
import asyncio, pathlib, sys
from bot.connection import connect
from bot.embedded import embedded_server

async def main():
    async with embedded_server(pathlib.Path(sys.argv[1])) as url:
        await connect(url).set("kept", "yes")
        print(url, flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


async def test_what_was_written_is_there_after_a_restart(tmp_path: Path) -> None:
    async with embedded_server(tmp_path) as url:
        client = connect(url)
        await client.set("a", "1")
        await client.aclose()

    async with embedded_server(tmp_path) as url:
        client = connect(url)
        value = await client.get("a")
        await client.aclose()

    assert value == b"1"


async def test_a_killed_bot_takes_its_server_along_and_loses_nothing(
    tmp_path: Path, root: Path
) -> None:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CHILD, str(tmp_path), cwd=root, stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None
    await child.stdout.readline()

    os.kill(child.pid, signal.SIGKILL)
    await child.wait()

    async with embedded_server(tmp_path) as url:
        client = connect(url)
        assert await client.get("kept") == b"yes"
        await client.aclose()


async def test_a_long_data_folder_still_gets_a_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("long" * 30)

    async with embedded_server(deep) as url:
        client = connect(url)
        assert await client.ping()
        await client.aclose()


async def test_two_bots_on_one_folder_get_a_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "START_TRIES", 8)

    async with embedded_server(tmp_path):
        with pytest.raises(EmbeddedServerError, match="another fedpivot"):
            async with embedded_server(tmp_path):
                pass


def test_a_missing_binary_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEDPIVOT_STORE_BINARY", "no-such-server")

    with pytest.raises(EmbeddedServerError, match="no-such-server"):
        find_binary()


async def test_the_embedded_settings_need_no_warning(tmp_path: Path) -> None:
    async with embedded_server(tmp_path) as url:
        client = connect(url)
        assert await warnings(client) == []
        await client.config_set("maxmemory-policy", "allkeys-lru")
        assert "noeviction expected" in (await warnings(client))[0]
        await client.aclose()
