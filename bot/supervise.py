"""Runs the bot's loops side by side, and ends them even when one swallows its cancellation.

On Python 3.11 a cancellation that meets a write to the store in the same moment can be lost inside
`asyncio.wait_for`; a TaskGroup would then wait for ever, and a container would be killed with
messages in flight.
"""

import asyncio
from collections.abc import Coroutine, Mapping
from typing import TypeVar

import structlog

log = structlog.get_logger(__name__)

Result = TypeVar("Result")

ASK_AGAIN_S = 0.5
GIVE_UP_AFTER = 16


async def together(work: Mapping[str, Coroutine[None, None, None]]) -> None:
    """Run until cancelled or until one raises; then end all and raise what it raised."""
    tasks = [asyncio.create_task(one, name=name) for name, one in work.items()]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        await _end(tasks)
    errors = [error for task in tasks if not task.cancelled() and (error := task.exception())]
    if errors:
        raise BaseExceptionGroup("a part cannot go on", errors)


async def undisturbed(work: Coroutine[None, None, Result]) -> Result:
    """Bring work to its end even if cancelled meanwhile, and only then let the cancellation out.

    For what must not be cut in half and is bounded in time by itself.
    """
    task = asyncio.create_task(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            cancelled = error
    result = task.result()
    if cancelled is not None:
        raise cancelled
    return result


async def _end(tasks: list[asyncio.Task[None]]) -> None:
    for attempt in range(GIVE_UP_AFTER):
        left = [task for task in tasks if not task.done()]
        if not left:
            return
        if attempt:
            log.warning("asked again to end", parts=[task.get_name() for task in left])
        for task in left:
            task.cancel()
        await asyncio.wait(left, timeout=ASK_AGAIN_S)
    log.error("did not end", parts=[task.get_name() for task in tasks if not task.done()])
