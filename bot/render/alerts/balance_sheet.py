"""Balance-sheet policy: what the Desk was told to do before and what it is told now.

Reserve management purchases are never called QE: in any message about them, purchases to ease go
by their long name.
"""

from typing import Final

from bot.render.markup import Piece, cut
from bot.render.sheet import Sheet, Values
from bot.render.voice import Voice, mark

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


def announced(values: Values, voice: Voice) -> Sheet:
    """A change that the official text announces, with its own voice."""
    quote = values.maybe_text("quote")
    terms = _terms(values, voice)
    told = _changed(values, terms)  # the headline has these
    rest = voice.sentence(term for term in terms if term not in told)
    facts = (_dates(values, voice), rest)
    lines = tuple(Piece(fact) for fact in facts if fact)
    if quote:
        lines += (Piece(voice.say("“{quote}”", quote=cut(quote, LONGEST_QUOTE)), "i"),)
    return Sheet(
        emoji="🏛",
        headline=voice.say("Fed balance sheet: {move}", move=_move(values, told, voice)),
        figure=voice.listed((_regime(values, voice), *terms)),
        lines=lines,
        contradicted_by=voice.say(
            "a later directive to the Desk that says otherwise, or weeks of H.4.1 holdings "
            "that move the other way"
        ),
    )


def effective(values: Values, voice: Voice) -> Sheet:
    """The day of an announced change has come."""
    return Sheet(
        emoji="🏛",
        headline=voice.say(
            "Fed balance sheet, now in effect: {move}", move=_move(values, [], voice)
        ),
        figure=_regime(values, voice),
        lines=(
            Piece(
                voice.say(
                    "In effect from {effective}, announced {announced}",
                    effective=voice.day(values.day("effective_on")),
                    announced=voice.day(values.day("announced_on")),
                )
            ),
        ),
        contradicted_by=voice.say("a directive to the Desk that postpones or withdraws it"),
    )


def _move(values: Values, terms: list[str], voice: Voice) -> str:
    """Regime before → now; for one that stays, the terms that moved."""
    regime, previous = values.text("regime"), values.maybe_text("previous")
    new = _regime(values, voice)
    if previous == regime and terms:
        return voice.say("{regime}: {terms}", regime=new, terms=voice.listed(terms))
    if previous == regime:
        return voice.say("{regime}, on new terms", regime=new)
    return f"{_name(previous, regime, voice)} → {new}" if previous else new


def _regime(values: Values, voice: Voice) -> str:
    regime = values.text("regime")
    return _name(regime, regime, voice)


def _name(regime: str, told: str, voice: Voice) -> str:
    """A regime's name in a message that tells of the regime `told`."""
    names = {**_REGIMES, **_BESIDE_RMP} if told == RMP else _REGIMES
    return voice.say(names[regime])


def _dates(values: Values, voice: Voice) -> str:
    announced = voice.day(values.day("meeting"))
    if not values.maybe_text("effective_on"):
        return voice.say("Announced {announced}", announced=announced)
    effective = voice.day(values.day("effective_on"))
    return voice.say(
        "Announced {announced}, in effect from {effective}",
        announced=announced,
        effective=effective,
    )


def _changed(values: Values, terms: list[str]) -> list[str]:
    """The terms that moved under a regime that stays."""
    same = values.text("regime") == values.maybe_text("previous")
    return [term for term in terms if same and "→" in term]


def _terms(values: Values, voice: Voice) -> list[str]:
    """The amounts that the text names; for purchases also that it names none."""
    terms = [
        _amount("treasury_cap_bn", mark("monthly Treasury runoff cap {amount}"), values, voice),
        _amount("mbs_cap_bn", mark("monthly agency MBS runoff cap {amount}"), values, voice),
        _amount("treasury_purchase_bn", mark("Treasury purchases {amount}"), values, voice),
        _amount("mbs_purchase_bn", mark("agency MBS purchases {amount}"), values, voice),
    ]
    if values.text("regime") in PURCHASES and not any(terms):
        terms.append(voice.say("this text names no amount"))
    if values.maybe_text("mode") == "conditional":
        terms.append(voice.say("only “when appropriate”"))
    return [term for term in terms if term]


def _amount(key: str, wording: str, values: Values, voice: Voice) -> str:
    new, old = values.maybe_number(key), values.maybe_number(f"old_{key}")
    if new is None:
        return ""
    amount = voice.amount(new)
    if old is not None and old != new:
        amount = f"{voice.amount(old)} → {amount}"
    return voice.say(wording, amount=amount)
