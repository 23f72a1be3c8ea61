"""Settings: defaults that run, layers that override, and every mistake at once."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    path = toml(
        tmp_path,
        """
        [telegram]
        tokn = "x"
        allow = "everybody"
        [health]
        port = 99999
        [watchers.fed_press]
        every = "soon"
        [rules.rate_decison]
        large_bp = 50
        """,
    )

    problems = problems_of(
        path,
        {
            "FEDPIVOT_LOG__LEVEL": "loud",
            "FEDPIVOT_HELTH__PORT": "1",
            "FEDPIVOT_LOG_LEVL": "info",
            "REDIS_URL_FILE": "nowhere",
        },
    )

    assert sorted(problem.partition(":")[0] for problem in problems) == [
        "FEDPIVOT_LOG_LEVL",
        "REDIS_URL_FILE",
        "health.port",
        "helth",
        "log.level",
        "rules.rate_decison",
        "telegram.allow",
        "telegram.tokn",
        "watchers.fed_press.every",
    ]


@pytest.mark.parametrize(
    ("text", "environ", "problem"),
    [
        pytest.param(
            "[telegram]\ntokn = 'x'",
            {},
            "telegram.tokn: unknown setting; did you mean telegram.token? (in fedpivot.toml)",
            id="a typo names the setting that was meant",
        ),
        pytest.param(
            "port = 1",
            {},
            "port: unknown setting; did you mean health.port? (in fedpivot.toml)",
            id="a setting outside its section is found again",
        ),
        pytest.param(
            "",
            {"FEDPIVOT_HEALTH__PORT": "many"},
            "health.port: expected a whole number, found 'many' (in FEDPIVOT_HEALTH__PORT)",
            id="a variable is named with its setting",
        ),
        pytest.param(
            "[watchers.fed_press]\nevery = 'soon'",
            {},
            'watchers.fed_press.every: expected a duration such as "30s", "5m", "2h" or "1d", '
            "found 'soon' (in fedpivot.toml)",
            id="a duration says how one is written",
        ),
        pytest.param(
            "health = 5",
            {},
            "health: expected a section of settings, found 5 (in fedpivot.toml)",
            id="a section is a table",
        ),
        pytest.param(
            "[store]\nredis_url = 'http://redis.example'",
            {},
            "store.redis_url: expected an address that starts with redis:// or rediss:// or "
            "unix://, found http:// (in fedpivot.toml)",
            id="an address says which schemes it takes",
        ),
        pytest.param(
            "",
            {"FEDPIVOT_LOG_LEVL": "info"},
            "FEDPIVOT_LOG_LEVL: unknown environment variable; did you mean FEDPIVOT_LOG_LEVEL?",
            id="a misspelled variable is not ignored",
        ),
        pytest.param(
            "",
            {"FEDPIVOT_TELEGRAM__ALLOW": "12,anna"},
            "telegram.allow: expected 'everyone' or a whole number, found ['12', 'anna'] "
            "(in FEDPIVOT_TELEGRAM__ALLOW)",
            id="chats are numbers",
        ),
    ],
)
def test_a_mistake_is_told_with_what_was_expected_and_found(
    tmp_path: Path, text: str, environ: dict[str, str], problem: str
) -> None:
    assert problems_of(toml(tmp_path, text), environ) == [problem]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b"[health\n", "expected TOML, found", id="not TOML"),
        pytest.param(b"\xff\xfe", "expected UTF-8", id="not text"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "fedpivot.toml"
    path.write_bytes(content)

    (problem,) = problems_of(path, {})

    assert str(path) in problem
    assert words in problem


def test_a_file_that_was_asked_for_has_to_be_there(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path / "no.toml", {})

    assert "expected a readable TOML file, found: No such file" in problem


def test_an_empty_secret_file_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("\n")

    (problem,) = problems_of(None, {"TELEGRAM_BOT_TOKEN_FILE": "secret"})

    assert problem == "TELEGRAM_BOT_TOKEN_FILE: expected a secret, found secret to be empty"


@pytest.mark.parametrize(
    "environ",
    [
        pytest.param({"TELEGRAM_BOT_TOKEN": f"bot{TOKEN}"}, id="a token with something before it"),
        pytest.param({"FEDPIVOT_TELEGRAM": TOKEN}, id="a token in place of a section"),
        pytest.param({"FEDPIVOT_HEALTH__PORT": TOKEN}, id="a token in another setting"),
        pytest.param({"FEDPIVOT_TELEGRAM__TOKN": TOKEN}, id="a token under a misspelled name"),
    ],
)
def test_a_mistake_never_shows_a_secret(environ: dict[str, str]) -> None:
    problems = problems_of(None, environ)

    assert TOKEN.partition(":")[2] not in "\n".join(problems)


@given(
    st.dictionaries(
        st.from_regex(r"FEDPIVOT_[A-Z_]{0,12}", fullmatch=True), st.text(max_size=20), max_size=4
    )
)
def test_whatever_the_environment_holds_ends_in_settings_or_in_problems(
    environ: dict[str, str],
) -> None:
    try:
        settings = load(None, environ)
    except SettingsError as error:
        assert error.problems  # noqa: PT017 - both ends are right
    else:
        assert isinstance(settings, Settings)
