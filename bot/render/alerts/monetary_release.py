"""A press release on monetary policy that is told by its headline alone."""

from typing import Final

from bot.render.markup import Piece, cut
from bot.render.sheet import Sheet, Values
from bot.render.voice import Voice

LONGEST_TITLE: Final = 300


def monetary_release(values: Values, voice: Voice) -> Sheet:
    """The Board's own title; nothing is read into it."""
    title = cut(values.text("title"), LONGEST_TITLE)
    return Sheet(
        emoji="🏛",
        headline=voice.say("New Fed release: {title}", title=title),
        figure=title,
        lines=(Piece(voice.say("Told by its title alone; the text has not been interpreted.")),),
        contradicted_by=voice.say("a corrected or withdrawn release"),
    )
