"""/silence: hear nothing, or nothing of one rule, for a while. Nothing is lost: see /latest."""

import re
from datetime import timedelta

from bot.chat.command import Command, Reply, Request, UsageError
from bot.store import Silence

UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
LONGEST = timedelta(days=365)


async def handle(request: Request) -> Reply:
    """Set a silence from a duration and an optional rule in any order; `off` ends all."""
    store, words = request.services.store, [word.lower() for word in request.words]
    if not words:
        mine = [s for s in await store.silences() if s.chat_id == request.chat_id]
        return Reply(request.say.silences(mine, request.now), request.say.silence_buttons())
    if words == ["off"]:
        return Reply(request.say.silence_ended(await store.end_silences(request.chat_id)))
    span, rule = _meant(words, {rule.name for rule in request.services.rules})
    until = request.now + span
    await store.add_silence(Silence.of(request.chat_id, rule, until))
    return Reply(request.say.silenced(rule, until))


def _meant(words: list[str], rules: set[str]) -> tuple[timedelta, str | None]:
    """One duration and at most one rule, in any order; nothing else is guessed."""
    spans = [span for word in words if (span := duration(word))]
    named = [word for word in words if word in rules]
    if len(spans) != 1 or len(named) > 1 or len(words) != len(spans) + len(named):
        raise UsageError(" ".join(words))
    return spans[0], named[0] if named else None


def duration(word: str) -> timedelta | None:
    """`30m`, `2h`, `1d`, `1w`; None for anything else or more than a year."""
    match = re.fullmatch(r"(\d{1,4})([mhdw])", word)
    if not match or not int(match[1]):
        return None
    span = timedelta(**{UNITS[match[2]]: int(match[1])})
    return span if span <= LONGEST else None


COMMAND = Command(
    "silence", "/silence 2h [rule] | off", "/silence 2h srf_take_up", "quiet for a while", handle
)
