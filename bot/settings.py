"""Settings: one TOML file, the environment, secret files. Every mistake is told at once."""

import os
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    create_model,
)

from bot import layers
from bot.knobs import knobs
from bot.mistakes import mistakes
from bot.redaction import BOT_TOKEN, Redaction
from rules.registry import RULES
from watchers.fetch import Fetching
from watchers.registry import WATCHERS

if TYPE_CHECKING:
    from rules.base import Rule
    from watchers.base import Watcher

DEFAULT_FILE = Path("fedpivot.toml")


class SettingsError(Exception):
    """The settings cannot be used; `problems` has one line for each mistake."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))


def _token(value: SecretStr) -> SecretStr:
    if not BOT_TOKEN.fullmatch(value.get_secret_value()):
        raise ValueError(
            "expected a bot token as @BotFather gives it (digits:35 letters), found another form"
        )
    return value


def _address(*schemes: str) -> AfterValidator:
    def check(value: Any) -> Any:
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        scheme, separator, rest = text.partition("://")
        if scheme not in schemes or not rest:
            wanted = " or ".join(f"{one}://" for one in schemes)
            found = f"{scheme}://" if separator else "no scheme"
            raise ValueError(f"expected an address that starts with {wanted}, found {found}")
        return value

    return AfterValidator(check)


def _data_dir() -> Path:
    given = Path(os.environ.get("XDG_DATA_HOME", ""))
    return (given if given.is_absolute() else Path("~/.local/share")) / "fedpivot"


def _expanded(path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError as error:
        raise ValueError(f"expected a folder, found {path} of a user without a home") from error


def _chats(value: object) -> object:
    """In an environment variable the ids stand between commas."""
    return value.split(",") if isinstance(value, str) and value != "everyone" else value


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


class Section(BaseModel):
    """A table of the file; unknown keys are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Telegram(Section):
    """How the bot talks to Telegram, and with whom."""

    token: Annotated[SecretStr, AfterValidator(_token)] | None = Field(
        default=None,
        description="from @BotFather, better in TELEGRAM_BOT_TOKEN or TELEGRAM_BOT_TOKEN_FILE; "
        "without it the bot runs in this terminal",
        examples=["123456789:AAExampleExampleExampleExampleExamp"],
    )
    api_base: Annotated[str, _address("https", "http")] = Field(
        default="https://api.telegram.org", description="the Bot API's root"
    )
    allow: Annotated[Literal["everyone"] | tuple[int, ...], BeforeValidator(_chats)] = Field(
        default="everyone",
        description='"everyone", or a list of the chat ids that may use the bot',
    )
    proxy: Annotated[str, _address("http", "https")] | None = Field(
        default=None,
        description="HTTP proxy for Telegram alone",
        examples=["http://proxy.example:3128"],
    )


class StoreSettings(Section):
    """Where the bot keeps what it must not forget."""

    redis_url: Annotated[SecretStr, _address("redis", "rediss", "unix")] | None = Field(
        default=None,
        description="a Redis or Valkey 7+ that you run, better in REDIS_URL or REDIS_URL_FILE; "
        "without it one is bundled",
        examples=["rediss://user:password@redis.example:6379/0"],
    )
    data_dir: Annotated[Path, AfterValidator(_expanded)] = Field(
        default_factory=_data_dir,
        validate_default=True,
        description="folder of the bundled store; fedpivot in XDG_DATA_HOME if this is not set",
        examples=["~/.local/share/fedpivot"],
    )


class HealthSettings(Section):
    """The health and metrics page."""

    host: str = Field(default="127.0.0.1", description="address to listen on; asks for no password")
    port: int = Field(default=8477, ge=0, le=65535, description="0 switches the page off")


class LogSettings(Section):
    """What is logged, and how."""

    level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_upper)] = Field(
        default="INFO", description="least severe line that is written"
    )
    format: Literal["console", "json"] = Field(default="console", description="for people or tools")


def _tables(name: str, registry: Mapping[str, type[Any]]) -> Any:
    """One table for each registered class: the fields of the class are its settings."""
    fields: dict[str, Any] = {key: (kind, kind()) for key, kind in registry.items()}
    return Annotated[create_model(name, __base__=Section, **fields), AfterValidator(dict)]


if TYPE_CHECKING:
    Watchers = Mapping[str, Watcher]
    Rules = Mapping[str, Rule]
else:
    Watchers = _tables("Watchers", WATCHERS)
    Rules = _tables("Rules", RULES)


class Settings(Section):
    """All settings. Zero configuration means the defaults, and they run as they are."""

    telegram: Telegram = Telegram()
    store: StoreSettings = Field(default_factory=StoreSettings)
    fetch: Fetching = Fetching()
    health: HealthSettings = HealthSettings()
    log: LogSettings = LogSettings()
    watchers: Watchers = Field(
        default_factory=lambda: {name: watcher() for name, watcher in WATCHERS.items()}
    )
    rules: Rules = Field(default_factory=lambda: {name: rule() for name, rule in RULES.items()})

    def secrets(self) -> Iterator[str]:
        """Every text that must not be shown; for the redaction of logs."""
        for knob in knobs(self):
            text = knob.value
            if isinstance(text, SecretStr):
                text = text.get_secret_value()
                yield text
            if isinstance(text, str) and "://" in text and (password := urlsplit(text).password):
                yield password


def load(path: Path | None, environ: MutableMapping[str, str]) -> Settings:
    """Settings from a file (or `fedpivot.toml` if it is there) and the environment.

    The environment wins. Secrets are removed from `environ`. Raises `SettingsError`.
    """
    defaults = Settings(store=StoreSettings(data_dir=Path()))  # not every user has a home
    known = list(knobs(defaults))
    if path is None and DEFAULT_FILE.is_file():
        path = DEFAULT_FILE
    reading = layers.read(path, environ, known)
    problems = reading.problems
    try:
        settings = Settings.model_validate(_completed(reading.values, defaults))
    except ValidationError as error:
        problems += mistakes(error, known, reading.origin)
    if problems:
        raise SettingsError(map(Redaction(), problems))
    return settings


def _completed(values: layers.Tree, defaults: Settings) -> layers.Tree:
    """A table inside a rule that sets one field keeps the rule's own defaults for the others."""
    own = {"watchers": defaults.watchers, "rules": defaults.rules}
    dumped = {
        section: {name: entry.model_dump() for name, entry in entries.items()}
        for section, entries in own.items()
    }
    return layers.merged({"store": {}, **dumped}, values)
