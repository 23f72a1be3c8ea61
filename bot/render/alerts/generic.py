"""The plain form of any finding: used for one without wording of its own or with odd values."""

from decimal import Decimal
from typing import Final

from bot.render.markup import Piece, cut
from bot.render.sheet import Sheet
from bot.render.voice import Voice
from rules.base import Finding, Scalar

MOST_VALUES: Final = 20
LONGEST_VALUE: Final = 300


def generic(finding: Finding, voice: Voice) -> Sheet:
    """Every value under its own key; what is not known is said to be so."""
    rows = list(finding.values.items())[:MOST_VALUES]
    return Sheet(
        emoji="🔔",
        headline=voice.say("Alert {name}", name=cut(finding.message, 100)),
        figure="",
        lines=tuple(Piece(f"{cut(key, 60)}: {_printed(value, voice)}") for key, value in rows),
    )


def _printed(value: Scalar, voice: Voice) -> str:
    match value:
        case None | ():
            return voice.say("not known")
        case Decimal():
            return f"{value:f}"
        case tuple():
            return cut(", ".join(value), LONGEST_VALUE)
        case _:
            return cut(str(value), LONGEST_VALUE)
