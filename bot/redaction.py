"""Takes secrets out of a text, whatever brought them there."""

import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

# A Telegram bot token, as in api.telegram.org/bot<token>/sendMessage.
BOT_TOKEN = re.compile(r"\d{5,12}(?::|%3[Aa])[A-Za-z0-9_-]{30,}")
# user:password@ in any URL.
LOGIN = re.compile(r"(?<=://)[^\s/@:]*:[^\s/@]+(?=@)")
MASK = "***"
SHORTEST = 4  # masking every "a" would hide the log, not the secret


class Redaction:
    """A function from text to text without the given secrets, bot tokens and logins in URLs."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = {form for secret in secrets for form in _forms(secret) if len(form) >= SHORTEST}
        longest_first = sorted(forms, key=len, reverse=True)
        self._literal = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def __call__(self, text: str) -> str:
        """The text with each secret masked."""
        return LOGIN.sub(MASK, BOT_TOKEN.sub(MASK, self._literal.sub(MASK, text)))


def _forms(secret: str) -> Iterator[str]:
    """The ways a secret is spelled: as it is, in JSON, in repr(), in a URL."""
    yield secret
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield repr(secret)[1:-1]
    yield quote(secret, safe="")
    yield quote(secret)
