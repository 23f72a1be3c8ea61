"""How numbers, days and names are written in a language; what every kind of alert shares."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal

from bot.render.language import locale, translation
from rules.base import Finding, Scalar

NEW_YORK = ZoneInfo("America/New_York")
MINUS = "−"


@dataclass(frozen=True, slots=True)
class Body:
    """The middle of an alert: a headline, value lines, and what would contradict it."""

    headline: str
    lines: tuple[str, ...] = ()
    quote: str = ""
    contradicts: str = ""


class Words:
    """One language's way to write things."""

    def __init__(self, language: str, time_zone: str = "UTC") -> None:
        self.language = language
        self.zone = ZoneInfo(time_zone)
        self._locale = locale(language)
        self._: Callable[[str], str] = translation(language).gettext

    def number(self, value: Decimal, pattern: str = "#,##0.##") -> str:
        """A number with the language's separators and a true minus sign."""
        return format_decimal(value, pattern, locale=self._locale).replace("-", MINUS)

    def pct(self, value: Scalar, pattern: str = "0.00") -> str:
        """A number in per cent."""
        return f"{self.number(value, pattern)}%" if isinstance(value, Decimal) else "?"

    def signed_pct(self, value: Decimal) -> str:
        """A change in per cent, always with its sign."""
        sign = "+" if value > 0 else ""
        return f"{sign}{self.number(value, '0.00')}%"

    def span(self, low: Scalar, high: Scalar) -> str:
        """A target range."""
        if not isinstance(low, Decimal) or not isinstance(high, Decimal):
            return self._("not known")
        return f"{self.number(low, '0.00')}–{self.number(high, '0.00')}%"

    def bn(self, value: Scalar) -> str:
        """An amount in USD billions."""
        if not isinstance(value, Decimal):
            return self._("not known")
        return self._("${amount}bn").format(amount=self.number(value, "#,##0.00"))

    def round_bn(self, value: Scalar) -> str:
        """An amount in USD billions that is stated in round numbers."""
        if not isinstance(value, Decimal):
            return self._("not known")
        return self._("${amount}bn").format(amount=self.number(value, "#,##0.##"))

    def usd(self, value: Scalar) -> str:
        """A price."""
        return f"${self.number(value, '#,##0.00')}" if isinstance(value, Decimal) else "?"

    def day(self, iso: Scalar) -> str:
        """A day, from its ISO form."""
        return format_date(date.fromisoformat(str(iso)), "medium", locale=self._locale)

    def clock(self, moment: datetime) -> str:
        """A time in the reader's zone, to the second."""
        return f"{moment.astimezone(self.zone):%Y-%m-%d %H:%M:%S}"

    def new_york(self, moment: datetime) -> str:
        """A time of day in New York."""
        return f"{moment.astimezone(NEW_YORK):%H:%M} ET"

    def preference(self, code: str) -> str:
        """What a dissenter preferred."""
        _ = self._
        names = {
            "hike": _("a raise"),
            "cut": _("a cut"),
            "hold": _("no change"),
            "bigger_cut": _("a larger cut"),
            "smaller_cut": _("a smaller cut"),
            "bigger_hike": _("a larger raise"),
            "smaller_hike": _("a smaller raise"),
            "no_easing_bias": _("no easing bias"),
            "balance_sheet": _("another balance-sheet decision"),
            "guidance": _("other guidance"),
        }
        return names.get(code, _("something else"))

    def regime(self, code: Scalar) -> str:
        """A balance-sheet regime in words."""
        _ = self._
        names = {
            "QT": _("quantitative tightening"),
            "QT_TAPER": _("slower quantitative tightening"),
            "HOLD": _("holding steady"),
            "RMP": _("reserve management purchases"),
            "QE": _("quantitative easing (QE)"),
            "QE_TAPER": _("slower asset purchases (QE taper)"),
        }
        return names.get(str(code), _("not known"))


Renderer = Callable[[Finding, Words], Body]


def as_of(words: Words, iso: Scalar) -> str:
    """A short "as of" with the day."""
    return translation(words.language).gettext("as of {day}").format(day=words.day(iso))
