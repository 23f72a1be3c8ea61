"""What a price did after a policy release, always beside what is usual and how often measured."""

from bot.render.markup import Piece, cut
from bot.render.sheet import Sheet, Values
from bot.render.voice import NEW_YORK, Voice


def crypto_reaction(values: Values, voice: Voice) -> Sheet:
    """Price before → after, the window in both zones, the usual move and its N."""
    change = voice.percent(values.number("return_pct"), signed=True)
    symbol, window = cut(values.text("symbol"), 30), _window(values.text("window"), voice)
    lines = (_when(values, voice), _usual(values, voice, window))
    return Sheet(
        emoji="📊",
        headline=voice.say(
            "{symbol} {change} in the {window} after the release: {before} → {after} {unit}",
            symbol=symbol,
            change=change,
            window=window,
            before=voice.number(values.number("before_usd"), least=2, most=6),
            after=voice.number(values.number("after_usd"), least=2, most=6),
            unit=symbol.partition("/")[2] or "USD",
        ),
        figure=change,
        lines=(
            *(Piece(line) for line in lines),
            Piece(voice.say("One after the other in time; no proof that one led to the other.")),
        ),
        contradicted_by=voice.say("another venue whose prices differ over the same minutes"),
    )


def _window(window: str, voice: Voice) -> str:
    """`30m` or `2h` in voice."""
    if window.endswith("m"):
        return voice.say("{count} min", count=window.removesuffix("m"))
    return voice.say("{count} h", count=window.removesuffix("h"))


def _when(values: Values, voice: Voice) -> str:
    since, until = values.moment("since"), values.moment("until")
    eastern = since.astimezone(NEW_YORK).date()
    span = f"{voice.time(since, NEW_YORK)} → {voice.time(until, NEW_YORK, eastern)}"
    span = voice.say("{time} ET", time=span)
    if not voice.is_new_york(since):
        day = since.astimezone(voice.zone).date()
        here = f"{voice.time(since, voice.zone)} → {voice.time(until, voice.zone, day)}"
        here = f"{here} {voice.zone_name(since)}"
        span = voice.say("{here} ({eastern})", here=here, eastern=span)
    venues = voice.listed(cut(venue, 30) for venue in values.texts("venues")[:6])
    return f"{span} · {venues}" if venues else span


def _usual(values: Values, voice: Voice, window: str) -> str:
    z = voice.number(values.number("z"), least=1, most=1, signed=True)
    said = voice.say(
        "Usual move in {window}: ±{typical} (N = {samples} earlier windows); z = {z}",
        window=window,
        typical=voice.percent(values.number("typical_pct")),
        samples=voice.number(values.number("samples")),
        z=z,
    )
    verdict = (
        voice.say("outside the usual range")
        if values.flag("abnormal")
        else voice.say("within the usual range")
    )
    return voice.say("{fact}: {verdict}", fact=said, verdict=verdict)
