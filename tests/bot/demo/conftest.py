"""A loopback world under a clock that tests move."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from aiohttp import ClientSession, ClientTimeout

from bot.demo.world import World
from tests.fakes.world import judged_world

TOKEN = "123456789:AAFakeFakeFakeFakeFakeFakeFakeFakeFa"


@pytest.fixture
def now() -> list[datetime]:
    """What the clock shows."""
    return [datetime(2025, 10, 29, 18, 0, 20, tzinfo=UTC)]


@pytest.fixture
async def world(now: list[datetime]) -> AsyncIterator[World]:
    """A running world in which bitcoin costs 111,700."""
    prices = {"BTC/USDT": Decimal(111_700)}
    async with judged_world(TOKEN, lambda: now[0], lambda symbol, _: prices.get(symbol)) as world:
        yield world


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    """An impatient client."""
    async with ClientSession(timeout=ClientTimeout(total=5)) as session:
        yield session
