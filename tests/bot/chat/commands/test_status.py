"""/status says how every source is doing, what stance is known, and what fires."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.chat.command import Request, Services
from bot.chat.commands.registry import answer
from rules.alerts import Alert, State
from rules.events import Health
from watchers.poll import Standing

Ask = Callable[..., Awaitable[Request]]


async def status(ask: Ask, services: Services) -> str:
    reply = await answer("status", replace(await ask(), services=services))
    return reply.html


async def test_it_shows_state_last_success_next_look_and_problem(
    ask: Ask, services: Services, now: datetime
) -> None:
    every = timedelta(minutes=1)
    well = Standing(
        "fed_press",
        every,
        state=Health.OK,
        last_success=now - timedelta(seconds=42),
        next_look=now + timedelta(seconds=18),
    )
    ill = Standing(
        "tickers",
        every,
        state=Health.FAILING,
        last_success=now - timedelta(hours=3),
        next_look=now - timedelta(seconds=5),
        problem="HTTP 451 expected 200 <b>\n\x1b[31m",
    )
    fresh = Standing("repo_operations", every)

    lines = await status(ask, replace(services, sources=lambda: [well, ill, fresh]))

    assert "🟢 <b>fed_press</b> · last success 42s ago · next in 18s" in lines
    assert "🔴 <b>tickers</b> · last success 3h ago · next in 0s" in lines
    assert "\n   HTTP 451 expected 200 &lt;b&gt; [31m" in lines
    assert "⚪ <b>repo_operations</b> · last success never" in lines


async def test_it_shows_version_and_time(ask: Ask, services: Services) -> None:
    assert (await status(ask, services)).startswith("<b>fedpivot 1.2.3</b> · 2025-12-10 19:00 UTC")


async def test_an_unknown_stance_is_said_to_be_unknown(ask: Ask, services: Services) -> None:
    assert "Balance sheet: not known yet" in await status(ask, services)


async def test_it_shows_the_stance_and_what_fires(
    ask: Ask, services: Services, now: datetime
) -> None:
    alert = Alert(key="srf_take_up:2025-10-31", state=State.FIRING, since=now)
    known = {"announced": "HOLD (2025-10-29)", "target": "3.75–4.00%"}

    text = await status(ask, replace(services, firing=lambda: [alert], regime=lambda: known))

    assert "Balance sheet: HOLD (2025-10-29)" in text
    assert "Target range: 3.75–4.00%" in text
    assert text.endswith("<b>Firing</b>\nsrf_take_up:2025-10-31")
