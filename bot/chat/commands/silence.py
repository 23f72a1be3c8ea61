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
    span = next((found for word in words if (found := duration(word))), None)
    rule = next((word for word in words if not duration(word)), None)
    if span is None or len(words) > 2 or (rule and rule not in _names(request)):
        raise UsageError(" ".join(words))
    until = request.now + span
    await store.add_silence(Silence.of(request.chat_id, rule, until))
    return Reply(request.say.silenced(rule, until))


def duration(word: str) -> timedelta | None:
    """`30m`, `2h`, `1d`, `1w`; None for anything else or more than a year."""
    match = re.fullmatch(r"(\d{1,4})([mhdw])", word)
    if not match or not int(match[1]):
        return None
    span = timedelta(**{UNITS[match[2]]: int(match[1])})
    return span if span <= LONGEST else None


def _names(request: Request) -> set[str]:
    return {rule.name for rule in request.services.rules}


COMMAND = Command(
    "silence", "/silence 2h [rule] | off", "/silence 2h srf_take_up", "quiet for a while", handle
)
