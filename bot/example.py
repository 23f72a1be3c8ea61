"""Settings as TOML: the example file with every default, and what is in force."""

import json
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from textwrap import wrap
from typing import Any

from pydantic import SecretStr

from bot.duration import spell
from bot.knobs import Knob, knobs
from bot.redaction import MASK, Redaction
from bot.settings import Settings

WIDTH = 98
HEAD = """\
# fedpivot, every setting with its default. None is needed: copy the lines you change to
# fedpivot.toml. Each is an environment variable too, which wins: [health] port is
# FEDPIVOT_HEALTH__PORT. `fedpivot config` checks the settings and shows what is in force.
"""


def example() -> str:
    """The text of example.toml: read as settings, it changes nothing."""
    tables = _tables(knobs(Settings()))
    return HEAD + "".join(
        f"\n[{name}]\n" + "".join(map(_documented, inside)) for name, inside in tables
    )


def in_force(settings: Settings) -> str:
    """The settings as they are, secrets masked; what is not set is left out."""
    lines: list[str] = []
    for name, inside in _tables(knobs(settings)):
        lines += [f"[{name}]", *_assignments(inside), ""]
    return Redaction(settings.secrets())("\n".join(lines))


def toml(value: Any) -> str:
    """One value as TOML: lengths of time as `30s`, secrets as asterisks."""
    match value:
        case bool():
            return "true" if value else "false"
        case Enum():
            return toml(value.value)
        case int() | float() | Decimal():
            return str(value)
        case date():
            return value.isoformat()
        case timedelta():
            return f'"{spell(value)}"'
        case SecretStr():
            return f'"{MASK}"'
        case str() | Path():
            return json.dumps(str(value), ensure_ascii=False)
        case _:
            return f"[{', '.join(map(toml, value))}]"


def _tables(settings: Iterable[Knob]) -> Iterator[tuple[str, list[Knob]]]:
    """The settings of each table; TOML wants a table's own settings before its inner tables."""
    tables: dict[str, list[Knob]] = {}
    for knob in settings:
        tables.setdefault(".".join(knob.path[:-1]), []).append(knob)
    yield from tables.items()


def _assignments(inside: Iterable[Knob]) -> Iterator[str]:
    yield from (f"{k.path[-1]} = {toml(k.value)}" for k in inside if k.value is not None)


def _documented(knob: Knob) -> str:
    comment = "".join(f"# {line}\n" for line in wrap(knob.description, WIDTH))
    if knob.value is None or knob.field.examples:
        return f"{comment}# {knob.path[-1]} = {toml(_sample(knob))}\n"
    return f"{comment}{knob.path[-1]} = {toml(knob.value)}\n"


def _sample(knob: Knob) -> object:
    """What a value could be where the default is none, or is another one on each machine."""
    if knob.field.examples:
        return knob.field.examples[0]
    return timedelta(days=1) if knob.duration else ""
