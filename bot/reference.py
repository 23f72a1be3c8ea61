"""The reference as Markdown, made from the registries: docs/reference.md is this text."""

import inspect
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.chat.commands.registry import COMMANDS
from bot.cli import app
from bot.duration import spell
from bot.example import toml
from bot.knobs import Knob, knobs
from bot.layers import NOT_SETTINGS, SECRETS, SHORT
from bot.settings import Settings
from rules.registry import RULES
from watchers.registry import WATCHERS

HEAD = """\
# Reference

Made by `fedpivot docs` from the code, and compared with it by a test.
"""


def reference() -> str:
    """The whole page."""
    parts = {
        "Command line": command_line(),
        "Chat commands": chat_commands(),
        "Watchers": watchers(),
        "Rules": rules(),
        "Settings": settings(),
        "Environment": environment(),
    }
    return HEAD + "".join(f"\n## {title}\n\n{text}" for title, text in parts.items())


def command_line() -> str:
    """What `fedpivot` can be told to do."""
    commands = [(one.name, one.callback) for one in app.registered_commands if one.callback]
    rows = (
        (f"`fedpivot {n or call.__name__}`", inspect.getdoc(call) or "") for n, call in commands
    )
    return _table(("command", "what it does"), rows)


def chat_commands() -> str:
    """The table of commands; the README shows the same."""
    return _table(
        ("command", "what it does", "example"),
        ((f"`{one.usage}`", one.summary, f"`{one.example}`") for one in COMMANDS.values()),
    )


def watchers() -> str:
    """What is watched, and how often it is asked."""
    rows = ((f"`{n}`", purpose(kind), spell(kind().every)) for n, kind in WATCHERS.items())
    return _table(("watcher", "what it is", "pace"), rows)


def rules() -> str:
    """What is decided, and what it is about."""
    rows = ((f"`{n}`", purpose(kind), kind.topic.value) for n, kind in RULES.items())
    return _table(("rule", "what it says", "topic"), rows)


def settings() -> str:
    """Every setting with its default."""
    rows = ((f"`{k.name}`", _default(k), k.description) for k in knobs(Settings()))
    return _table(("setting", "default", "what it is for"), rows)


def environment() -> str:
    """Variables beside `FEDPIVOT_<SECTION>__<SETTING>`, which every setting has."""
    return _table(("variable", "what it is"), _variables(SECRETS, SHORT, NOT_SETTINGS))


def _variables(
    secrets: Mapping[str, tuple[str, ...]],
    short: Mapping[str, tuple[str, ...]],
    others: Mapping[str, str],
) -> Iterator[tuple[str, str]]:
    yield "`FEDPIVOT_<SECTION>__<SETTING>`", "any setting, such as `FEDPIVOT_HEALTH__PORT`"
    for name, path in secrets.items():
        setting = f"`{'.'.join(path)}`"
        yield f"`{name}`", f"{setting}; removed from the environment once it is read"
        yield f"`{name}_FILE`", f"a file with {setting}, such as a container's secret; wins"
    for name, path in short.items():
        yield f"`{name}`", f"`{'.'.join(path)}`"
    for name, words in others.items():
        yield f"`{name}`", words


def purpose(kind: type[Any]) -> str:
    """What the file of a rule or watcher says it is, in one line."""
    text = inspect.getdoc(sys.modules[kind.__module__]) or ""
    return " ".join(text.partition("\n\n")[0].split())


def _default(knob: Knob) -> str:
    if knob.field.examples or knob.value is None:
        return ""
    return f"`{toml(knob.value)}`"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(map(_cell, line))} |\n" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
