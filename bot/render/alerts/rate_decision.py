"""FOMC decision: the target range before and after, the vote, and what dissenters wanted."""

from decimal import Decimal
from typing import Final

from bot.render.markup import Piece, cut
from bot.render.sheet import Sheet, Values
from bot.render.words import Words, mark

MOST_DISSENTS: Final = 12
LONGEST_NAME: Final = 60
LONGEST_SENTENCE: Final = 300

_HEADLINES: Final = {
    "cut": mark("Fed cuts rates by {change} bp: {move}"),
    "hike": mark("Fed raises rates by {change} bp: {move}"),
    "hold": mark("Fed leaves rates unchanged: {move}"),
}
_UNMEASURED: Final = {
    "cut": mark("Fed cuts rates: {move}"),
    "hike": mark("Fed raises rates: {move}"),
    "hold": mark("Fed leaves rates unchanged: {move}"),
}
_PREFERENCES: Final = {
    "bigger_cut": mark("wanted a larger cut"),
    "smaller_cut": mark("wanted a smaller cut"),
    "bigger_hike": mark("wanted a larger increase"),
    "smaller_hike": mark("wanted a smaller increase"),
    "hold": mark("wanted no change"),
    "hike": mark("wanted an increase"),
    "cut": mark("wanted a cut"),
    "no_easing_bias": mark("against the easing bias"),
    "balance_sheet": mark("over the balance sheet"),
    "guidance": mark("over the guidance"),
}


def rate_decision(values: Values, words: Words) -> Sheet:
    """What was decided, old range → new range."""
    low, high = values.number("target_low_pct"), values.number("target_high_pct")
    old_low, old_high = values.maybe_number("old_low_pct"), values.maybe_number("old_high_pct")
    new = words.range(low, high)
    known = old_low is not None and old_high is not None
    moved = known and (old_low, old_high) != (low, high)
    old = words.range(old_low, old_high) if old_low is not None and old_high is not None else ""
    vote = _vote(values, words)
    lines = [
        words.say(
            "Target range for the federal funds rate, decided {day}",
            day=words.day(values.day("meeting")),
        ),
        words.say("Vote {vote}", vote=vote) if vote else words.say("Vote: not stated in the text"),
        _dissents(values, words),
        words.say("Outside the regular schedule") if values.flag("scheduled") is False else "",
    ]
    return Sheet(
        emoji="🏛",
        headline=_headline(values, words, f"{old} → {new}" if moved else new),
        figure=words.listed(filter(None, (new, vote))),
        lines=tuple(Piece(line) for line in lines if line),
        contradicted_by=words.say(
            "a corrected statement, or an implementation note that names another range"
        ),
    )


def unread(values: Values, words: Words) -> Sheet:
    """The statement is out and could not be read: say so and claim nothing."""
    day = words.day(values.day("meeting"))
    sentences = [cut(sentence, LONGEST_SENTENCE) for sentence in values.texts("sentences")[:2]]
    return Sheet(
        emoji="🏛",
        headline=words.say("FOMC statement of {day}: the decision could not be read", day=day),
        figure=words.say("not read"),
        lines=(
            Piece(words.say("No figure is claimed. Please read the official page.")),
            *(Piece(words.say("“{quote}”", quote=sentence), "i") for sentence in sentences),
        ),
    )


def _headline(values: Values, words: Words, move: str) -> str:
    action, change = values.text("action"), values.maybe_number("change_bp")
    if change is None:
        return words.say(_UNMEASURED[action], move=move)
    return words.say(_HEADLINES[action], move=move, change=words.number(abs(change)))


def _vote(values: Values, words: Words) -> str:
    votes: list[Decimal] = []
    for key in ("votes_for", "votes_against"):
        count = values.maybe_number(key)
        if count is None:
            return ""
        votes.append(count)
    return "–".join(words.number(count) for count in votes)


def _dissents(values: Values, words: Words) -> str:
    dissents = values.texts("dissents")
    people = [_dissent(one, words) for one in dissents[:MOST_DISSENTS]]
    if len(dissents) > MOST_DISSENTS:
        people.append("…")
    return words.say("Against: {people}", people=words.listed(people)) if people else ""


def _dissent(dissent: str, words: Words) -> str:
    """A name and, where it is known, what that person preferred."""
    name, _, preference = dissent.partition("|")
    name = cut(name, LONGEST_NAME)
    if preference not in _PREFERENCES:
        return name
    return words.say("{name} ({wish})", name=name, wish=words.say(_PREFERENCES[preference]))
