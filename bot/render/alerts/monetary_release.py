"""A press release on monetary policy that is told by its headline alone."""

from typing import Final

from bot.render.markup import Piece, cut
from bot.render.sheet import Sheet, Values
from bot.render.words import Words

LONGEST_TITLE: Final = 300


def monetary_release(values: Values, words: Words) -> Sheet:
    """The Board's own title; nothing is read into it."""
    title = cut(values.text("title"), LONGEST_TITLE)
    return Sheet(
        emoji="🏛",
        headline=words.say("New Fed release: {title}", title=title),
        figure=title,
        lines=(Piece(words.say("Told by its title alone; the text has not been interpreted.")),),
        contradicted_by=words.say("a corrected or withdrawn release"),
    )
