"""What a price did after a policy release, always beside what is usual and how often measured."""

from bot.render.markup import Piece, cut
from bot.render.sheet import Sheet, Values
from bot.render.words import NEW_YORK, Words


def crypto_reaction(values: Values, words: Words) -> Sheet:
    """Price before → after, the window in both zones, the usual move and its N."""
    change = words.percent(values.number("return_pct"), signed=True)
    symbol, window = cut(values.text("symbol"), 30), _window(values.text("window"), words)
    lines = (_when(values, words), _usual(values, words, window))
    return Sheet(
        emoji="📊",
        headline=words.say(
            "{symbol} {change} in the {window} after the release: {before} → {after}",
            symbol=symbol,
            change=change,
            window=window,
            before=words.number(values.number("before_usd"), most=2),
            after=words.number(values.number("after_usd"), most=2),
        ),
        figure=change,
        lines=(
            *(Piece(line) for line in lines),
            Piece(words.say("One after the other in time; no proof that one led to the other.")),
        ),
        contradicted_by=words.say("prices of another venue for the same minutes"),
    )


def _window(window: str, words: Words) -> str:
    """`30m` or `2h` in words."""
    if window.endswith("m"):
        return words.say("{count} min", count=window.removesuffix("m"))
    return words.say("{count} h", count=window.removesuffix("h"))


def _when(values: Values, words: Words) -> str:
    since, until = values.moment("since"), values.moment("until")
    eastern = since.astimezone(NEW_YORK).date()
    span = f"{words.time(since, NEW_YORK)} → {words.time(until, NEW_YORK, eastern)}"
    span = words.say("{time} ET", time=span)
    if not words.is_new_york(since):
        day = since.astimezone(words.zone).date()
        here = f"{words.time(since, words.zone)} → {words.time(until, words.zone, day)}"
        here = f"{here} {words.zone_name(since)}"
        span = words.say("{here} ({eastern})", here=here, eastern=span)
    venues = words.listed(cut(venue, 30) for venue in values.texts("venues")[:6])
    return f"{span} · {venues}" if venues else span


def _usual(values: Values, words: Words, window: str) -> str:
    z = words.number(values.number("z"), least=1, most=1, signed=True)
    said = words.say(
        "Usual move in {window}: ±{typical} (N = {samples} earlier windows); z = {z}",
        window=window,
        typical=words.percent(values.number("typical_pct")),
        samples=words.number(values.number("samples")),
        z=z,
    )
    verdict = (
        words.say("outside the usual range")
        if values.flag("abnormal")
        else words.say("within the usual range")
    )
    return words.say("{fact}: {verdict}", fact=said, verdict=verdict)
