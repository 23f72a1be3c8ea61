"""Every command file is registered, and each command explains itself."""

import re
from collections.abc import Awaitable, Callable
from importlib import import_module
from pathlib import Path

import pytest

from bot.chat.command import Command, Request
from bot.chat.commands.registry import COMMANDS, answer

Ask = Callable[..., Awaitable[Request]]


def test_every_file_of_a_command_is_registered(root: Path) -> None:
    names = {path.stem for path in (root / "bot/chat/commands").glob("*.py")}

    found = {
        import_module(f"bot.chat.commands.{name}") for name in names - {"__init__", "registry"}
    }

    assert {module.COMMAND.name for module in found} == set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS.values(), ids=lambda command: command.name)
async def test_a_command_s_example_is_understood(command: Command, ask: Ask) -> None:
    name, *words = command.example.removeprefix("/").split()

    reply = await answer(name, await ask(*words))

    assert name == command.name
    assert command.usage.startswith(f"/{command.name}")
    assert "Usage" not in reply.html


@pytest.mark.parametrize("command", COMMANDS.values(), ids=lambda command: command.name)
def test_name_and_summary_fit_telegram_s_menu(command: Command) -> None:
    assert re.fullmatch(r"[a-z0-9_]{1,32}", command.name)
    assert 1 <= len(command.summary) <= 256


async def test_an_unknown_command_is_named_and_help_is_offered(ask: Ask) -> None:
    reply = await answer("qe<b>", await ask())

    assert reply.html == "There is no /qe&lt;b&gt;. /help shows what there is."
