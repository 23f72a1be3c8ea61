"""What a watcher has to remember over a restart."""

from datetime import datetime
from typing import Protocol

from pydantic import BaseModel, ConfigDict, Field

from rules.events import Health
from watchers.fetch import Validator

KNOWN_KEPT = 500


class Cursor(BaseModel):
    """Where a watcher stands: whether it ever looked, what it knows, what its pages were."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    first_look: datetime | None = Field(default=None, description="end of the first pass")
    known: tuple[str, ...] = Field(default=(), description="uids published, newest last")
    state: Health | None = Field(default=None, description="the state that was told last")
    pages: dict[str, Validator] = Field(default_factory=dict, description="by URL")

    def with_known(self, uids: list[str]) -> "Cursor":
        """The cursor that knows these uids too."""
        known = tuple(dict.fromkeys((*self.known, *uids)))[-KNOWN_KEPT:]
        return self.model_copy(update={"known": known})


class Cursors(Protocol):
    """Where cursors are kept."""

    async def load(self, name: str) -> bytes | None:
        """The cursor's JSON, or None if there is none."""
        ...

    async def save_cursor(self, name: str, cursor: bytes) -> None:
        """Keep the cursor's JSON."""
        ...
