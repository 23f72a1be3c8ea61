"""The end of every alert: official source, times, evidence, and what would contradict it."""

from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from bot.render.markup import Line, Piece, official_host
from bot.render.reason import severity
from bot.render.receipt import Receipt, times
from bot.render.sheet import Sheet
from bot.render.voice import Voice
from rules.alerts import Reason, Transition

MOST_LINKS: Final = 3


def foot(transition: Transition, sheet: Sheet, receipt: Receipt, voice: Voice) -> tuple[Line, ...]:
    """Lines in the order people look for them."""
    finding = transition.finding
    records = voice.say_many(
        "rests on {count} record", "rests on {count} records", len(finding.evidence)
    )
    lines = [_source(finding.urls, voice), *(((Piece(line),)) for line in times(receipt, voice))]
    lines.append(
        (
            Piece(
                voice.say(
                    "Severity: {severity} · {records}",
                    severity=severity(finding, voice),
                    records=records,
                )
            ),
        )
    )
    if sheet.contradicted_by and transition.reason is not Reason.RESOLVED:
        what = voice.say("Would contradict it: {what}", what=sheet.contradicted_by)
        lines.append((Piece(what),))
    return tuple(line for line in lines if line)


def _source(urls: Iterable[str], voice: Voice) -> Line:
    """Links to official pages, most important first; empty where there are none."""
    links = [Piece(_label(url), url=url) for url in urls if official_host(url)][:MOST_LINKS]
    if not links:
        return ()
    line = [Piece(voice.say("Official source: ")), links[0]]
    for link in links[1:]:
        line += [Piece(" · "), link]
    return tuple(line)


def _label(url: str) -> str:
    """Host and last part of an official address, enough to tell a statement from its note."""
    host, page = official_host(url) or "", urlsplit(url).path.rstrip("/").rpartition("/")[2]
    return f"{host}/…/{page}" if page else host
