"""The loopback world with another library's models as judge of every Bot API call."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from bot.demo.exchange import Exchange, Price
from bot.demo.telegram import Telegram
from bot.demo.world import World
from tests.fakes.oracle import check


@asynccontextmanager
async def judged_world(
    token: str, clock: Callable[[], datetime], price: Price
) -> AsyncIterator[World]:
    """A running world; at its end no call may have been off.

    A complaint is only an answer 400 to the bot, which goes on: without this a test would pass.
    """
    async with World(clock, Telegram(token, check), Exchange(price, clock)) as world:
        yield world
    assert world.telegram.complaints == []
