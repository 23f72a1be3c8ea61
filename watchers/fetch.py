"""One polite GET: validators, Retry-After, size cap, timeouts, an honest user agent."""

from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import aiohttp
from pydantic import BaseModel, ConfigDict, Field

from rules.events import content_hash
from watchers.base import Link, Page, PageMissingError, SourceChangedError, SourceUnavailableError

VERSION = "0.1.0"
FULL_EVERY = 20
LONGEST_RETRY_AFTER = timedelta(hours=1)


class Fetching(BaseModel):
    """How sources are asked. The defaults are polite and need no change."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    contact: str = Field(
        default="https://github.com/fedpivot/fedpivot",
        description="who runs this bot: an address or URL that sources see in the user agent",
    )
    proxy: str | None = Field(default=None, description="HTTP proxy for sources and exchanges")
    gateway: str | None = Field(
        default=None, description="ask {gateway}/HOST/PATH in place of https://HOST/PATH"
    )
    max_bytes: int = Field(default=8 << 20, gt=0, description="largest body after decompression")
    total_s: float = Field(default=10, gt=0, description="time for a whole answer, seconds")
    connect_s: float = Field(default=4, gt=0, description="time to connect, seconds")
    idle_s: float = Field(default=5, gt=0, description="longest silence within an answer, seconds")


class Validator(BaseModel):
    """What is known of a page's last kept version."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    etag: str | None = None
    last_modified: str | None = None
    hash: str
    asked: int = 0


class Fetch:
    """Asks for pages; an unchanged page is None.

    A version counts as seen only after `keep`, which its reader calls once the page's events are
    published: until then a crash means that the page is simply read again.
    """

    def __init__(
        self, session: aiohttp.ClientSession, settings: Fetching, clock: Callable[[], datetime]
    ) -> None:
        self.settings = settings
        self._session = session
        self._clock = clock
        self.gateway = settings.gateway
        self.proxy = settings.proxy
        self.kept: dict[str, Validator] = {}

    async def __call__(self, source: str, link: Link) -> Page | None:
        """Ask once. Raises one of the `SourceError`s of watchers/base.py."""
        if not link.url.startswith("https://"):
            raise SourceChangedError(source, f"expected an https address, found {link.url[:100]}")
        try:
            return await self._get(source, link)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            what = str(error) or type(error).__name__
            raise SourceUnavailableError(source, f"no answer from {_host(link)}: {what}") from error

    def keep(self, page: Page) -> None:
        """This version has been dealt with."""
        before = self.kept.get(page.link.url)
        self.kept[page.link.url] = Validator(
            etag=page.headers.get("etag"),
            last_modified=page.headers.get("last-modified"),
            hash=content_hash(page.body),
            asked=before.asked if before else 0,
        )

    async def _get(self, source: str, link: Link) -> Page | None:
        known = self.kept.get(link.url)
        if known:
            known = known.model_copy(update={"asked": known.asked + 1})
            self.kept[link.url] = known
        async with self._session.get(
            self._address(link),
            headers=self._headers(known),
            proxy=self.settings.proxy,
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(
                total=self.settings.total_s,
                sock_connect=self.settings.connect_s,
                sock_read=self.settings.idle_s,
            ),
        ) as response:
            if response.status == 304:
                return None
            self._check_status(source, link, response)
            body = await self._read(source, response)
        _check_kind(source, link, response.content_type, body)
        if known and (content_hash(body) == known.hash or _older(response, known)):
            return None
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Page(link, body, self._clock(), response.content_type, headers)

    def _address(self, link: Link) -> str:
        gateway = self.settings.gateway
        return f"{gateway.rstrip('/')}/{link.url[len('https://') :]}" if gateway else link.url

    def _headers(self, known: Validator | None) -> dict[str, str]:
        headers = {
            "User-Agent": f"fedpivot/{VERSION} (+{self.settings.contact})",
            "Accept-Encoding": "gzip",
        }
        # Now and then without validators: a stale 304 must not hide a release for ever.
        if known and known.asked % FULL_EVERY:
            if known.etag:
                headers["If-None-Match"] = known.etag
            if known.last_modified:
                headers["If-Modified-Since"] = known.last_modified
        return headers

    def _check_status(self, source: str, link: Link, response: aiohttp.ClientResponse) -> None:
        if response.status == 200:
            return
        found = f"expected HTTP 200 from {_host(link)}, found {response.status}"
        if response.status == 404:
            raise PageMissingError(source, found)
        after = retry_after(response.headers.get("Retry-After"), self._clock())
        raise SourceUnavailableError(source, found, retry_after=after)

    async def _read(self, source: str, response: aiohttp.ClientResponse) -> bytes:
        body = bytearray()
        async for chunk in response.content.iter_chunked(1 << 16):
            body += chunk
            if len(body) > self.settings.max_bytes:
                raise SourceChangedError(
                    source, f"expected at most {self.settings.max_bytes} bytes, found more"
                )
        return bytes(body)


def retry_after(header: str | None, now: datetime) -> timedelta | None:
    """How long a source asks us to wait, from seconds or an HTTP date; at most an hour."""
    if not header:
        return None
    if header.strip().isdecimal():
        wait = timedelta(seconds=min(int(header), 10**6))
    else:
        try:
            wait = parsedate_to_datetime(header) - now
        except (ValueError, TypeError):
            return None
    return min(max(wait, timedelta(0)), LONGEST_RETRY_AFTER)


def _check_kind(source: str, link: Link, content_type: str, body: bytes) -> None:
    """An HTML error page with status 200 is the commonest way to be told nothing."""
    if not link.accept:
        return
    start = body[:200].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    is_html = start.startswith((b"<!doctype html", b"<html"))
    wanted = " or ".join(link.accept)
    if is_html and "html" not in link.accept:
        raise SourceChangedError(source, f"expected {wanted}, found an HTML page", body=body)
    if not any(kind in content_type for kind in (*link.accept, "text", "octet-stream")):
        raise SourceChangedError(source, f"expected {wanted}, found {content_type}", body=body)


def _older(response: aiohttp.ClientResponse, known: Validator) -> bool:
    """A cache that serves a copy from before the one we know."""
    try:
        mine = parsedate_to_datetime(known.last_modified or "")
        theirs = parsedate_to_datetime(response.headers.get("Last-Modified", ""))
        older = theirs < mine
    except (ValueError, TypeError):
        return False
    return older


def _host(link: Link) -> str:
    return urlsplit(link.url).netloc
