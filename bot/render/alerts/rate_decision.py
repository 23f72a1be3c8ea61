"""FOMC decision: the target range before and after, the vote, and what dissenters wanted."""

from typing import Final

from bot.render.markup import Piece, cut
from bot.render.sheet import Sheet, Values
from bot.render.voice import Voice, mark

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


def rate_decision(values: Values, voice: Voice) -> Sheet:
    """What was decided, old range → new range."""
    low, high = values.number("target_low_pct"), values.number("target_high_pct")
    old_low, old_high = values.maybe_number("old_low_pct"), values.maybe_number("old_high_pct")
    new = voice.range(low, high)
    known = old_low is not None and old_high is not None
    moved = known and (old_low, old_high) != (low, high)
    old = voice.range(old_low, old_high) if old_low is not None and old_high is not None else ""
    vote = _vote(values, voice)
    lines = [
        voice.say(
            "Target range for the federal funds rate, decided {day}",
            day=voice.day(values.day("meeting")),
        ),
        voice.say("Vote {vote}", vote=vote) if vote else voice.say("Vote: not stated in the text"),
        _dissents(values, voice),
        voice.say("Outside the regular schedule") if values.flag("scheduled") is False else "",
    ]
    return Sheet(
        emoji="🏛",
        headline=_headline(values, voice, f"{old} → {new}" if moved else new),
        figure=voice.listed(filter(None, (new, vote))),
        lines=tuple(Piece(line) for line in lines if line),
        contradicted_by=voice.say(
            "a corrected statement, or an implementation note that names another range"
        ),
    )


def unread(values: Values, voice: Voice) -> Sheet:
    """The statement is out and could not be read: say so and claim nothing."""
    day = voice.day(values.day("meeting"))
    sentences = [cut(sentence, LONGEST_SENTENCE) for sentence in values.texts("sentences")[:2]]
    return Sheet(
        emoji="🏛",
        headline=voice.say("FOMC statement of {day}: the decision could not be read", day=day),
        figure=voice.say("not read"),
        lines=(
            Piece(voice.say("No figure is claimed. Please read the official page.")),
            *(Piece(voice.say("“{quote}”", quote=sentence), "i") for sentence in sentences),
        ),
    )


def _headline(values: Values, voice: Voice, move: str) -> str:
    action, change = values.text("action"), values.maybe_number("change_bp")
    if change is None:
        return voice.say(_UNMEASURED[action], move=move)
    return voice.say(_HEADLINES[action], move=move, change=voice.number(abs(change)))


def _vote(values: Values, voice: Voice) -> str:
    counts = [values.maybe_number(key) for key in ("votes_for", "votes_against")]
    known = [voice.number(count) for count in counts if count is not None]
    return "–".join(known) if len(known) == len(counts) else ""


def _dissents(values: Values, voice: Voice) -> str:
    dissents = values.texts("dissents")
    people = [_dissent(one, voice) for one in dissents[:MOST_DISSENTS]]
    if len(dissents) > MOST_DISSENTS:
        people.append("…")
    return voice.say("Against: {people}", people=voice.listed(people)) if people else ""


def _dissent(dissent: str, voice: Voice) -> str:
    """A name and, where it is known, what that person preferred."""
    name, _, preference = dissent.partition("|")
    name = cut(name, LONGEST_NAME)
    if preference not in _PREFERENCES:
        return name
    return voice.say("{name} ({wish})", name=name, wish=voice.say(_PREFERENCES[preference]))
