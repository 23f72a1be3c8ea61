"""Mends a damaged append-only file of the embedded store, and keeps a copy of it."""

import asyncio
import os
import shutil
import tempfile
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)

REPAIR_WITHIN_S = 60.0


async def repaired(binary: str, data_dir: Path) -> bool:
    """Cut the file before its first unreadable byte; False if there was nothing to cut.

    The checker is the server `binary` under another name. It is given the last incremental file,
    the only one that may be cut: Valkey 9.1's checker cannot read its own base file, so the
    documented way through the manifest fails.
    """
    damaged = _last_increment(data_dir / "appendonlydir")
    if damaged is None:
        return False
    before = damaged.stat().st_size
    handle, copy = tempfile.mkstemp(prefix=f"{damaged.name}.damaged-", dir=data_dir)
    os.close(handle)
    await asyncio.to_thread(shutil.copyfile, damaged, copy)
    await _fix(binary, damaged)
    cut = before - damaged.stat().st_size
    if not cut:
        Path(copy).unlink()
        return False
    log.warning("the store was damaged and lost its last writes", cut_bytes=cut, copy=copy)
    return True


def _last_increment(folder: Path) -> Path | None:
    manifest = folder / "appendonly.aof.manifest"
    lines = manifest.read_text().splitlines() if manifest.exists() else []
    names = [words[1] for words in map(str.split, lines) if words[-2:] == ["type", "i"]]
    return folder / names[-1] if names else None


async def _fix(binary: str, damaged: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="fedpivot-") as folder:
        checker = Path(folder) / "redis-check-aof"  # with `executable`, uvloop drops argv[0]
        checker.symlink_to(Path(binary).resolve())
        process = await asyncio.create_subprocess_exec(
            str(checker), "--fix", str(damaged),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            async with asyncio.timeout(REPAIR_WITHIN_S):
                await process.communicate(b"y\n")
        except TimeoutError:
            process.kill()
            await process.wait()
