"""Settings: one TOML file, the environment, secret files. Every mistake is told at once."""

import os
import tomllib
from collections.abc import Mapping, MutableMapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from rules.base import Rule
from rules.registry import RULES
from watchers.base import Watcher
from watchers.fetch import Fetching
from watchers.registry import WATCHERS

DEFAULT_FILE = Path("fedpivot.toml")
# Environment names that people expect, and the setting each one is.
ENVIRONMENT = {
    "TELEGRAM_BOT_TOKEN": ("telegram", "token"),
    "REDIS_URL": ("store", "redis_url"),
    "FEDPIVOT_DATA_DIR": ("store", "data_dir"),
    "FEDPIVOT_CONTACT": ("fetch", "contact"),
    "FEDPIVOT_PROXY": ("fetch", "proxy"),
    "FEDPIVOT_LOG_LEVEL": ("log", "level"),
}
SECRETS = ("TELEGRAM_BOT_TOKEN", "REDIS_URL")


class SettingsError(Exception):
    """The settings cannot be used; `problems` has one line for each mistake."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Section(BaseModel):
    """A table of the file; unknown keys are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Telegram(Section):
    """How the bot talks to Telegram."""

    token: SecretStr | None = Field(
        default=None, description="from @BotFather; without it the bot runs in this terminal"
    )
    api_base: str = Field(default="https://api.telegram.org", description="the Bot API's root")
    allow: Literal["everyone"] | tuple[int, ...] = Field(
        default="everyone", description='chat ids that may use the bot, or "everyone"'
    )
    proxy: str | None = Field(default=None, description="HTTP proxy for Telegram alone")


def _data_dir() -> Path:
    root = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(root) / "fedpivot"


class StoreSettings(Section):
    """Where the bot keeps what it must not forget."""

    redis_url: SecretStr | None = Field(
        default=None, description="a Redis or Valkey 7+ that you run; without it one is bundled"
    )
    data_dir: Path = Field(default_factory=_data_dir, description="folder of the bundled store")


class HealthSettings(Section):
    """The health and metrics page."""

    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(default=8477, ge=0, le=65535, description="0 switches the page off")


class LogSettings(Section):
    """What is logged, and how."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="least severe line that is written"
    )
    format: Literal["console", "json"] = Field(default="console", description="for people or tools")


class Settings(Section):
    """All settings. Zero configuration means the defaults, and they run as they are."""

    telegram: Telegram = Telegram()
    store: StoreSettings = Field(default_factory=StoreSettings)
    fetch: Fetching = Fetching()
    health: HealthSettings = HealthSettings()
    log: LogSettings = LogSettings()
    watchers: Mapping[str, Watcher] = Field(default_factory=dict)
    rules: Mapping[str, Rule] = Field(default_factory=dict)


def load(path: Path | None, environ: MutableMapping[str, str]) -> Settings:
    """Settings from a file (or `fedpivot.toml` if it is there) and the environment.

    The environment wins. Secrets are removed from `environ`. Raises `SettingsError`.
    """
    problems: list[str] = []
    raw = _file(path, problems)
    for name, (section, key) in ENVIRONMENT.items():
        value = _from_environment(name, environ, problems)
        if value:
            raw.setdefault(section, {})[key] = value
    plain = {key: value for key, value in raw.items() if key not in ("watchers", "rules")}
    watchers = _plugins("watchers", raw.get("watchers", {}), WATCHERS, problems)
    rules = _plugins("rules", raw.get("rules", {}), RULES, problems)
    try:
        settings = Settings.model_validate(plain)
    except ValidationError as error:
        problems += _problems("", error, Settings)
    if problems:
        raise SettingsError(problems)
    return settings.model_copy(update={"watchers": watchers, "rules": rules})


def _file(path: Path | None, problems: list[str]) -> dict[str, Any]:
    if path is None and not DEFAULT_FILE.exists():
        return {}
    path = path or DEFAULT_FILE
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        problems.append(f"{path}: expected a readable file, found {error.strerror}")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(f"{path}: expected TOML, found {error}")
    return {}


def _from_environment(
    name: str, environ: MutableMapping[str, str], problems: list[str]
) -> str | None:
    """The variable, or the content of the file that `NAME_FILE` names."""
    file = environ.get(f"{name}_FILE")
    if file:
        try:
            return Path(file).read_text("utf-8").strip()
        except OSError as error:
            problems.append(f"{name}_FILE: expected a readable file, found {error.strerror}")
    value = environ.get(name)
    if name in SECRETS:
        environ.pop(name, None)
    return value


def _plugins(
    section: str, raw: dict[str, Any], registry: Mapping[str, type[Any]], problems: list[str]
) -> dict[str, Any]:
    for name in raw:
        if name not in registry:
            problems.append(_unknown(f"{section}.{name}", name, list(registry)))
    built = {}
    for name, kind in registry.items():
        try:
            built[name] = kind.model_validate(raw.get(name, {}))
        except ValidationError as error:
            problems += _problems(f"{section}.{name}.", error, kind)
    return built


def _problems(prefix: str, error: ValidationError, kind: type[BaseModel]) -> list[str]:
    lines = []
    for one in error.errors():
        where = prefix + ".".join(map(str, one["loc"]))
        if one["type"] == "extra_forbidden":
            siblings = _siblings(kind, one["loc"][:-1])
            lines.append(_unknown(where, str(one["loc"][-1]), siblings))
        else:
            found = "a secret" if "token" in where or "redis_url" in where else repr(one["input"])
            lines.append(f"{where}: {_lowered(one['msg'])}, found {found[:80]}")
    return lines


def _siblings(kind: type[BaseModel], path: tuple[int | str, ...]) -> list[str]:
    fields = kind.model_fields
    for part in path:
        inner = fields[str(part)].annotation if str(part) in fields else None
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return list(fields)
        fields = inner.model_fields
    return list(fields)


def _unknown(where: str, name: str, known: list[str]) -> str:
    close = get_close_matches(name, known, n=1)
    hint = f"did you mean {close[0]}?" if close else f"known are {', '.join(known)}"
    return f"{where}: unknown setting; {hint}"


def _lowered(message: str) -> str:
    return message[:1].lower() + message[1:]
