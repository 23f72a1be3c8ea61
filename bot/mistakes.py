"""Says what is wrong with a setting: its path, what was expected, what was found."""

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
    "time_delta_type": 'a duration such as "30s", "5m", "2h" or "1d"',
    "time_delta_parsing": 'a duration such as "30s", "5m", "2h" or "1d"',
    "tuple_type": "a list",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "decimal_type": "a number",
    "decimal_parsing": "a number",
    "string_type": "text between quotes",
}


def mistakes(
    error: ValidationError, known: Sequence[Knob], origin: Callable[[Path], str]
) -> Iterator[str]:
    """One line for each mistake. `origin` names the file or variable that a path was set in."""
    paths = [knob.path for knob in known]
    secret = {knob.path for knob in known if knob.secret}
    alternatives: dict[Path, list[Any]] = {}
    for detail in error.errors(include_url=False):
        path = _setting(tuple(str(part) for part in detail["loc"]), paths)
        alternatives.setdefault(path, []).append(detail)
    for path, details in alternatives.items():
        what = _what(path, details, paths, hidden=path in secret)
        where = f" (in {found})" if (found := origin(path)) else ""
        yield f"{'.'.join(path)}: {what}{where}"


def _setting(loc: Path, paths: Sequence[Path]) -> Path:
    """The setting that a place belongs to: pydantic also counts alternatives and list items."""
    within = (path for path in paths if loc[: len(path)] == path)
    return next(within, loc)


def _what(path: Path, details: Sequence[Any], paths: Sequence[Path], *, hidden: bool) -> str:
    first = details[0]
    if first["type"] == "extra_forbidden":
        return f"unknown setting{_hint(path, paths)}"
    if first["type"] == "value_error":
        return str(first["ctx"]["error"])
    wanted = " or ".join(dict.fromkeys(map(_wanted, details)))
    found = "a value that is not shown" if hidden else _shown(first["input"])
    return f"expected {wanted}, found {found}"


def _wanted(detail: Any) -> str:
    message: str = detail["msg"]
    return EXPECTED.get(detail["type"], message.removeprefix("Input should be "))


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def _hint(path: Path, paths: Sequence[Path]) -> str:
    meant = _meant(path, paths)
    return f"; did you mean {'.'.join(meant)}?" if meant else ""


def _meant(path: Path, paths: Sequence[Path]) -> Path | None:
    """The sibling that looks alike, else the only setting of such a name elsewhere."""
    *above, last = path
    depth = len(above)
    siblings = {other[depth] for other in paths if len(other) > depth and [*other[:depth]] == above}
    if close := get_close_matches(last, sorted(siblings), 1):
        return (*above, close[0])
    alike = get_close_matches(last, {other[-1] for other in paths}, 1)
    found = [other for other in paths if other[-1:] == tuple(alike)]
    return found[0] if len(found) == 1 else None
