"""Says what is wrong with a setting: its path, what was expected, what was found, what was meant."""

from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from bot.knobs import Knob

Path = tuple[str, ...]
LONGEST_SHOWN = 60

# pydantic speaks of models and of formats nobody types; these are the same in a user's words.
EXPECTED = {
    "model_type": "a section of settings",
    "model_attributes_type": "a section of settings",
    "time_delta_type": 'a duration such as "30s", "5m", "2h", "1d" or a number of seconds',
    "time_delta_parsing": 'a duration such as "30s", "5m", "2h", "1d" or a number of seconds',
    "tuple_type": "a list",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
}


def mistakes(
    error: ValidationError, known: Sequence[Knob], origin: Callable[[Path], str]
) -> Iterator[str]:
    """One line for each mistake. `origin` names the file or variable that a path was set in."""
    secret = {knob.path for knob in known if knob.secret}
    for detail in error.errors(include_url=False):
        path = tuple(str(part) for part in detail["loc"])
        where = f" (in {found})" if (found := origin(path)) else ""
        if detail["type"] == "extra_forbidden":
            yield f"{'.'.join(path)}: unknown setting{_hint(path, known)}{where}"
        else:
            hidden = path in secret
            yield f"{'.'.join(path)}: {_expected(detail, hidden=hidden)}{where}"


def _expected(detail: Any, *, hidden: bool) -> str:
    if detail["type"] == "value_error":
        return str(detail["ctx"]["error"])
    wanted = detail["msg"].removeprefix("Input should be ")
    wanted = EXPECTED.get(detail["type"], wanted)
    found = "a value that is not shown" if hidden else _shown(detail["input"])
    return f"expected {wanted}, found {found}"


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def _hint(path: Path, known: Sequence[Knob]) -> str:
    meant = _meant(path, [knob.path for knob in known])
    return f"; did you mean {'.'.join(meant)}?" if meant else ""


def _meant(path: Path, known: Sequence[Path]) -> Path | None:
    """The sibling that looks alike, else the only setting of that name elsewhere."""
    *above, last = path
    depth = len(above)
    siblings = {other[depth] for other in known if len(other) > depth and [*other[:depth]] == above}
    close = get_close_matches(last, sorted(siblings), 1)
    if close:
        return (*above, close[0])
    same = [other for other in known if other[-1] == last]
    return same[0] if len(same) == 1 else None
