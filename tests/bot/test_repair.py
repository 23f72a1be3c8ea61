"""A damaged append-only file: mended before its first unreadable byte, copied, told about."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
import uvloop
from structlog.testing import capture_logs

from bot.connection import connect
from bot.embedded import embedded_server, find_binary
from bot.repair import repaired

KEYS = 200


async def kept(folder: Path, write: int = 0) -> int:
    """Start a store, write so many keys, and count what it holds."""
    async with embedded_server(folder) as url:
        client = connect(url)
        for number in range(write):
            await client.set(f"k{number}", "v" * 50)
        keys = int(await client.dbsize())
        await client.aclose()
    return keys


def damage(folder: Path) -> bytes:
    """Overwrite the middle of the append-only file; its content."""
    path = next(folder.glob("appendonlydir/*.incr.aof"))
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 40] = b"\xff" * 40
    path.write_bytes(content)
    return bytes(content)


@pytest.mark.parametrize(
    "loop_factory",
    [
        pytest.param(asyncio.new_event_loop, id="on the loop of the tests"),
        pytest.param(uvloop.new_event_loop, id="on the loop of the bot"),
    ],
)
def test_a_damaged_file_is_copied_mended_and_told_about(
    tmp_path: Path, loop_factory: Callable[[], asyncio.AbstractEventLoop]
) -> None:
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(kept(tmp_path, write=KEYS))
        content = damage(tmp_path)

        with capture_logs() as said:
            left = runner.run(kept(tmp_path))

    (copy,) = tmp_path.glob("*.damaged-*")
    assert KEYS * 0.45 < left < KEYS * 0.55
    assert copy.read_bytes() == content
    assert [line["event"] for line in said] == ["the store was damaged and lost its last writes"]
    assert said[0]["cut_bytes"] > 0


async def test_a_mended_store_takes_new_writes(tmp_path: Path) -> None:
    await kept(tmp_path, write=KEYS)
    damage(tmp_path)
    await kept(tmp_path, write=KEYS)

    after = await kept(tmp_path)

    assert after == KEYS


async def test_a_sound_file_is_left_alone(tmp_path: Path) -> None:
    await kept(tmp_path, write=1)

    mended = await repaired(find_binary(), tmp_path)

    assert not mended
    assert not list(tmp_path.glob("*.damaged-*"))


async def test_a_folder_without_a_file_is_left_alone(tmp_path: Path) -> None:
    assert not await repaired(find_binary(), tmp_path)
