"""The small HTML that Telegram takes, read and refused as its server does."""

import re
from dataclasses import dataclass
from typing import NoReturn

# Tag -> type of the entity; https://core.telegram.org/bots/api#html-style
KINDS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline",
    "ins": "underline", "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough",
    "tg-spoiler": "spoiler", "code": "code", "pre": "pre", "blockquote": "blockquote",
    "a": "text_link", "tg-time": "date_time",
}  # fmt: skip
REFERENCES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}

_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|(lt|gt|amp|quot));?")
_NAME = re.compile(r"[^\s>]*")
_ATTRIBUTE = re.compile(r"""\s*([^\s=>]+)(?:\s*=\s*("[^"]*"|'[^']*'|[A-Za-z0-9.\-]+))?""")


class MarkupError(ValueError):
    """What Telegram says about a text that it cannot read."""


@dataclass(frozen=True, slots=True)
class Entity:
    """Formatting of a stretch of text; `offset` and `length` in UTF-16 code units."""

    kind: str
    offset: int
    length: int
    url: str | None = None

    def as_json(self) -> dict[str, object]:
        """As the Bot API gives it."""
        found: dict[str, object] = {
            "type": self.kind, "offset": self.offset, "length": self.length,
        }  # fmt: skip
        return {**found, "url": self.url} if self.url else found


def utf16_length(text: str) -> int:
    """Length as Telegram counts it."""
    return len(text.encode("utf-16-le")) // 2


def read_html(html: str) -> tuple[str, tuple[Entity, ...]]:
    """Text and entities. Raises `MarkupError`, whose offsets count bytes of UTF-8."""
    return _Reader(html).read()


class _Reader:
    """One pass from left to right."""

    def __init__(self, html: str) -> None:
        self._html = html
        self._at = 0
        self._text: list[str] = []
        self._units = 0
        self._open: list[tuple[str, int, str | None]] = []
        self._entities: list[Entity] = []

    def read(self) -> tuple[str, tuple[Entity, ...]]:
        """The whole text."""
        while self._at < len(self._html):
            if self._html.startswith("</", self._at):
                self._end_tag()
            elif self._html[self._at] == "<":
                self._start_tag()
            else:
                self._words()
        if self._open:
            tag = self._open[-1][0]
            raise MarkupError(f'Can\'t find end tag corresponding to start tag "{tag}"')
        return "".join(self._text), tuple(sorted(self._entities, key=lambda e: e.offset))

    def _words(self) -> None:
        end = self._html.find("<", self._at)
        end = len(self._html) if end < 0 else end
        words = _REFERENCE.sub(_referred, self._html[self._at : end])
        self._at = end
        self._text.append(words)
        self._units += utf16_length(words)

    def _start_tag(self) -> None:
        begin = self._at
        name = self._name(begin + 1)
        if name not in KINDS:
            self._refuse(f'Unsupported start tag "{name}"', begin)
        attributes: dict[str, str] = {}
        while not self._html.startswith(">", self._at):
            match = _ATTRIBUTE.match(self._html, self._at)
            if match:
                attributes[match[1].lower()] = (match[2] or "").strip("\"'")
                self._at = match.end()
            elif self._html[self._at :].strip():
                self._at += 1
            else:
                self._refuse("Unclosed start tag", begin)
        self._at += 1
        url = _REFERENCE.sub(_referred, attributes.get("href", ""))
        self._open.append((name, self._units, url or None))

    def _end_tag(self) -> None:
        begin = self._at
        if not self._open:
            self._refuse("Unexpected end tag", begin)
        found = self._name(begin + 2).strip()
        close = self._html.find(">", self._at)
        if close < 0:
            self._refuse("Unclosed end tag", begin)
        self._at = close + 1
        name, offset, url = self._open.pop()
        if found not in ("", name):
            position = self._bytes(begin)
            raise MarkupError(
                f'Unmatched end tag at byte offset {position}, expected "</{name}>",'
                f' found "</{found}>"'
            )
        if self._units > offset and (name != "a" or url):
            self._entities.append(Entity(KINDS[name], offset, self._units - offset, url))

    def _name(self, start: int) -> str:
        match = _NAME.match(self._html, start)
        name = match[0] if match else ""
        self._at = start + len(name)
        return name.lower()

    def _bytes(self, position: int) -> int:
        return len(self._html[:position].encode())

    def _refuse(self, problem: str, position: int) -> NoReturn:
        raise MarkupError(f"{problem} at byte offset {self._bytes(position)}")


def _referred(match: re.Match[str]) -> str:
    if match[3]:
        return REFERENCES[match[3]]
    code = int(match[1], 16) if match[1] else int(match[2])
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else match[0]
