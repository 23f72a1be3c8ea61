"""/latest shows the newest alerts' headlines again, newest first."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from bot.chat.command import Request
from bot.chat.commands.registry import answer
from bot.outbox import Job
from rules.alerts import Reason, Transition
from rules.base import Finding, Severity, Topic

Ask = Callable[..., Awaitable[Request]]


def job(number: int, now: datetime) -> Job:
    at = now - timedelta(hours=number)
    finding = Finding(
        rule="monetary_release",
        key=f"monetary_release:{number}",
        topic=Topic.POLICY,
        severity=Severity.INFO,
        message="monetary_release",
        values={"title": f"Release <{number}>", "category": "Monetary Policy"},
        evidence=(f"fed_press:{number}",),
        urls=(f"https://www.federalreserve.gov/newsevents/{number}.htm",),
        observed_at=at,
    )
    transition = Transition(id=f"{finding.key}#1", reason=Reason.FIRST, finding=finding, at=at)
    return Job(transition=transition, detected_at=at)


@pytest.mark.parametrize(
    ("words", "count"),
    [
        pytest.param((), 5, id="five by default"),
        pytest.param(("1",), 1, id="one"),
        pytest.param(("10",), 7, id="as many as there are"),
    ],
)
async def test_it_shows_so_many(
    ask: Ask, recent: list[Job], now: datetime, words: tuple[str, ...], count: int
) -> None:
    recent += [job(number, now) for number in range(7)]

    reply = await answer("latest", await ask(*words))

    links = [f"newsevents/{number}.htm" for number in range(7)]
    positions = [reply.html.find(link) for link in links]
    assert [position >= 0 for position in positions] == [number < count for number in range(7)]
    assert positions[:count] == sorted(positions[:count])
    assert "2025-12-10 19:00 UTC" in reply.html


async def test_it_says_so_when_there_is_nothing_yet(ask: Ask) -> None:
    reply = await answer("latest", await ask())

    assert reply.html == "No alerts yet."


@pytest.mark.parametrize("word", ["0", "11", "-1", "many", "²", "1e3", "9" * 400])
async def test_another_number_gets_usage_and_example(ask: Ask, word: str) -> None:
    reply = await answer("latest", await ask(word))

    assert "/latest [1-10]" in reply.html
    assert "/latest 3" in reply.html
