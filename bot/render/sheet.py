"""What an alert says, before markup: one headline, a few lines, and what would contradict it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from bot.render.markup import Piece
from rules.base import Scalar


@dataclass(frozen=True, slots=True)
class Sheet:
    """The content of one finding; `figure` is its gist, for "corrected: old → new"."""

    emoji: str
    headline: str
    figure: str = ""
    lines: tuple[Piece, ...] = ()
    contradicted_by: str = ""


class Values:
    """A finding's values by type; a `ValueError` says what was expected and what was found."""

    def __init__(self, raw: Mapping[str, Scalar]) -> None:
        self._raw = raw

    def maybe_number(self, key: str) -> Decimal | None:
        """A number, or None where it is not known; never zero in its place."""
        value = self._raw.get(key)
        if value is None or isinstance(value, Decimal):
            return value
        raise ValueError(f"{key}: expected a number, found {value!r}")

    def number(self, key: str) -> Decimal:
        """A number that the wording cannot do without."""
        value = self.maybe_number(key)
        if value is None:
            raise ValueError(f"{key}: expected a number, found nothing")
        return value

    def maybe_text(self, key: str) -> str | None:
        """A text, or None where there is none."""
        value = self._raw.get(key)
        if value is None or isinstance(value, str):
            return value or None
        raise ValueError(f"{key}: expected a text, found {value!r}")

    def text(self, key: str) -> str:
        """A text that the wording cannot do without."""
        value = self.maybe_text(key)
        if value is None:
            raise ValueError(f"{key}: expected a text, found nothing")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Texts in order; none where the key is missing."""
        value = self._raw.get(key)
        if value is None or isinstance(value, tuple):
            return value or ()
        raise ValueError(f"{key}: expected a list of texts, found {value!r}")

    def flag(self, key: str) -> bool | None:
        """Yes, no, or None where it is not known."""
        value = self._raw.get(key)
        if value is None or isinstance(value, bool):
            return value
        raise ValueError(f"{key}: expected true or false, found {value!r}")

    def day(self, key: str) -> date:
        """A day in ISO form."""
        return date.fromisoformat(self.text(key))

    def moment(self, key: str) -> datetime:
        """An aware time in ISO form."""
        moment = datetime.fromisoformat(self.text(key))
        if moment.tzinfo is None:
            raise ValueError(f"{key}: expected a time with its zone, found {moment.isoformat()}")
        return moment
