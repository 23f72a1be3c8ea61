"""Settings as TOML."""

import tomllib
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.example import example, in_force, toml
from bot.settings import Settings, StoreSettings, Telegram, load
from rules.base import Severity, Topic

TOKEN = "123456789:AAExampleExampleExampleExampleExamp"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (5, "5"),
        (Decimal("0.25"), "0.25"),
        (timedelta(minutes=10), '"10m"'),
        (date(2025, 12, 11), "2025-12-11"),
        ('a "b"', '"a \\"b\\""'),
        (("BTC/USDT", "ETH/USDT"), '["BTC/USDT", "ETH/USDT"]'),
        ((), "[]"),
        (Topic.POLICY, '"policy"'),
        (Severity.WARN, "2"),
        (SecretStr("x"), '"***"'),
    ],
)
def test_a_value_is_spelled_as_toml(value: object, text: str) -> None:
    assert toml(value) == text
    tomllib.loads(f"value = {text}")


def test_the_example_read_as_settings_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "example.toml"
    path.write_text(example())

    assert load(path, {}) == Settings()


def test_the_example_with_its_comments_taken_off_is_valid_too(tmp_path: Path) -> None:
    path = tmp_path / "example.toml"
    lines = [line for line in example().splitlines() if not line.endswith('= ""')]
    assigned = [line.removeprefix("# ") if " = " in line else line for line in lines]
    path.write_text("\n".join(assigned))

    settings = load(path, {})

    assert settings.telegram.token is not None
    assert settings.store.redis_url is not None


def test_what_is_in_force_is_shown_without_secrets(tmp_path: Path) -> None:
    settings = Settings(
        telegram=Telegram(token=SecretStr(TOKEN), proxy="http://me:hunter22@proxy.example"),
        store=StoreSettings(redis_url=SecretStr("redis://:hunter33@redis.example")),
    )

    text = in_force(settings)

    assert tomllib.loads(text)["telegram"]["token"] == "***"
    assert not any(secret in text for secret in (TOKEN, "hunter22", "hunter33"))
    assert "proxy.example" in text
