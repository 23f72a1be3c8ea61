"""The times of an alert: when it was published, first seen and detected."""

from dataclasses import dataclass
from datetime import datetime

from bot.render.voice import Voice


@dataclass(frozen=True, slots=True)
class Receipt:
    """When the source says it published, when it was first seen here, when the rule fired."""

    published_at: datetime | None
    observed_at: datetime
    detected_at: datetime


def times(receipt: Receipt, voice: Voice) -> tuple[str, str]:
    """Two lines in the reader's time and New York's; a day is printed once."""
    first = receipt.published_at or receipt.observed_at
    day = first.astimezone(voice.zone).date()
    if receipt.published_at is None:
        published = voice.say("Published: not stated")
        seen = voice.moment(receipt.observed_at)
    else:
        published = voice.say("Published {moment}", moment=voice.moment(receipt.published_at))
        seen = voice.moment(receipt.observed_at, beside=day)
    detected = voice.time(receipt.detected_at, voice.zone, day)
    return published, voice.say(
        "First seen {seen} · detected {detected}", seen=seen, detected=detected
    )
