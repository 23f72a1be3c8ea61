"""One server on loopback that plays the outside world: `/{host}/{path}` is `https://host/path`."""

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from types import TracebackType
from typing import Self

from aiohttp import web

from bot.demo.exchange import Exchange
from bot.demo.telegram import Telegram

TELEGRAM_HOST = "api.telegram.org"
CACHED_HOST = "www.federalreserve.gov"

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


@dataclass(slots=True)
class World:
    """Put pages in, look at what was asked and what arrived. Times of `served` are monotonic."""

    clock: Callable[[], datetime]
    telegram: Telegram
    exchange: Exchange
    pages: dict[str, Served] = field(default_factory=dict)
    faults: dict[str, Handler] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    served: dict[tuple[str, str], float] = field(default_factory=dict)
    url: str = ""
    _runner: web.AppRunner | None = None

    def put(self, url: str, body: bytes, content_type: str) -> None:
        """Publish a page, or its next version."""
        self.pages[url.removeprefix("https://")] = Served(body, content_type, self.clock())

    def fault(self, url: str, handler: Handler | None) -> None:
        """Answer one address in another way, or as usual again."""
        key = url.removeprefix("https://")
        if handler is None:
            self.faults.pop(key, None)
        else:
            self.faults[key] = handler

    def first_served(self, url: str, before: float) -> float | None:
        """When the newest version served by `before` first went out in full."""
        key = url.removeprefix("https://")
        times = [at for (page, _), at in self.served.items() if page == key and at <= before]
        return max(times, default=None)

    async def __aenter__(self) -> Self:
        """Open the port."""
        app = web.Application(client_max_size=1 << 20)
        app.router.add_route("*", "/{host}/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
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
        self.asked[key] = self.asked.get(key, 0) + 1
        if key in self.faults:
            return await self.faults[key](request)
        if host in self.exchange.HOSTS:
            return await self.exchange.handle(request, host, path)
        return self._page(request, host, key)

    def _page(self, request: web.Request, host: str, key: str) -> web.Response:
        page = self.pages.get(key)
        if page is None:
            return web.Response(status=404, text="<html>Page not found</html>")
        headers = {"Server": "cloudflare", "CF-Cache-Status": "DYNAMIC"}
        if host == CACHED_HOST:
            headers["ETag"] = page.etag
            headers["Last-Modified"] = format_datetime(page.changed_at, usegmt=True)
            if request.headers.get("If-None-Match") == page.etag:
                return web.Response(status=304, headers=headers)
        else:
            headers = {"Cache-Control": "no-store", "Pragma": "no-cache"}
        self.served.setdefault((key, page.etag), time.monotonic())
        response = web.Response(body=page.body, headers=headers)
        response.headers["Content-Type"] = page.content_type
        return response


async def hang(_: web.Request) -> web.StreamResponse:
    """A server that takes the request and says nothing."""
    await asyncio.sleep(3600)
    return web.Response()


def answers(status: int, body: bytes = b"", content_type: str = "text/html") -> Handler:
    """A server that always gives this answer."""

    async def handler(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, body=body, headers={"Content-Type": content_type})

    return handler
