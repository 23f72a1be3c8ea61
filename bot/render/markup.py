"""Safe message markup built from parts: clean, cut, then escape, so no tag is ever cut.

Telegram counts UTF-16 units and refuses a message with one broken tag. What comes from upstream is
only ever the text of a piece; tags and links are ours.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from html import escape
from typing import Final, Literal

LIMIT: Final = 4096  # UTF-16 units: Telegram's limit, kept by the markup and not only by the text
HEAD_LIMIT: Final = 1000
FOOT_LIMIT: Final = 2000
ELLIPSIS: Final = "…"
BREAK: Final = "\n\n"

OFFICIAL_HOSTS: Final = (
    "federalreserve.gov",
    "newyorkfed.org",
    "stlouisfed.org",
    "treasury.gov",
    "treasurydirect.gov",
)
# Only the signs that official addresses use: no quote, no backslash, no user name, no port.
_ADDRESS: Final = re.compile(
    r"https://([a-z0-9-]+(?:\.[a-z0-9-]+)+)(/[\w.~/?&=%#+:,;-]*)?", re.ASCII
)
_LONGEST_ADDRESS: Final = 300

_JOINER: Final = "\u200d"  # holds an emoji together; every other format character is dropped
_DROPPED: Final = {"Cc", "Cf", "Cs", "Co"}  # control, format and bidi, lone surrogate, private use


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
    """Visible text on one line: white space collapsed, control and bidi characters dropped."""
    visible = "".join(filter(_visible, re.sub(r"\s+", " ", raw)))
    return re.sub(" +", " ", visible)  # what was dropped may have stood between two spaces


def _visible(character: str) -> bool:
    return character == _JOINER or unicodedata.category(character) not in _DROPPED


def cut(raw: str, at_most: int) -> str:
    """Clean text of at most so many UTF-16 units; an ellipsis says that something is missing."""
    text = clean(raw[: 4 * at_most]).strip()
    if units(text) <= at_most and len(raw) <= 4 * at_most:
        return text
    kept = bisect_right(range(len(text) + 1), at_most - 1, key=lambda end: units(text[:end])) - 1
    return text[:kept].rstrip() + ELLIPSIS


def official_host(url: str) -> str | None:
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
    text = escape(clean(piece.text), quote=False)
    if piece.url is not None and official_host(piece.url) and text.strip():
        return f'<a href="{escape(piece.url)}">{text}</a>'
    return f"<{piece.tag}>{text}</{piece.tag}>" if piece.tag and text.strip() else text


def as_plain(piece: Piece) -> str:
    """One piece without markup; an official link is its address."""
    if piece.url is not None and official_host(piece.url):
        return piece.url
    return clean(piece.text)


def compose(head: Iterable[Line], body: Iterable[Line], foot: Iterable[Line], write: Write) -> str:
    """A message of three parts and at most `LIMIT` units; when room is short the body gives way."""
    top = _written(head, HEAD_LIMIT, write)
    end = _written(foot, FOOT_LIMIT, write)
    middle = _written(body, LIMIT - units(top) - units(end) - 2 * len(BREAK), write)
    return BREAK.join(part for part in (top, middle, end) if part)


def _written(lines: Iterable[Line], room: int, write: Write) -> str:
    written: list[str] = []
    for line in lines:
        text, whole = _line(line, room, write)
        room -= units(text) + 1
        if text:
            written.append(text)
        if not whole:
            break
    return "\n".join(written)


def _line(line: Line, room: int, write: Write) -> tuple[str, bool]:
    """As much of a line as fits, and whether that is all of it."""
    text = ""
    for piece in line:
        left = room - units(text)
        whole = write(piece)
        if units(whole) > left:
            return text + _shortened(piece, left, write), False
        text += whole
    return text, True


def _shortened(piece: Piece, room: int, write: Write) -> str:
    """The longest beginning of a piece that fits as written, with an ellipsis; else nothing."""

    def beginning(end: int) -> str:
        return write(replace(piece, text=piece.text[:end] + ELLIPSIS))

    ends = range(1, min(len(piece.text), LIMIT) + 1)
    fitting = bisect_right(ends, room, key=lambda end: units(beginning(end)))
    return beginning(fitting) if fitting else ""
