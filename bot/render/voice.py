"""How one reader is spoken to: wording, numbers, days and times in their language and zone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal

from bot.render.language import SOURCE_LANGUAGE, locale, translation

NEW_YORK: Final = ZoneInfo("America/New_York")
MINUS: Final = "−"

# How a language counts a billion dollars: Chinese counts in units of 10^8.
_BILLION: Final = {"en": (1, "${} bn"), "zh-Hant": (10, "{} 億美元")}


def mark(msgid: str) -> str:
    """Name a message id where it is listed, for the catalogs; it is translated where it is said."""
    return msgid


@dataclass(frozen=True, slots=True)
class Voice:
    """One language and one time zone."""

    language: str
    zone: ZoneInfo

    def say(self, msgid: str, **parts: str) -> str:
        """Wording with its parts filled in."""
        return translation(self.language).gettext(msgid).format(**parts)

    def say_many(self, one: str, many: str, count: int) -> str:
        """Wording that depends on a count, which it prints as `{count}`."""
        said = translation(self.language).ngettext(one, many, count)
        return said.format(count=self.number(Decimal(count)))

    @staticmethod
    def sentence(facts: Iterable[str]) -> str:
        """Short facts on one line, with a capital letter at the beginning."""
        line = " · ".join(facts)
        return line[:1].upper() + line[1:]

    def listed(self, items: Iterable[str]) -> str:
        """Items one after the other."""
        return self.say(", ").join(items)

    def number(self, value: Decimal, *, least: int = 0, most: int = 3, signed: bool = False) -> str:
        """A number with `least` to `most` decimals, with a real minus sign."""
        pattern = "#,##0." + "0" * least + "#" * (most - least)
        printed = format_decimal(abs(value), pattern.rstrip("."), locale(self.language))
        sign = MINUS if value < 0 else "+" if signed and value > 0 else ""
        return sign + printed

    def amount(self, billions: Decimal) -> str:
        """US dollars, given in billions, to the million."""
        scale, form = _BILLION[self.language]
        return form.format(self.number(billions * scale))

    def percent(self, value: Decimal, *, signed: bool = False) -> str:
        """Per cent with two decimals."""
        return self.number(value, least=2, most=2, signed=signed) + "%"

    def range(self, low: Decimal, high: Decimal) -> str:
        """A target range in per cent."""
        return f"{self.number(low, least=2)}–{self.number(high, least=2)}%"

    def day(self, day: date) -> str:
        """A day with its year."""
        return format_date(day, "medium", locale(self.language))

    def time(self, moment: datetime, zone: ZoneInfo, beside: date | None = None) -> str:
        """Time of day to the second; its day too, unless that is the day it is printed beside."""
        there = moment.astimezone(zone)
        clock = f"{there:%H:%M:%S}"
        if there.date() == beside:
            return clock
        return self.say("{day}, {time}", day=self.day(there.date()), time=clock)

    def zone_name(self, moment: datetime) -> str:
        """The reader's distance from UTC at a moment, such as UTC+8 or UTC−3:30."""
        offset = moment.astimezone(self.zone).utcoffset()
        minutes = round(offset.total_seconds() / 60) if offset else 0
        if not minutes:
            return "UTC"
        hours, rest = divmod(abs(minutes), 60)
        return f"UTC{'+' if minutes > 0 else MINUS}{hours}" + (f":{rest:02}" if rest else "")

    def is_new_york(self, moment: datetime) -> bool:
        """Whether the reader's clock shows New York's time at a moment."""
        return moment.astimezone(self.zone).utcoffset() == moment.astimezone(NEW_YORK).utcoffset()

    def moment(self, moment: datetime, beside: date | None = None) -> str:
        """A time in the reader's zone, and in New York's where that is another."""
        if self.is_new_york(moment):
            return self.say("{time} ET", time=self.time(moment, NEW_YORK, beside))
        here = f"{self.time(moment, self.zone, beside)} {self.zone_name(moment)}"
        today = moment.astimezone(self.zone).date()
        eastern = self.say("{time} ET", time=self.time(moment, NEW_YORK, today))
        return self.say("{here} ({eastern})", here=here, eastern=eastern)


def voice_for(language: str, time_zone: str) -> Voice:
    """The voice for a language and a zone; English and UTC in place of one that is not known."""
    try:
        translation(language)
    except (LookupError, OSError):
        language = SOURCE_LANGUAGE
    try:
        zone = ZoneInfo(time_zone)
    except (LookupError, OSError, ValueError):
        zone = ZoneInfo("UTC")
    return Voice(language, zone)
