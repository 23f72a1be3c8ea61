"""A source in trouble: until it works again its silence is not news."""

from typing import Final

from bot.render.markup import Piece, cut
from bot.render.sheet import Sheet, Values
from bot.render.voice import Voice, mark

LONGEST_REASON: Final = 300

_STATES: Final = {
    "ok": mark("working"),
    "late": mark("late"),
    "stale": mark("stale"),
    "failing": mark("no usable answer"),
    "changed": mark("unexpected content"),
    "quarantined": mark("set aside"),
}


def source_state(values: Values, voice: Voice) -> Sheet:
    """State before → now, and what was expected and found."""
    state, previous = values.text("state"), values.maybe_text("previous")
    move = voice.say(_STATES[state])
    if previous in _STATES:
        move = f"{voice.say(_STATES[previous])} → {move}"
    lines = [Piece(cut(reason, LONGEST_REASON))] if (reason := values.maybe_text("reason")) else []
    if state != "ok":
        lines.append(Piece(voice.say("Until it works again, silence here does not mean no news.")))
    return Sheet(
        emoji="📡",
        headline=voice.say(
            "Source {watcher}: {move}", watcher=cut(values.text("watcher"), 60), move=move
        ),
        figure=voice.say(_STATES[state]),
        lines=tuple(lines),
        contradicted_by=voice.say("the next good answer of this source") if state != "ok" else "",
    )
