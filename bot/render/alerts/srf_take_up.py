"""Standing repo facility: the day's take-up beside the business day before."""

from decimal import Decimal
from typing import Final

from bot.render.markup import Piece
from bot.render.sheet import Sheet, Values
from bot.render.voice import Voice, mark

_CALENDAR: Final = {
    "month_end": mark("calendar: around month end"),
    "quarter_end": mark("calendar: around quarter end"),
    "year_end": mark("calendar: around year end"),
    "tax_date": mark("calendar: around a tax date"),
}


def srf_take_up(values: Values, voice: Voice) -> Sheet:
    """Take-up before → now, the operations it is the sum of, rate and calendar."""
    accepted, previous = values.number("accepted_bn"), values.maybe_number("previous_bn")
    amount = voice.amount(accepted)
    move = amount if previous is None else f"{voice.amount(previous)} → {amount}"
    lines = (_sum(values, voice), _before(values, voice), _context(values, voice))
    return Sheet(
        emoji="🏦",
        headline=voice.say("Standing repo facility (SRF) take-up: {move}", move=move),
        figure=amount,
        lines=tuple(Piece(line) for line in lines if line),
        contradicted_by=voice.say("a revised result from the New York Fed"),
    )


def _sum(values: Values, voice: Voice) -> str:
    operations = values.texts("operations")
    return voice.say(
        "Accepted on {day}: {operations} ({count})",
        day=voice.day(values.day("day")),
        operations=" + ".join(voice.amount(Decimal(one)) for one in operations),
        count=voice.say_many("{count} operation", "{count} operations", len(operations)),
    )


def _before(values: Values, voice: Voice) -> str:
    if not values.maybe_text("previous_day"):
        return ""
    day, previous = voice.day(values.day("previous_day")), values.maybe_number("previous_bn")
    if previous is None:
        return voice.say("Business day before, {day}: no result at hand", day=day)
    return voice.say("Business day before, {day}: {amount}", day=day, amount=voice.amount(previous))


def _context(values: Values, voice: Voice) -> str:
    rate, masked = values.maybe_number("rate_pct"), values.maybe_text("masked")
    facts = [voice.say("rate {rate}", rate=voice.percent(rate)) if rate is not None else ""]
    if masked in _CALENDAR:
        facts.append(voice.say(_CALENDAR[masked]))
    return voice.sentence(filter(None, facts))
