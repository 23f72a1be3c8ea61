"""The documents say what the code does: made from the registries, or compared with them."""

from pathlib import Path

import pytest

from bot.chat.commands.registry import COMMANDS
from bot.example import example
from bot.knobs import Knob, knobs
from bot.reference import chat_commands, purpose, reference
from bot.settings import Settings, load
from rules.base import Rule
from rules.registry import RULES
from watchers.base import Watcher
from watchers.registry import WATCHERS


def test_the_reference_is_up_to_date(root: Path) -> None:
    assert (root / "docs" / "reference.md").read_text("utf-8") == reference(), (
        "run: fedpivot docs > docs/reference.md"
    )


def test_the_example_is_up_to_date(root: Path) -> None:
    assert (root / "example.toml").read_text("utf-8") == example(), (
        "run: fedpivot example > example.toml"
    )


def test_the_example_read_as_settings_equals_the_defaults(root: Path) -> None:
    assert load(root / "example.toml", {}) == Settings()


def test_the_readme_shows_the_table_of_chat_commands(root: Path) -> None:
    assert chat_commands() in (root / "README.md").read_text("utf-8"), (
        "copy the table of docs/reference.md"
    )


@pytest.mark.parametrize("knob", list(knobs(Settings())), ids=lambda knob: knob.name)
def test_every_setting_says_what_it_is_for(knob: Knob) -> None:
    assert knob.description, f"{knob.name}: give its Field a description"


@pytest.mark.parametrize("kind", [*RULES.values(), *WATCHERS.values()], ids=lambda kind: kind.name)
def test_every_rule_and_watcher_says_what_it_does(kind: type[Rule] | type[Watcher]) -> None:
    assert purpose(kind)
    assert kind.__doc__ not in (None, Rule.__doc__, Watcher.__doc__)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_chat_command_shows_how_it_is_used(name: str) -> None:
    command = COMMANDS[name]

    assert command.usage.startswith(f"/{name}")
    assert command.example.startswith(f"/{name}")
    assert command.summary


def test_every_link_between_documents_leads_somewhere(root: Path) -> None:
    documents = [*root.glob("*.md"), *(root / "docs").rglob("*.md")]

    assert [f"{page.name} -> {link}" for page in documents for link in broken(page)] == []


def broken(page: Path) -> list[str]:
    """Targets of Markdown links to files that are not there."""
    parts = page.read_text("utf-8").split("](")[1:]
    targets = [part.partition(")")[0].partition("#")[0] for part in parts]
    return [t for t in targets if t and "://" not in t and not (page.parent / t).exists()]
