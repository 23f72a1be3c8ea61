"""An alert as a message: headline, values, source, times, evidence. A lost alert is unforgivable.

What cannot be told in its own wording is told plainly, and in the worst case by its bare name and
link.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

import structlog

from bot.render.alerts.generic import generic
from bot.render.alerts.registry import SHEETS
from bot.render.foot import foot
from bot.render.markup import Line, Piece, as_html, as_plain, compose, cut
from bot.render.reason import headline, remarks
from bot.render.receipt import Receipt
from bot.render.sheet import Sheet, Values
from bot.render.voice import Voice, voice_for
from rules.alerts import Reason, Transition
from rules.base import Finding, Severity

__all__ = ["Message", "Reader", "Receipt", "render"]

log = structlog.get_logger(__name__)

LONGEST_CALLBACK: Final = 64  # bytes; Telegram refuses more

Buttons = tuple[tuple[tuple[str, str], ...], ...]
Form = Callable[[Finding, Voice], Sheet]


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: a language of `LANGUAGES` and an IANA time zone."""

    language: str
    time_zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Message:
    """Telegram HTML, the same without markup, and rows of buttons as (label, callback data)."""

    text: str
    plain: str
    buttons: Buttons = ()
    link_preview: bool = False
    silent: bool = False


def render(
    transition: Transition,
    reader: Reader,
    receipt: Receipt,
    *,
    possible_repeat: bool = False,
    before: Finding | None = None,
) -> Message:
    """The message for one reader; never raises.

    An unknown language is answered in English, an unknown zone in UTC. `before` is the finding that
    people were told last, for "corrected: old → new".
    """
    voice = voice_for(reader.language, reader.time_zone)
    forms: tuple[Form, ...] = (_own, generic)
    for form in forms:
        try:
            return _message(form, transition, receipt, voice, possible_repeat, before)
        except Exception as error:  # noqa: BLE001 # whatever is odd about it, it must be told
            log.warning("alert told more plainly", id=transition.id, problem=repr(error))
    return _bare(transition)


def _own(finding: Finding, voice: Voice) -> Sheet:
    if finding.message not in SHEETS:
        return generic(finding, voice)
    return SHEETS[finding.message](Values(finding.values), voice)


def _message(
    form: Form,
    transition: Transition,
    receipt: Receipt,
    voice: Voice,
    possible_repeat: bool,
    before: Finding | None,
) -> Message:
    sheet = form(transition.finding, voice)
    told = form(before, voice) if before else None
    said = remarks(transition, sheet, voice, before=before, told=told)
    if possible_repeat:
        said = (*said, voice.say("Possible repeat: this may have reached you before."))
    head: list[Line] = [(Piece(f"{sheet.emoji} {headline(transition, sheet, voice)}", "b"),)]
    head += [(Piece(line, "i"),) for line in said]
    body: list[Line] = []
    if transition.reason is not Reason.RESOLVED:
        body = [(piece,) for piece in sheet.lines]
    end = foot(transition, sheet, receipt, voice)
    return Message(
        text=compose(head, body, end, as_html),
        plain=compose(head, body, end, as_plain),
        buttons=_buttons(transition.finding.rule, voice),
        silent=is_silent(transition),
    )


def is_silent(transition: Transition) -> bool:
    """Whether it comes without a sound: information, a reminder, an end."""
    calm = (Reason.REMINDER, Reason.RESOLVED)
    return transition.finding.severity is Severity.INFO or transition.reason in calm


def _buttons(rule: str, voice: Voice) -> Buttons:
    row = (
        (voice.say("Snooze rule 1 h"), f"silence:1h:{rule}"),
        (voice.say("Mute rule 1 day"), f"silence:1d:{rule}"),
    )
    fits = all(len(data.encode()) <= LONGEST_CALLBACK for _, data in row)
    return (row,) if fits else ()


def _bare(transition: Transition) -> Message:
    """Name and links without any wording: cannot fail."""
    finding = transition.finding
    lines: Iterable[Line] = [(Piece(cut(finding.message, 200)),)]
    links: list[Line] = [(Piece(cut(url, 200), url=url),) for url in finding.urls[:3]]
    return Message(compose(lines, (), links, as_html), compose(lines, (), links, as_plain))
