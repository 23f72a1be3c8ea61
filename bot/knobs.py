"""Every setting as one flat list: its path, its field and its value."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

PREFIX = "FEDPIVOT_"
NESTING = "__"


@dataclass(frozen=True, slots=True)
class Knob:
    """One setting: `path` such as ("health", "port"), and the value it has."""

    path: tuple[str, ...]
    field: FieldInfo
    value: Any
    section: type[BaseModel]

    @property
    def name(self) -> str:
        """The path as a reader of TOML writes it."""
        return ".".join(self.path)

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return PREFIX + NESTING.join(self.path).upper()

    @property
    def description(self) -> str:
        """What it is for, in one line; a default that is replaced keeps the words of its base."""
        classes = (one for one in self.section.__mro__ if issubclass(one, BaseModel))
        fields = (one.model_fields.get(self.path[-1]) for one in classes)
        return next((field.description for field in fields if field and field.description), "")

    @property
    def secret(self) -> bool:
        """Its value is never shown."""
        return self._takes(SecretStr)

    @property
    def duration(self) -> bool:
        """Its value is a length of time."""
        return self._takes(timedelta)

    @property
    def several(self) -> bool:
        """Its value is a list."""
        return get_origin(self.field.annotation) in (tuple, list, frozenset, set)

    def _takes(self, kind: type) -> bool:
        return kind in _kinds(self.field.annotation)


def knobs(section: BaseModel, path: tuple[str, ...] = ()) -> Iterator[Knob]:
    """Every setting of a section and of the sections inside it, in order of definition."""
    for name, field in type(section).model_fields.items():
        value = getattr(section, name)
        inner = _sections(name, value)
        for place, found in inner.items():
            yield from knobs(found, (*path, *place))
        if not inner:
            yield Knob((*path, name), field, value, type(section))


def _kinds(annotation: object) -> Iterator[object]:
    """A type and the types inside it: constraints and `| None` wrap the one we ask for."""
    yield annotation
    for inner in get_args(annotation):
        yield from _kinds(inner)


def _sections(name: str, value: object) -> dict[tuple[str, ...], BaseModel]:
    if isinstance(value, BaseModel):
        return {(name,): value}
    entries = value.items() if isinstance(value, Mapping) else ()
    return {(name, key): entry for key, entry in entries if isinstance(entry, BaseModel)}
