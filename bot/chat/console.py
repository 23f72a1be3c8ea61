"""Console mode: alerts printed as a subscriber reads them, commands typed at the terminal."""

import asyncio
import sys
from html.parser import HTMLParser

from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from bot.chat.command import Reply, Request, Services
from bot.chat.commands.registry import answer
from bot.outcome import Fate, Outcome
from bot.render.alert import Message
from bot.render.replies import replies

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
    """Reads commands from standard input, for as long as there is one."""

    def __init__(self, console: Console, services: Services) -> None:
        self._console = console
        self._services = services

    async def run(self) -> None:
        """Answer line after line; returns when standard input is closed."""
        await self._services.store.subscribe(CONSOLE_CHAT)
        reader = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        try:
            await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        except (ValueError, OSError):
            return  # no terminal and no pipe: alerts are still printed
        while line := await reader.readline():
            words = line.decode(errors="replace").strip().lstrip("/").split()
            if words:
                reply = await self.reply(words[0].lower(), tuple(words[1:]))
                self._console.print(styled(reply.html))

    async def reply(self, name: str, words: tuple[str, ...]) -> Reply:
        """The answer to a command, by the same code as on Telegram."""
        subscriber = await self._services.store.subscriber(CONSOLE_CHAT)
        say = replies(subscriber.language if subscriber else "en")
        return await answer(name, Request(CONSOLE_CHAT, words, subscriber, self._services, say))
