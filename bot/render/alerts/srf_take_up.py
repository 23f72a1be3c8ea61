"""Standing repo facility: the day's take-up beside the business day before."""

from decimal import Decimal
from typing import Final

from bot.render.markup import Piece
from bot.render.sheet import Sheet, Values
from bot.render.words import Words, mark

_CALENDAR: Final = {
    "month_end": mark("calendar: around month end"),
    "quarter_end": mark("calendar: around quarter end"),
    "year_end": mark("calendar: around year end"),
    "tax_date": mark("calendar: around a tax date"),
}


def srf_take_up(values: Values, words: Words) -> Sheet:
    """Take-up before → now, the operations it is the sum of, rate and calendar."""
    accepted, previous = values.number("accepted_bn"), values.maybe_number("previous_bn")
    amount = words.amount(accepted)
    move = amount if previous is None else f"{words.amount(previous)} → {amount}"
    lines = (_sum(values, words), _before(values, words), _context(values, words))
    return Sheet(
        emoji="🏦",
        headline=words.say("Standing repo facility (SRF) take-up: {move}", move=move),
        figure=amount,
        lines=tuple(Piece(line) for line in lines if line),
        contradicted_by=words.say("a revised result from the New York Fed"),
    )


def _sum(values: Values, words: Words) -> str:
    operations = values.texts("operations")
    return words.say(
        "Accepted on {day}: {operations} ({count})",
        day=words.day(values.day("day")),
        operations=" + ".join(words.amount(Decimal(one)) for one in operations),
        count=words.say_many("{count} operation", "{count} operations", len(operations)),
    )


def _before(values: Values, words: Words) -> str:
    if not values.maybe_text("previous_day"):
        return ""
    day, previous = words.day(values.day("previous_day")), values.maybe_number("previous_bn")
    if previous is None:
        return words.say("Business day before, {day}: no result at hand", day=day)
    return words.say("Business day before, {day}: {amount}", day=day, amount=words.amount(previous))


def _context(values: Values, words: Words) -> str:
    rate, masked = values.maybe_number("rate_pct"), values.maybe_text("masked")
    facts = [words.say("rate {rate}", rate=words.percent(rate)) if rate is not None else ""]
    if masked in _CALENDAR:
        facts.append(words.say(_CALENDAR[masked]))
    line = " · ".join(filter(None, facts))
    return line[:1].upper() + line[1:]
