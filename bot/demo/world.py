"""One server on loopback that plays the outside world: `/{host}/{path}` is `https://host/path`."""

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from types import TracebackType
from typing import Self

from aiohttp import web

from bot.demo.exchange import Exchange
from bot.demo.telegram import Telegram

TELEGRAM_HOST = "api.telegram.org"
CACHED_HOST = "www.federalreserve.gov"
CONDITIONS = ("If-None-Match", "If-Modified-Since")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(slots=True)
class Served:
    """A page in its present version."""

    body: bytes
    content_type: str
    changed_at: datetime

    @property
    def etag(self) -> str:
        """A validator, as the Fed's content network sends it."""
        return f'"{hashlib.md5(self.body, usedforsecurity=False).hexdigest()}"'


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for a page or a price: when, by the simulated clock and in monotonic seconds."""

    page: str
    moment: datetime
    at: float
    conditional: bool


@dataclass(slots=True)
class World:
    """Put pages in, look at what was asked and what arrived. Times of `served` are monotonic.

    Pages go by host and path: whatever stands after the question mark gets the same answer.
    """

    clock: Callable[[], datetime]
    telegram: Telegram
    exchange: Exchange
    pages: dict[str, Served] = field(default_factory=dict)
    faults: dict[str, Handler] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    served: dict[tuple[str, str], float] = field(default_factory=dict)
    url: str = ""
    _runner: web.AppRunner | None = None

    def put(self, url: str, body: bytes, content_type: str) -> None:
        """Publish a page, or its next version."""
        self.pages[_key(url)] = Served(body, content_type, self.clock())

    def fault(self, url: str, handler: Handler | None) -> None:
        """Answer one address in another way, or as usual again."""
        if handler is None:
            self.faults.pop(_key(url), None)
        else:
            self.faults[_key(url)] = handler

    def first_served(self, url: str, before: float) -> float | None:
        """When the newest version served by `before` first began to go out."""
        times = [at for (page, _), at in self.served.items() if page == _key(url) and at <= before]
        return max(times, default=None)

    async def __aenter__(self) -> Self:
        """Open the port; from here on Telegram shares the world's clock."""
        self.telegram.clock = self.clock
        app = web.Application(client_max_size=1 << 20)
        app.router.add_route("*", "/{host}/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the port."""
        self.telegram.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        host, path = request.match_info["host"], request.match_info["path"]
        if host == TELEGRAM_HOST:
            return await self.telegram.handle(request, path)
        key = f"{host}/{path}"
        conditional = any(name in request.headers for name in CONDITIONS)
        self.asked.append(Asked(key, self.clock(), time.monotonic(), conditional))
        if key in self.faults:
            return await self.faults[key](request)
        if host in self.exchange.HOSTS:
            return await self.exchange.handle(request, host, path)
        return self._page(request, host, key)

    def _page(self, request: web.Request, host: str, key: str) -> web.Response:
        page = self.pages.get(key)
        if page is None:
            # The Markets API answers a path it does not know with 400, never 404.
            status = 404 if host == CACHED_HOST else 400
            return web.Response(status=status, text="<html>Page not found</html>")
        headers = {"Cache-Control": "no-store", "Pragma": "no-cache"}
        if host == CACHED_HOST:
            changed = format_datetime(page.changed_at, usegmt=True)
            headers = {"Server": "cloudflare", "CF-Cache-Status": "DYNAMIC"}
            headers |= {"ETag": page.etag, "Last-Modified": changed}
            if _is_known(page, request):
                return web.Response(status=304, headers=headers)
        self.served.setdefault((key, page.etag), time.monotonic())
        headers["Content-Type"] = page.content_type
        return web.Response(body=page.body, headers=headers)


def _key(url: str) -> str:
    return url.removeprefix("https://").partition("?")[0]


def _is_known(page: Served, request: web.Request) -> bool:
    """By the entity tag if there is one, otherwise by the date: RFC 9110, section 13.2.2."""
    tag = request.headers.get("If-None-Match")
    if tag is not None:
        return page.etag in (tag, tag.removeprefix("W/"))
    since = request.headers.get("If-Modified-Since")
    changed = page.changed_at.replace(microsecond=0)
    return since is not None and changed <= parsedate_to_datetime(since)


async def hang(_: web.Request) -> web.StreamResponse:
    """A server that takes the request and says nothing."""
    await asyncio.sleep(3600)
    return web.Response()


def answers(status: int, body: bytes = b"", content_type: str = "text/html") -> Handler:
    """A server that always gives this answer."""

    async def handler(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, body=body, headers={"Content-Type": content_type})

    return handler
