"""What is wrong with the settings, all of it, in words that help."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import Settings, SettingsError, load

TOKEN = "123456789:AAExampleExampleExampleExampleExamp"


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
