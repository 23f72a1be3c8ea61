"""Loops side by side: one failure ends all, and a swallowed cancellation does not hang."""

import asyncio

import pytest

from bot import supervise
from bot.supervise import together, undisturbed


async def forever() -> None:
    await asyncio.Event().wait()


async def stubborn() -> None:
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        await asyncio.Event().wait()


async def broken() -> None:
    raise ValueError("expected a token")


async def done() -> None:
    """Ends by itself, as the prompt does when its input is closed."""


async def test_a_failure_ends_all_and_is_told() -> None:
    with pytest.RaisesGroup(pytest.RaisesExc(ValueError, match="token")):
        await together({"a": forever(), "b": broken()})


async def test_a_part_that_is_done_ends_nobody() -> None:
    task = asyncio.create_task(together({"a": forever(), "b": done()}))
    await asyncio.sleep(0.01)

    assert not task.done()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_swallowed_cancellation_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervise, "ASK_AGAIN_S", 0.01)
    task = asyncio.create_task(together({"a": stubborn(), "b": forever()}))
    await asyncio.sleep(0.01)

    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 2)


async def test_undisturbed_work_ends_before_the_cancellation_comes_out() -> None:
    steps: list[str] = []

    async def work() -> None:
        await asyncio.sleep(0.05)
        steps.append("done")

    task = asyncio.create_task(undisturbed(work()))
    await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.sleep(0.01)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert steps == ["done"]


async def test_undisturbed_work_gives_its_result_or_its_error() -> None:
    async def answer() -> int:
        return 7

    assert await undisturbed(answer()) == 7
    with pytest.raises(ValueError, match="token"):
        await undisturbed(broken())
