"""Console mode: alerts printed as a subscriber reads them, commands typed at the terminal."""

import asyncio
import os
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import suppress
from html.parser import HTMLParser

import structlog
from redis.exceptions import RedisError
from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from bot.chat.command import Reply, Request, Services
from bot.chat.commands.registry import answer
from bot.outcome import Fate, Outcome
from bot.render.alert import Message
from bot.render.replies import Replies, replies

log = structlog.get_logger(__name__)

CONSOLE_CHAT = 1
STYLES = {"b": "bold", "i": "italic", "code": "cyan", "a": "underline", "blockquote": "dim"}


class _Styled(HTMLParser):
    """Telegram's HTML as styled text; what it does not know is shown as text."""

    def __init__(self) -> None:
        super().__init__()
        self.text = Text()
        self._open: list[str] = []
        self._link = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a style."""
        self._open.append(tag)
        self._link = dict(attrs).get("href") or self._link

    def handle_endtag(self, tag: str) -> None:
        """End a style; a link shows its address, since a terminal may not be clickable."""
        if tag in self._open:
            self._open.remove(tag)
        if tag == "a" and self._link:
            self.text.append(f" {self._link}", style="dim")
            self._link = ""

    def handle_data(self, data: str) -> None:
        """Text in the style that is open."""
        self.text.append(data, style=" ".join(STYLES.get(tag, "") for tag in self._open))


def styled(html: str) -> Text:
    """A message's HTML as rich text."""
    parser = _Styled()
    parser.feed(html)
    parser.close()
    return parser.text


class ConsoleSender:
    """A sender whose phone is the terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._count = 0

    async def send(
        self, chat_id: int, message: Message, *, plain: bool = False, reply_to: int | None = None
    ) -> Outcome:
        """Print one message."""
        self._count += 1
        body = Text(message.plain) if plain else styled(message.text)
        title = f"#{self._count}" + (f" ↩ #{reply_to}" if reply_to else "")
        self._console.print(Panel(body, title=title, title_align="left", border_style="blue"))
        return Outcome(Fate.ACCEPTED, message_id=self._count)


class Prompt:
    """Reads commands from standard input (file descriptor `source`), while there is one."""

    def __init__(self, console: Console, services: Services, source: int = 0) -> None:
        self._console = console
        self._services = services
        self._source = source

    async def run(self) -> None:
        """Answer line after line; returns when standard input is closed."""
        await self._services.store.subscribe(CONSOLE_CHAT)
        say = await self._say()
        self._console.print(styled(say.prompt()), style="dim")
        if self._source == 0 and sys.stdin is None:
            return  # closed from the start: by now the number may be anybody's
        async for line in typed_lines(self._source):
            words = line.strip().lstrip("/").split()
            if words:
                await self._answer(words[0].lower(), tuple(words[1:]))

    async def reply(self, name: str, words: tuple[str, ...]) -> Reply:
        """The answer to a command, by the same code as on Telegram."""
        store = self._services.store
        subscriber, say = await store.subscriber(CONSOLE_CHAT), await self._say()
        return await answer(name, Request(CONSOLE_CHAT, words, subscriber, self._services, say))

    async def _say(self) -> Replies:
        subscriber = await self._services.store.subscriber(CONSOLE_CHAT)
        return replies(subscriber.language if subscriber else "en")

    async def _answer(self, name: str, words: tuple[str, ...]) -> None:
        try:
            reply = await self.reply(name, words)
        except RedisError:
            raise
        except Exception:
            log.exception("command failed", command=name)
            return
        self._console.print(styled(reply.html))
        for row in reply.buttons:
            taps = "   ".join(f"{label}: /{command}" for label, command in row)
            self._console.print(Text(taps, style="dim"))


async def typed_lines(source: int) -> AsyncIterator[str]:
    """Lines from a terminal, a pipe or a file, until its end; nothing if it is closed.

    A thread waits for them: asyncio's pipes would make a terminal's output non-blocking too, and
    take no files. It reads below Python's buffers, so it holds no lock when the process ends.
    """
    loop = asyncio.get_running_loop()
    chunks: asyncio.Queue[bytes] = asyncio.Queue()

    def read() -> None:
        chunk = b"-"
        while chunk:
            try:
                chunk = os.read(source, 4096)
            except OSError:
                chunk = b""
            with suppress(RuntimeError):  # the loop has ended before the reader
                loop.call_soon_threadsafe(chunks.put_nowait, chunk)

    threading.Thread(target=read, name="prompt", daemon=True).start()
    rest = b""
    while chunk := await chunks.get():
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line.decode(errors="replace")
    if rest:
        yield rest.decode(errors="replace")
