"""Settings: defaults that run, layers that override, and every mistake at once."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bot.settings import Settings, SettingsError, load
from rules.rate_decision import RateDecision
from rules.registry import RULES
from watchers.registry import WATCHERS
from watchers.tickers import Tickers

TOKEN = "123456789:AAExampleExampleExampleExampleExamp"
OTHER_TOKEN = "987654321:BBOtherOtherOtherOtherOtherOtherOth"


@pytest.fixture(autouse=True)
def _nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings file of whoever runs the tests is read."""
    monkeypatch.chdir(tmp_path)


def toml(folder: Path, text: str) -> Path:
    path = folder / "fedpivot.toml"
    path.write_text(text, encoding="utf-8")
    return path


def problems_of(path: Path | None, environ: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(path, environ)
    return caught.value.problems


def test_nothing_set_means_every_watcher_and_rule_with_its_defaults() -> None:
    settings = load(None, {})

    assert settings == Settings()
    assert settings.watchers == {name: watcher() for name, watcher in WATCHERS.items()}
    assert settings.rules == {name: rule() for name, rule in RULES.items()}


def test_the_file_in_the_working_folder_is_read(tmp_path: Path) -> None:
    toml(tmp_path, "[health]\nport = 9000\n")

    assert load(None, {}).health.port == 9000


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    path = toml(tmp_path, '[health]\nport = 9000\nhost = "::1"\n')

    settings = load(path, {"FEDPIVOT_HEALTH__PORT": "9001"})

    assert (settings.health.host, settings.health.port) == ("::1", 9001)


def test_an_empty_variable_is_not_set() -> None:
    environ = {"FEDPIVOT_HEALTH__PORT": "", "TELEGRAM_BOT_TOKEN": "", "REDIS_URL_FILE": ""}

    assert load(None, environ) == Settings()


def test_watchers_and_rules_take_their_own_fields(tmp_path: Path) -> None:
    path = toml(
        tmp_path,
        '[watchers.fed_press]\nevery = "45s"\n[rules.rate_decision]\nlarge_bp = 75\non = false\n',
    )

    settings = load(path, {"FEDPIVOT_WATCHERS__TICKERS__SYMBOLS": "BTC/USDT, SOL/USDT"})

    assert settings.watchers["fed_press"].every == timedelta(seconds=45)
    assert settings.watchers["tickers"] == Tickers(symbols=("BTC/USDT", "SOL/USDT"))
    assert settings.rules["rate_decision"] == RateDecision(large_bp=Decimal(75), on=False)


def test_setting_one_part_of_a_pace_keeps_the_rules_own_other_parts(tmp_path: Path) -> None:
    path = toml(tmp_path, '[rules.rate_decision.pace]\ncooldown = "1h"\n')

    pace = load(path, {}).rules["rate_decision"].pace

    assert pace.cooldown == timedelta(hours=1)
    assert pace.resolves is RULES["rate_decision"]().pace.resolves is False


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        pytest.param({"TELEGRAM_BOT_TOKEN": TOKEN}, TOKEN, id="the usual variable"),
        pytest.param({"FEDPIVOT_TELEGRAM__TOKEN": TOKEN}, TOKEN, id="our own variable"),
        pytest.param(
            {"TELEGRAM_BOT_TOKEN_FILE": "secret", "TELEGRAM_BOT_TOKEN": TOKEN},
            OTHER_TOKEN,
            id="a secret file wins",
        ),
    ],
)
def test_the_token_is_read_and_taken_out_of_the_environment(
    tmp_path: Path, environ: dict[str, str], expected: str
) -> None:
    (tmp_path / "secret").write_text(f"{OTHER_TOKEN}\n")

    token = load(None, environ).telegram.token

    assert token is not None
    assert token.get_secret_value() == expected
    assert TOKEN not in environ.values()


def test_the_store_url_is_read_from_a_secret_file(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("rediss://bot:hunter22@redis.example/0\n")

    settings = load(None, {"REDIS_URL_FILE": "url"})

    assert settings.store.redis_url is not None
    assert settings.store.redis_url.get_secret_value().startswith("rediss://bot:hunter22@")
    assert "hunter22" in settings.secrets()


def test_secrets_are_not_shown_by_repr() -> None:
    environ = {"TELEGRAM_BOT_TOKEN": TOKEN, "REDIS_URL": "redis://:hunter22@redis.example"}

    shown = repr(load(None, environ))

    assert TOKEN not in shown
    assert "hunter22" not in shown


def test_short_names_and_chats_between_commas_are_understood(tmp_path: Path) -> None:
    environ = {
        "FEDPIVOT_DATA_DIR": str(tmp_path),
        "FEDPIVOT_LOG_LEVEL": "debug",
        "FEDPIVOT_TELEGRAM__ALLOW": "42, -1001",
    }

    settings = load(None, environ)

    assert settings.store.data_dir == tmp_path
    assert settings.log.level == "DEBUG"
    assert settings.telegram.allow == (42, -1001)


def test_the_default_folder_follows_the_desktop_standard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))

    assert load(None, {}).store.data_dir == tmp_path / "fedpivot"


def test_a_user_without_a_home_names_the_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setattr(Path, "expanduser", homeless)

    assert load(None, {"FEDPIVOT_DATA_DIR": "/data"}).store.data_dir == Path("/data")
    assert problems_of(None, {}) == [
        "store.data_dir: expected a folder, found ~/.local/share/fedpivot of a user without a home"
    ]


def homeless(path: Path) -> Path:
    """As `Path.expanduser` for a user id that no account has."""
    if path.parts[:1] == ("~",):
        raise RuntimeError("Could not determine home directory.")
    return path
