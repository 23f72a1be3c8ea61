"""Safe message markup built from parts: clean, cut, then escape, so no tag is ever cut.

Telegram counts UTF-16 units and refuses a message with one broken tag. What comes from upstream is
only ever the text of a piece; tags and links are ours.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Final, Literal

LIMIT: Final = 4096  # UTF-16 units: Telegram's limit, kept by the markup too, not only by the text
HEAD_LIMIT: Final = 1000
FOOT_LIMIT: Final = 2000
ELLIPSIS: Final = "…"

OFFICIAL_HOSTS: Final = (
    "federalreserve.gov",
    "newyorkfed.org",
    "stlouisfed.org",
    "treasury.gov",
    "treasurydirect.gov",
)
# Letters, digits and the few signs official addresses use: no quote, backslash, @ or port.
_ADDRESS: Final = re.compile(
    r"https://([a-z0-9-]+(?:\.[a-z0-9-]+)+)(?:/[A-Za-z0-9._~/?&=%#+:,;-]*)?"
)
_LONGEST_ADDRESS: Final = 300

_JOINER: Final = "\u200d"  # holds an emoji together; every other format character is dropped
_DROPPED: Final = {"Cc", "Cf", "Cs", "Co"}  # controls, bidi and format, lone surrogates, private


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text with at most one tag or one link."""

    text: str
    tag: Literal["", "b", "i"] = ""
    url: str | None = None


Line = tuple[Piece, ...]
Write = Callable[[Piece], str]


def units(text: str) -> int:
    """Length in UTF-16 units, as Telegram counts."""
    return len(text) + sum(character > "\uffff" for character in text)


def clean(raw: str) -> str:
    """One line of visible text: white space collapsed, control and bidi characters dropped."""
    return "".join(filter(_visible, " ".join(raw.split())))


def _visible(character: str) -> bool:
    return character == _JOINER or unicodedata.category(character) not in _DROPPED


def cut(raw: str, at_most: int) -> str:
    """Clean text of at most so many UTF-16 units; an ellipsis says that something is missing."""
    text = clean(raw[: 2 * at_most + 2] if len(raw) > 2 * at_most + 2 else raw)
    if units(text) <= at_most and len(raw) <= 2 * at_most + 2:
        return text
    room = at_most - units(ELLIPSIS)
    kept = 0
    for character in text:
        room -= units(character)
        if room < 0:
            break
        kept += 1
    return text[:kept].rstrip() + ELLIPSIS


def official(url: str) -> str | None:
    """The host of an https address on an official site, without "www."; None for any other."""
    match = _ADDRESS.fullmatch(url)
    if match is None or len(url) > _LONGEST_ADDRESS:
        return None
    host = match[1]
    if any(host == allowed or host.endswith(f".{allowed}") for allowed in OFFICIAL_HOSTS):
        return host.removeprefix("www.")
    return None


def as_html(piece: Piece) -> str:
    """One piece in Telegram's HTML; a link that is not official becomes text."""
    text = escape(clean_edges(piece.text), quote=False)
    if piece.url is not None and official(piece.url):
        return f'<a href="{escape(piece.url)}">{text}</a>'
    return f"<{piece.tag}>{text}</{piece.tag}>" if piece.tag and text else text
