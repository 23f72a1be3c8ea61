"""What a chat command is. Knows no Telegram: the same code serves the terminal."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.outbox import Job
from bot.render.replies import Replies
from bot.store import Store, Subscriber
from rules.alerts import Alert
from rules.base import Rule
from watchers.poll import Standing

Buttons = tuple[tuple[tuple[str, str], ...], ...]


class UsageError(Exception):
    """The arguments cannot be understood; the answer shows the usage line and an example."""


@dataclass(frozen=True, slots=True)
class Services:
    """What commands may ask the rest of the bot."""

    store: Store
    rules: Sequence[Rule]
    sources: Callable[[], Sequence[Standing]]
    firing: Callable[[], Sequence[Alert]]
    recent: Callable[[int], Awaitable[list[Job]]]
    regime: Callable[[], Mapping[str, object]]
    clock: Callable[[], datetime]
    version: str


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody typed or tapped."""

    chat_id: int
    words: tuple[str, ...]
    subscriber: Subscriber | None
    services: Services
    say: Replies

    @property
    def now(self) -> datetime:
        """The time of the request."""
        return self.services.clock()


@dataclass(frozen=True, slots=True)
class Reply:
    """HTML to show, with rows of (label, command) buttons."""

    html: str
    buttons: Buttons = field(default=())


@dataclass(frozen=True, slots=True)
class Command:
    """One command: `/help`, the menu and the README table are made from these."""

    name: str
    usage: str
    example: str
    summary: str
    handle: Callable[[Request], Awaitable[Reply]]
