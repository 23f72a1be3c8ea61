"""One spelling for what the Fed writes in many: dashes, fractions, quotes, spaces, tags."""

import re
from decimal import Decimal

LONGEST_TEXT = 400_000
LONGEST_SENTENCE = 6_000

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣-"), "-")
_QUOTES = {ord("‘"): "'", ord("’"): "'", ord("“"): '"', ord("”"): '"'}
_SPACES = dict.fromkeys(map(ord, "\u00a0\u2000\u2001\u2002\u2003\u2007\u2009\u200a\u202f\t"), " ")
_NOTHING = dict.fromkeys(map(ord, "\u200b\u200c\u200d\ufeff\u00ad\u2060"), "")
_TABLE = _DASHES | _QUOTES | _SPACES | _NOTHING
_MOJIBAKE = (("â€“", "-"), ("â€”", "-"), ("â€‘", "-"), ("â€™", "'"), ("â€œ", '"'), ("Â ", " "))
_VULGAR = {"¼": "1/4", "½": "1/2", "¾": "3/4", "⅛": "1/8", "⅜": "3/8", "⅝": "5/8", "⅞": "7/8"}
_TAG = re.compile(r"<[^<>]{0,500}>")
_VULGAR_AFTER_DIGIT = re.compile(r"(?<=\d)[ -]?([¼½¾⅛⅜⅝⅞])")
_SENTENCE_END = re.compile(
    r"(?:(?<=[a-z0-9)\]%][a-z0-9)\]%]\.)|(?<=[a-z0-9][;:]\n))\s+(?=[A-Z\"(-])"
)

NUMBER = r"(?:\d{1,2}\.\d{1,4}|\d{1,2}[- ]\d/\d{1,2}|\d/\d{1,2}|\d{1,2})"


def normalise(text: str) -> str:
    """The same text in plain characters; paragraphs stay apart by blank lines."""
    text = text[:LONGEST_TEXT]
    for wrong, right in _MOJIBAKE:
        text = text.replace(wrong, right)
    text = _TAG.sub(" ", text).translate(_TABLE)
    text = _VULGAR_AFTER_DIGIT.sub(r"-\1", text)
    for vulgar, plain in _VULGAR.items():
        text = text.replace(vulgar, plain)
    text = text.replace("\u2044", "/").replace("\r\n", "\n")
    paragraphs = (" ".join(part.split()) for part in re.split(r"\n[ \t]*\n|\n(?=- )", text))
    return "\n\n".join(part for part in paragraphs if part)


def sentences(text: str) -> list[str]:
    """Sentences of a normalised text; initials, U.S. and p.m. do not end one."""
    found = (
        sentence.strip()
        for paragraph in text.split("\n\n")
        for sentence in _SENTENCE_END.split(paragraph)
    )
    return [sentence[:LONGEST_SENTENCE] for sentence in found if sentence]


def number(text: str) -> Decimal | None:
    """`3-1/2`, `1/4`, `4.25` or `5` as a Decimal; None for anything else."""
    match = re.fullmatch(r"(?:(\d{1,2})[- ])?(\d)/(\d{1,2})", text)
    if match:
        whole, over, under = match.groups()
        if int(under) == 0:
            return None
        return Decimal(whole or 0) + Decimal(over) / Decimal(under)
    return Decimal(text) if re.fullmatch(r"\d{1,2}(?:\.\d{1,4})?", text) else None
