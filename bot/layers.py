"""Where settings come from: a TOML file, the environment and secret files, as nested mappings."""

import tomllib
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import orjson

from bot import duration
from bot.knobs import NESTING, PREFIX, Knob

Tree = dict[str, Any]
PathOf = tuple[str, ...]

# Names that others know these secrets by; each also exists as NAME_FILE, which names a file.
SECRETS: Mapping[str, PathOf] = {
    "TELEGRAM_BOT_TOKEN": ("telegram", "token"),
    "REDIS_URL": ("store", "redis_url"),
}
# Short names for what is set most often.
SHORT: Mapping[str, PathOf] = {
    "FEDPIVOT_DATA_DIR": ("store", "data_dir"),
    "FEDPIVOT_CONTACT": ("fetch", "contact"),
    "FEDPIVOT_PROXY": ("fetch", "proxy"),
    "FEDPIVOT_LOG_LEVEL": ("log", "level"),
}
# Variables with our prefix that are no settings, and what reads them.
NOT_SETTINGS: Mapping[str, str] = {
    "FEDPIVOT_CONFIG": "the TOML file to read, as `--config`",
    "FEDPIVOT_STORE_BINARY": "the Valkey or Redis program to start when no `REDIS_URL` is set",
    "FEDPIVOT_CORPUS": "folder of the recordings for `fedpivot demo --corpus` and the corpus tests",
    "FEDPIVOT_TEST_SERVER": "the store program that the tests start",
}


@dataclass(slots=True)
class Reading:
    """What was read: the values, where each came from, and what could not be read."""

    values: Tree = field(default_factory=dict)
    origins: dict[PathOf, str] = field(default_factory=dict)
    file: str = ""
    problems: list[str] = field(default_factory=list)

    def origin(self, path: PathOf) -> str:
        """The variable or the file that a value came from."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.origins:
                return self.origins[path[:length]]
        return self.file

    def put(self, path: PathOf, value: object, origin: str) -> None:
        """Set one value over whatever an earlier layer said."""
        node = self.values
        for name in path[:-1]:
            if not isinstance(node.get(name), dict):
                node[name] = {}
            node = node[name]
        node[path[-1]] = value
        self.origins[path] = origin


def read(path: Path | None, environ: MutableMapping[str, str], known: Sequence[Knob]) -> Reading:
    """Read the file, then the environment over it, then the secrets over both.

    Variables that carry a secret are removed from `environ`: no child process inherits them.
    """
    reading = Reading()
    if path is not None:
        reading.file = path.name
        reading.values = _file(path, reading.problems)
    _environment(environ, known, reading)
    for variable, target in SECRETS.items():
        _secret(environ, variable, target, reading)
    for variable in [*SECRETS, *(knob.variable for knob in known if knob.secret)]:
        environ.pop(variable, None)
    for knob in known:
        if knob.duration:
            _duration(reading.values, knob.path)
    return reading


def _file(path: Path, problems: list[str]) -> Tree:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        problems.append(f"{path}: expected a readable TOML file, found: {error.strerror}")
    except UnicodeDecodeError as error:
        problems.append(f"{path}: expected UTF-8 text, found byte {error.start} to be none")
    except tomllib.TOMLDecodeError as error:
        problems.append(f"{path}: expected TOML, found: {error}")
    return {}


def _environment(environ: Mapping[str, str], known: Sequence[Knob], reading: Reading) -> None:
    lists = {knob.path for knob in known if knob.several}
    for variable, text in sorted(environ.items()):
        if not variable.startswith(PREFIX) or variable in NOT_SETTINGS or not text:
            continue
        path = SHORT.get(variable) or tuple(variable.removeprefix(PREFIX).lower().split(NESTING))
        if len(path) == 1:
            reading.problems.append(_unknown(variable, (knob.variable for knob in known)))
        else:
            reading.put(path, _items(text) if path in lists else text, variable)


def _unknown(variable: str, known: Iterable[str]) -> str:
    close = get_close_matches(variable, [*known, *SHORT, *NOT_SETTINGS], 1)
    hint = f"; did you mean {close[0]}?" if close else ""
    return f"{variable}: unknown environment variable{hint}"


def _items(text: str) -> object:
    """A list as JSON, or as words between commas."""
    if text.lstrip().startswith("["):
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            return text
    return [word.strip() for word in text.split(",") if word.strip()]


def _secret(environ: Mapping[str, str], variable: str, target: PathOf, reading: Reading) -> None:
    if environ.get(variable):
        reading.put(target, environ[variable].strip(), variable)
    file_variable = f"{variable}_FILE"
    if not environ.get(file_variable):
        return
    path = Path(environ[file_variable])
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not text"
        reading.problems.append(f"{file_variable}: expected a readable file, found {path}: {why}")
        return
    if text:
        reading.put(target, text, file_variable)
    else:
        reading.problems.append(f"{file_variable}: expected a secret, found {path} to be empty")


def _duration(values: Tree, path: PathOf) -> None:
    node: Any = values
    for name in path[:-1]:
        node = node.get(name) if isinstance(node, dict) else None
    if isinstance(node, dict) and isinstance(text := node.get(path[-1]), str):
        parsed = duration.parse(text)
        node[path[-1]] = text if parsed is None else parsed


def merged(below: Tree, above: Tree) -> Tree:
    """Both trees as one; where both say something, the one above counts."""
    both = dict(below)
    for name, value in above.items():
        under = below.get(name)
        if isinstance(under, dict) and isinstance(value, dict):
            value = merged(under, value)
        both[name] = value
    return both
