"""What became of one attempt to send, whatever it was sent through."""

from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """What an attempt means for the delivery."""

    ACCEPTED = "accepted"
    NOT_SENT = "not_sent"  # it never left: try again
    UNCERTAIN = "uncertain"  # it left and no answer came: it may be on the phone
    PAUSED = "paused"  # this chat, or everything, has to wait
    POISON = "poison"  # this text is refused: send it once more as plain text
    NO_THREAD = "no_thread"  # the message to reply to is gone: send it without
    MIGRATED = "migrated"  # the group has a new id
    DEAD = "dead"  # this chat cannot be reached any more
    FATAL = "fatal"  # the token is not accepted: nothing can be sent


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer of a sender."""

    fate: Fate
    message_id: int | None = None
    why: str = ""
    retry_after_s: float = 0.0
    new_chat_id: int | None = None
