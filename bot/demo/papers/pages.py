"""Source payloads in their documented shapes: feed, release pages, operation results."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from rules.calendar_mask import is_business_day

NEW_YORK = ZoneInfo("America/New_York")
HOST = "https://www.federalreserve.gov"
FEED_URL = f"{HOST}/feeds/press_monetary.xml"
OPERATIONS_URL = "https://markets.newyorkfed.org/api/rp/all/all/results/lastTwoWeeks.json"
FULL_ALLOTMENT_SINCE = date(2025, 12, 11)
# The API puts the comma of these fields after a blank; of the others right after the value.
LATE = ("participating", "accepted", "total", "percent", "propositions")
SECURITIES = ("Treasury", "Agency", "Mortgage-Backed")
AUCTION_RATES = (
    "percentHighRate", "percentLowRate", "percentStopOutRate", "percentWeightedAverageRate",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One press release as the feed lists it."""

    title: str
    published_at: datetime
    letter: str = "a"

    @property
    def url(self) -> str:
        """The release's page."""
        day = self.published_at.astimezone(NEW_YORK)
        return f"{HOST}/newsevents/pressreleases/monetary{day:%Y%m%d}{self.letter}.htm"


def feed(items: Sequence[FeedItem]) -> bytes:
    """RSS 2.0 as the Board sends it: BOM, CRLF, CDATA, unpadded days, four trailing blanks."""
    lines = [
        '<?xml version="1.0" encoding="utf-8" ?>',
        '<rss version="2.0">',
        "    <channel>",
        "        <title>FRB: Press Release - Monetary Policy</title>",
        f"        <link><![CDATA[{HOST}/feeds/feeds.htm]]></link>",
        "        <description><![CDATA[Press releases about monetary policy from the Federal"
        " Reserve Board]]></description>",
        "        <language>en</language>",
    ]
    for item in sorted(items, key=lambda item: item.published_at, reverse=True):
        title = escape(item.title).replace("&#x27;", "&#39;")
        moment = item.published_at
        stamp = f"{moment:%a}, {moment.day} {moment:%b %Y %H:%M:%S} GMT"
        lines += [
            "        <item>",
            f"            <title>{title}</title>",
            f"            <link><![CDATA[{item.url}]]></link>",
            f"            <guid><![CDATA[{item.url}]]></guid>",
            f"            <description><![CDATA[{title}]]></description>",
            "            <category>Monetary Policy</category>",
            f"            <pubDate><![CDATA[{stamp}]]></pubDate>    ",
            "        </item>",
        ]
    lines += ["    </channel>", "</rss>"]
    return b"\xef\xbb\xbf" + "\r\n".join(lines).encode()


def release_page(title: str, released_at: datetime, text: str) -> bytes:
    """A press release in the Board's template; paragraphs of `text` apart by blank lines."""
    local = released_at.astimezone(NEW_YORK)
    hour = f"{local.hour % 12 or 12}:{local:%M} {'p' if local.hour >= 12 else 'a'}.m."
    blocks = "\r\n".join(_block(part) for part in text.split("\n\n") if part.strip())
    page = f"""<!DOCTYPE html>
<html lang="en" class="no-js">
<head><meta charset="utf-8"><title>Federal Reserve Board - {escape(title)}</title>
<script>window.dataLayer = [];</script></head>
<body><nav><p>Skip to main content</p></nav>
<div id="content" class="container"><div class="row"><div id="article">
<div class="heading col-xs-12 col-sm-8 col-md-8">
<p class="article__time">{local:%B} {local.day}, {local.year}</p>
<h3 class="title">{escape(title)}</h3>
<p class="releaseTime">For release at {hour} {local:%Z}</p>
<div class="shareDL"><a href="#">Share</a></div></div>
<div class="col-xs-12 col-sm-8 col-md-8">
{blocks}
<p>For media inquiries, please email
<a href="/cdn-cgi/l/email-protection">[email&#160;protected]</a>
or call 202-452-2955.</p>
</div></div></div>
<div id="lastUpdate" class="panel-footer">Last Update: {local:%B} {local.day}, {local.year}</div>
</div><footer><p>Board of Governors of the Federal Reserve System</p></footer></body></html>"""
    return page.replace("\n", "\r\n").encode()


def _block(part: str) -> str:
    lines = part.strip().split("\n")
    if all(line.lstrip().startswith("- ") for line in lines):
        items = "".join(f"<li><p>{escape(line.lstrip()[2:])}</p></li>" for line in lines)
        return f"<ul>{items}</ul>"
    return f"<p>{escape(' '.join(lines), quote=False)}</p>"


@dataclass(frozen=True, slots=True)
class Operation:
    """One repo operation's result."""

    day: date
    number: int
    kind: str
    accepted_bn: Decimal
    rate_pct: Decimal
    close: str

    def row(self) -> dict[str, Any]:
        """As the API gives it: USD, its own misspelling, naive Eastern time."""
        dollars = int(self.accepted_bn * 10**9)
        due = _next_business_day(self.day)
        reverse = self.kind == "Reverse Repo"
        parties = {"participatingCpty": 9, "acceptedCpty": 9} if reverse else {}
        return {
            "operationId": f"RP {self.day:%m%d%y} {self.number}",
            "auctionStatus": "Results",
            "operationDate": self.day.isoformat(),
            "settlementDate": self.day.isoformat(),
            "maturityDate": due.isoformat(),
            "operationType": self.kind,
            "operationMethod": self._method(),
            "settlementType": "Same Day",
            "termCalenderDays": (due - self.day).days,
            "term": "Overnight",
            "releaseTime": "12:45" if reverse else "08:15" if self.number == 1 else "13:30",
            "closeTime": self.close,
            "note": "",
            "lastUpdated": f"{self.day.isoformat()} {self.close}:27",
            **parties,
            "totalAmtSubmitted": dollars,
            "totalAmtAccepted": dollars,
            "details": self._details(dollars),
        }

    def _method(self) -> str:
        if self.kind == "Reverse Repo":
            return "Fixed Rate"
        return "Full Allotment" if self.day >= FULL_ALLOTMENT_SINCE else "Multiple Price"

    def _details(self, dollars: int) -> list[dict[str, Any]]:
        """All of it is against Treasuries here; a tranche without bids has no auction rates."""
        kinds = ["Treasury"] if self.kind == "Reverse Repo" else [*SECURITIES]
        amounts = [dollars if kind == "Treasury" else 0 for kind in kinds]
        return [
            {
                "securityType": kind,
                "amtSubmitted": amount,
                "amtAccepted": amount,
                **dict.fromkeys(self._rates(amount), float(self.rate_pct)),
            }
            for kind, amount in zip(kinds, amounts, strict=True)
        ]

    def _rates(self, amount: int) -> tuple[str, ...]:
        if self.kind == "Reverse Repo":
            return ("percentOfferingRate", "percentAwardRate")
        if self._method() == "Full Allotment":
            return ("percentOfferingRate",)
        return AUCTION_RATES if amount else ()


def operations(found: Sequence[Operation]) -> bytes:
    """The results, newest day first and within a day in the order given."""
    rows = [operation.row() for operation in sorted(found, key=lambda o: o.day, reverse=True)]
    return as_sent({"repo": {"operations": rows}})


def as_sent(value: dict[str, Any]) -> bytes:
    """JSON on one line with the API's odd blanks and escaped slashes."""
    return _text(value).encode()


def _text(value: Any) -> str:
    if isinstance(value, dict):
        fields = [f"{_comma(name)}{json.dumps(name)}: {_text(v)}" for name, v in value.items()]
        return "{ " + "".join(fields).lstrip(" ,") + " }"
    if isinstance(value, list):
        return f"[ {', '.join(map(_text, value))} ]"
    return str(value) if isinstance(value, Decimal) else json.dumps(value).replace("/", "\\/")


def _comma(name: str) -> str:
    if name == "details":
        return " , "
    return " ," if name.startswith(LATE) else ", "


def _next_business_day(day: date) -> date:
    day += timedelta(days=1)
    while not is_business_day(day):
        day += timedelta(days=1)
    return day
