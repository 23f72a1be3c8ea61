"""What an implementation note sets: administered rates, and what the Desk is told to do."""

import re
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from rules.reading.normalise import NUMBER, normalise

_IORB = re.compile(
    rf"interest (?:rates? )?paid on (?:required and excess |excess )?reserve balances[^.;]{{0,80}}?"
    rf"(?:to|at) ({NUMBER}) percent"
)
_ON_RRP = re.compile(
    rf"reverse repurchase (?:agreement )?operations?.{{0,400}}?offering rate of ({NUMBER}) percent",
    re.DOTALL,
)
_SRF = re.compile(
    rf"(?<!reverse )repurchase agreement operations?[^;]{{0,120}}?"
    rf"(?:minimum bid rate|at a rate|offering rate) of ({NUMBER}) percent"
)
_PRIMARY = re.compile(
    rf"primary credit rate[^;]{{0,160}}?(?:\bto|\bat|level of) ({NUMBER}) percent"
)


class Note(BaseModel):
    """The parts of a note that could be read; rates in per cent, amounts in USD billions."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    iorb: Decimal | None = None
    on_rrp_rate: Decimal | None = None
    srf_rate: Decimal | None = None
    primary_credit: Decimal | None = None


def read_note(text: str) -> Note:
    """Read a note from its text; never raises."""
    plain = normalise(text).replace("\n\n", "\n")
    return Note(
        iorb=_first(_IORB, plain),
        on_rrp_rate=_first(_ON_RRP, plain),
        srf_rate=_first(_SRF, plain),
        primary_credit=_first(_PRIMARY, plain),
    )


def _first(pattern: re.Pattern[str], text: str) -> Decimal | None:
    match = pattern.search(text)
    return Decimal(match[1]) if match and "/" not in match[1] else None
