"""/silence takes a duration and a rule in any order; off ends all; nothing else is guessed."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.command import Request
from bot.chat.commands.registry import answer
from bot.chat.commands.silence import LONGEST, duration
from bot.store import Store

Ask = Callable[..., Awaitable[Request]]


@pytest.mark.parametrize(
    ("words", "rule", "span"),
    [
        pytest.param(("2h",), None, timedelta(hours=2), id="everything for two hours"),
        pytest.param(("30m",), None, timedelta(minutes=30), id="minutes"),
        pytest.param(("1w",), None, timedelta(weeks=1), id="a week"),
        pytest.param(("1d", "srf_take_up"), "srf_take_up", timedelta(days=1), id="one rule"),
        pytest.param(("srf_take_up", "1d"), "srf_take_up", timedelta(days=1), id="other order"),
        pytest.param(("2H", "SRF_take_up"), "srf_take_up", timedelta(hours=2), id="capitals"),
    ],
)
async def test_it_silences(  # one input a column
    ask: Ask,
    store: Store,
    now: datetime,
    words: tuple[str, ...],
    rule: str | None,
    span: timedelta,
) -> None:
    reply = await answer("silence", await ask(*words))

    assert [(s.chat_id, s.rule, s.until) for s in await store.silences()] == [(7, rule, now + span)]
    assert f"{now + span:%Y-%m-%d %H:%M}" in reply.html


async def test_off_ends_all_of_this_chat(ask: Ask, store: Store) -> None:
    await answer("silence", await ask("2h"))
    await answer("silence", await ask("2h", "srf_take_up"))
    await answer("silence", await ask("2h", chat_id=8))

    reply = await answer("silence", await ask("off"))

    assert reply.html == "Silences ended: 2"
    assert [s.chat_id for s in await store.silences()] == [8]


async def test_without_a_word_it_lists_this_chat_s_and_offers_more(ask: Ask) -> None:
    await answer("silence", await ask("2h", "srf_take_up"))
    await answer("silence", await ask("1d", chat_id=8))

    reply = await answer("silence", await ask())

    assert "srf_take_up: 2025-12-10 21:00 UTC (2h)" in reply.html
    assert "*" not in reply.html
    assert [data for row in reply.buttons for _, data in row] == [
        "silence 1h",
        "silence 1d",
        "silence off",
    ]


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("2h", "no_such_rule"), id="an unknown rule"),
        pytest.param(("srf_take_up",), id="no duration"),
        pytest.param(("2h", "3h"), id="two durations"),
        pytest.param(("2h", "srf_take_up", "now"), id="a word too many"),
        pytest.param(("0m",), id="no time at all"),
        pytest.param(("400d",), id="more than a year"),
        pytest.param(("-2h",), id="back in time"),
        pytest.param(("2 h",), id="a space inside"),
        pytest.param(("<b>",), id="markup"),
    ],
)
async def test_what_cannot_be_understood_gets_usage_and_example_and_changes_nothing(
    ask: Ask, store: Store, words: tuple[str, ...]
) -> None:
    reply = await answer("silence", await ask(*words))

    assert "/silence 2h [rule] | off" in reply.html
    assert "/silence 2h srf_take_up" in reply.html
    assert "<b>" not in reply.html
    assert await store.silences() == []


@given(st.text(max_size=12) | st.from_regex(r"\d{1,6}[mhdw]", fullmatch=True))
def test_a_duration_is_none_or_between_a_minute_and_a_year(word: str) -> None:
    span = duration(word)

    assert span is None or timedelta(minutes=1) <= span <= LONGEST
