"""Why people are told: what a reason adds to a headline, and the remark below it."""

from typing import Final

from bot.render.sheet import Sheet
from bot.render.voice import Voice, mark
from rules.alerts import Reason, Transition
from rules.base import Finding, Severity

SEVERITIES: Final = {
    Severity.INFO: mark("information"),
    Severity.WATCH: mark("watch"),
    Severity.WARN: mark("warning"),
    Severity.ALARM: mark("alarm"),
}

_HEADLINES: Final = {
    Reason.FOLLOW_UP: mark("Follow-up: {headline}"),
    Reason.ESCALATED: mark("Escalated: {headline}"),
    Reason.CORRECTION: mark("Correction: {headline}"),
    Reason.REMINDER: mark("Reminder: {headline}"),
    Reason.RESOLVED: mark("Resolved: {headline}"),
}


def headline(transition: Transition, sheet: Sheet, voice: Voice) -> str:
    """The sheet's headline under its reason; a first alert needs none."""
    if transition.reason is Reason.FIRST:
        return sheet.headline
    return voice.say(_HEADLINES[transition.reason], headline=sheet.headline)


def severity(finding: Finding, voice: Voice) -> str:
    """A severity in one calm word."""
    return voice.say(SEVERITIES[finding.severity])


def remarks(
    transition: Transition,
    sheet: Sheet,
    voice: Voice,
    *,
    before: Finding | None,
    told: Sheet | None,
) -> tuple[str, ...]:
    """What changed since people were told last: `before` and its sheet, where they are known."""
    match transition.reason:
        case Reason.CORRECTION:
            return (_corrected(sheet, told, voice),)
        case Reason.ESCALATED:
            return (_escalated(transition.finding, before, voice),)
        case Reason.REMINDER:
            return (voice.say("This still holds."),)
        case Reason.RESOLVED:
            return (voice.say("This no longer holds."),)
        case _:
            return ()


def _corrected(sheet: Sheet, told: Sheet | None, voice: Voice) -> str:
    if told is None or not told.figure or not sheet.figure:
        return voice.say("Corrected by the source: this replaces the earlier message.")
    if told.figure == sheet.figure:
        return voice.say("Corrected in its details; unchanged: {figure}", figure=sheet.figure)
    return voice.say("Corrected: {old} → {new}", old=told.figure, new=sheet.figure)


def _escalated(finding: Finding, before: Finding | None, voice: Voice) -> str:
    new = severity(finding, voice)
    if before is None:
        return voice.say("Severity raised to {new}", new=new)
    return voice.say("Severity: {old} → {new}", old=severity(before, voice), new=new)
