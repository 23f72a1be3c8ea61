"""Who is told about a transition: pure stages that only shorten the list or say why not.

inhibit → silence → topic and severity. Every subscriber gets a row, so it can always be asked why
a chat was not told.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.store import Silence, Subscriber
from rules.alerts import Reason, Transition


class Why(StrEnum):
    """Why a subscriber is told, or is not."""

    TOLD = "told"
    OLD_NEWS = "old_news"
    TOPIC = "topic"
    SEVERITY = "severity"
    SILENCED = "silenced"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One transition for one subscriber."""

    chat_id: int
    why: Why

    @property
    def told(self) -> bool:
        """Whether a message is sent."""
        return self.why is Why.TOLD


def plan(
    transition: Transition,
    subscribers: Iterable[Subscriber],
    silences: Sequence[Silence],
    now: datetime,
) -> list[Delivery]:
    """One delivery for each active subscriber, told or with the reason why not."""
    return [
        Delivery(subscriber.chat_id, _why(transition, subscriber, silences, now))
        for subscriber in subscribers
        if subscriber.active
    ]


def _why(
    transition: Transition, subscriber: Subscriber, silences: Sequence[Silence], now: datetime
) -> Why:
    finding = transition.finding
    if transition.quiet:
        return Why.OLD_NEWS
    if finding.topic not in subscriber.topics:
        return Why.TOPIC
    if finding.severity < subscriber.min_severity and transition.reason is not Reason.CORRECTION:
        return Why.SEVERITY
    if any(_mutes(silence, subscriber.chat_id, finding.rule, now) for silence in silences):
        return Why.SILENCED
    return Why.TOLD


def _mutes(silence: Silence, chat_id: int, rule: str, now: datetime) -> bool:
    mine = silence.chat_id == chat_id and silence.until > now
    return mine and silence.rule in (None, rule)
