"""The terminal as a phone: alerts printed as they read, commands through the same code."""

import asyncio
import os
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from bot.chat.command import Services
from bot.chat.console import CONSOLE_CHAT, ConsoleSender, Prompt, styled, typed_lines
from bot.outcome import Fate
from bot.render.alert import Message
from bot.store import Store

NOT_OPEN = 9999  # a file descriptor that nothing else will get during a test


@pytest.fixture
def screen() -> Console:
    return Console(file=StringIO(), width=100, color_system=None)


def shown(screen: Console) -> str:
    assert isinstance(screen.file, StringIO)
    return screen.file.getvalue()


def piped(text: bytes) -> int:
    reading, writing = os.pipe()
    os.write(writing, text)
    os.close(writing)
    return reading


async def test_an_alert_is_printed_in_a_panel_and_accepted(screen: Console) -> None:
    sender = ConsoleSender(screen)
    message = Message(text="<b>SRF 50.35bn</b>\na &amp; b", plain="SRF")

    first = await sender.send(1, message)
    second = await sender.send(1, message, plain=True, reply_to=1)

    assert (first.fate, first.message_id) == (Fate.ACCEPTED, 1)
    assert (second.fate, second.message_id) == (Fate.ACCEPTED, 2)
    assert "SRF 50.35bn" in shown(screen)
    assert "a & b" in shown(screen)
    assert "#2 ↩ #1" in shown(screen)


async def test_commands_are_answered_line_after_line(
    screen: Console, services: Services, store: Store
) -> None:
    source = piped(b"/language zh\n\nSTATUS\n  /nosuch [bold]x\nhelp")

    await asyncio.wait_for(Prompt(screen, services, source).run(), 5)
    os.close(source)
    subscriber = await store.subscriber(CONSOLE_CHAT)

    assert subscriber is not None
    assert (subscriber.active, subscriber.language) == (True, "zh-Hant")
    assert "/help" in shown(screen)
    assert "之後將以繁體中文通知" in shown(screen)
    assert "fedpivot 1.2.3" in shown(screen)
    assert "沒有 /nosuch 這個指令" in shown(screen)
    assert "/silence 2h [rule] | off" in shown(screen)


async def test_buttons_are_shown_as_commands_to_type(screen: Console, services: Services) -> None:
    source = piped(b"silence\n")

    await asyncio.wait_for(Prompt(screen, services, source).run(), 5)
    os.close(source)

    assert "1 hour: /silence 1h" in shown(screen)


async def test_a_command_that_fails_does_not_end_the_prompt(
    screen: Console, services: Services, recent: list[object]
) -> None:
    recent.append("no job")
    source = piped(b"latest\nhelp\n")

    await asyncio.wait_for(Prompt(screen, services, source).run(), 5)
    os.close(source)

    assert "/silence" in shown(screen)


async def test_without_standard_input_the_prompt_just_ends(
    screen: Console, services: Services
) -> None:
    await asyncio.wait_for(Prompt(screen, services, NOT_OPEN).run(), 5)

    assert "/help" in shown(screen)


async def test_a_standard_input_closed_from_the_start_is_not_read(
    screen: Console, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", None)

    await asyncio.wait_for(Prompt(screen, services).run(), 5)

    assert "/help" in shown(screen)


async def test_lines_may_come_from_a_file_or_from_nowhere(tmp_path: Path) -> None:
    (tmp_path / "commands").write_bytes("status\n說明".encode())

    file, nothing = os.open(tmp_path / "commands", os.O_RDONLY), os.open(os.devnull, os.O_RDONLY)
    lines = [line async for line in typed_lines(file)]
    none = [line async for line in typed_lines(nothing)]
    os.close(file)
    os.close(nothing)

    assert lines == ["status", "說明"]
    assert none == []


async def test_a_line_is_read_as_soon_as_it_is_complete() -> None:
    reading, writing = os.pipe()
    lines = typed_lines(reading)

    os.write(writing, b"sta")
    os.write(writing, b"tus\n\xff\nhe")
    first, odd = await anext(lines), await anext(lines)
    os.write(writing, b"lp")
    os.close(writing)
    last = await anext(lines)
    os.close(reading)

    assert (first, odd, last) == ("status", "\ufffd", "help")


@pytest.mark.parametrize(
    ("html", "plain"),
    [
        pytest.param("<b>QT</b> &amp; <i>QE</i>", "QT & QE", id="tags and entities"),
        pytest.param('<a href="https://x.org/a">Fed</a>', "Fed https://x.org/a", id="a link"),
        pytest.param("[bold]no markup[/bold]", "[bold]no markup[/bold]", id="rich's own markup"),
        pytest.param("<b>open", "open", id="a tag that is never closed"),
        pytest.param("</b>x", "x", id="a tag that was never opened"),
        pytest.param("<u>x</u>", "x", id="an unknown tag"),
    ],
)
def test_html_becomes_styled_text(html: str, plain: str) -> None:
    assert styled(html).plain == plain


@given(st.text())
def test_any_text_can_be_shown(text: str) -> None:
    Console(file=StringIO()).print(styled(text))
