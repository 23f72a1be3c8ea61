"""Balance-sheet policy: what the Desk was told to do before and what it is told now.

Reserve management purchases are never called QE: in any message about them, purchases to ease go
by their long name.
"""

from typing import Final

from bot.render.markup import Piece, cut
from bot.render.sheet import Sheet, Values
from bot.render.words import Words, mark

LONGEST_QUOTE: Final = 400
RMP: Final = "RMP"
PURCHASES: Final = frozenset({RMP, "QE", "QE_TAPER"})

_REGIMES: Final = {
    "QT": mark("runoff (QT)"),
    "QT_TAPER": mark("slower runoff (QT)"),
    "HOLD": mark("holdings kept steady"),
    RMP: mark("reserve management purchases (the Fed says: not a change in stance)"),
    "QE": mark("asset purchases (QE)"),
    "QE_TAPER": mark("slower asset purchases (QE taper)"),
}
_BESIDE_RMP: Final = {
    "QE": mark("large-scale asset purchases"),
    "QE_TAPER": mark("slower large-scale asset purchases"),
}


def announced(values: Values, words: Words) -> Sheet:
    """A change that the official text announces, with its own words."""
    quote = values.maybe_text("quote")
    facts = (_dates(values, words), _terms(values, words))
    lines = tuple(Piece(fact) for fact in facts if fact)
    if quote:
        lines += (Piece(words.say("“{quote}”", quote=cut(quote, LONGEST_QUOTE)), "i"),)
    return Sheet(
        emoji="🏛",
        headline=words.say("Fed balance sheet: {move}", move=_move(values, words)),
        figure=words.listed(filter(None, (_regime(values, words), _terms(values, words)))),
        lines=lines,
        contradicted_by=words.say(
            "a later directive to the Desk that says otherwise, or weeks of H.4.1 holdings "
            "that move the other way"
        ),
    )


def effective(values: Values, words: Words) -> Sheet:
    """The day of an announced change has come."""
    return Sheet(
        emoji="🏛",
        headline=words.say("Fed balance sheet, now in effect: {move}", move=_move(values, words)),
        figure=_regime(values, words),
        lines=(
            Piece(
                words.say(
                    "In effect from {effective}, announced {announced}",
                    effective=words.day(values.day("effective_on")),
                    announced=words.day(values.day("announced_on")),
                )
            ),
        ),
        contradicted_by=words.say("a directive to the Desk that postpones or withdraws it"),
    )


def _move(values: Values, words: Words) -> str:
    regime, previous = values.text("regime"), values.maybe_text("previous")
    new = _regime(values, words)
    if previous == regime:
        return words.say("{regime}, on new terms", regime=new)
    return f"{_name(previous, regime, words)} → {new}" if previous else new


def _regime(values: Values, words: Words) -> str:
    regime = values.text("regime")
    return _name(regime, regime, words)


def _name(regime: str, told: str, words: Words) -> str:
    """A regime's name in a message that tells of the regime `told`."""
    names = {**_REGIMES, **_BESIDE_RMP} if told == RMP else _REGIMES
    return words.say(names[regime])


def _dates(values: Values, words: Words) -> str:
    announced = words.day(values.day("meeting"))
    if not values.maybe_text("effective_on"):
        return words.say("Announced {announced}", announced=announced)
    effective = words.day(values.day("effective_on"))
    return words.say(
        "Announced {announced}, in effect from {effective}",
        announced=announced,
        effective=effective,
    )


def _terms(values: Values, words: Words) -> str:
    """The amounts that the text names; for purchases also that it names none."""
    terms = [
        _amount("treasury_cap_bn", mark("monthly runoff cap, Treasuries {amount}"), values, words),
        _amount("mbs_cap_bn", mark("monthly runoff cap, agency MBS {amount}"), values, words),
        _amount("treasury_purchase_bn", mark("purchases, Treasuries {amount}"), values, words),
        _amount("mbs_purchase_bn", mark("purchases, agency MBS {amount}"), values, words),
    ]
    if values.text("regime") in PURCHASES and not any(terms):
        terms.append(words.say("this text names no amount"))
    if values.maybe_text("mode") == "conditional":
        terms.append(words.say("only “when appropriate”"))
    return " · ".join(filter(None, terms))


def _amount(key: str, wording: str, values: Values, words: Words) -> str:
    new, old = values.maybe_number(key), values.maybe_number(f"old_{key}")
    if new is None:
        return ""
    amount = words.amount(new)
    if old is not None and old != new:
        amount = f"{words.amount(old)} → {amount}"
    return words.say(wording, amount=amount)
