"""The times of an alert: when it was published, first seen and detected."""

from dataclasses import dataclass
from datetime import datetime

from bot.render.words import Words


@dataclass(frozen=True, slots=True)
class Receipt:
    """When the source says it published, when it was first seen here, when the rule fired."""

    published_at: datetime | None
    observed_at: datetime
    detected_at: datetime


def times(receipt: Receipt, words: Words) -> tuple[str, str]:
    """Two lines in the reader's time and New York's; a day is printed once."""
    first = receipt.published_at or receipt.observed_at
    day = first.astimezone(words.zone).date()
    if receipt.published_at is None:
        published = words.say("Published: the source gives no time")
        seen = words.moment(receipt.observed_at)
    else:
        published = words.say("Published {moment}", moment=words.moment(receipt.published_at))
        seen = words.moment(receipt.observed_at, beside=day)
    detected = words.time(receipt.detected_at, words.zone, day)
    return published, words.say(
        "First seen {seen} · detected {detected}", seen=seen, detected=detected
    )
