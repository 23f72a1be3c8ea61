"""What the bot answers in chat, in each language. Message ids are the English wording."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from html import escape

from bot.outbox import Job
from bot.render.alert import Reader, Receipt, render
from bot.render.language import translation
from bot.render.markup import ELLIPSIS, LIMIT, Piece, as_html, cut, units
from bot.store import Silence
from rules.alerts import Alert
from rules.base import Rule
from watchers.poll import Standing

Buttons = tuple[tuple[tuple[str, str], ...], ...]
LANGUAGE_BUTTONS: Buttons = ((("English", "language en"), ("繁體中文", "language zh")),)
MARKS = {"ok": "🟢", "failing": "🔴", "changed": "🟠", None: "⚪"}


class Replies:
    """Answers in one language, as Telegram HTML."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._ = translation(language, domain="replies").gettext

    def welcome(self) -> str:
        """The first words."""
        _ = self._
        return "\n\n".join(
            (
                "<b>fedpivot</b>",
                _("You are subscribed. You will be told when the Fed's liquidity stance shifts."),
                _("Alerts give the facts, the official source and the times. They never advise."),
                _("Pick a language, or see what is going on:"),
            )
        )

    def start_buttons(self) -> Buttons:
        """The way to everything from /start."""
        _ = self._
        return (
            *LANGUAGE_BUTTONS,
            ((_("Status"), "status"), (_("Latest"), "latest")),
            ((_("Rules"), "rules"), (_("Silence"), "silence"), (_("Help"), "help")),
            ((_("Language"), "language"), (_("Stop"), "stop")),
        )

    def language_buttons(self) -> Buttons:
        """The languages."""
        return LANGUAGE_BUTTONS

    def silence_buttons(self) -> Buttons:
        """Usual silences."""
        _ = self._
        return (
            (
                (_("1 hour"), "silence 1h"),
                (_("1 day"), "silence 1d"),
                (_("End silence"), "silence off"),
            ),
        )

    def stopped(self) -> str:
        """After /stop."""
        return self._("You will not be told any more. /start brings you back.")

    def stopped_buttons(self) -> Buttons:
        """The way back."""
        return (((self._("Start again"), "start"),),)

    def pick_language(self) -> str:
        """Above the language buttons."""
        return self._("Which language?")

    def language_set(self) -> str:
        """After a language was picked."""
        return self._("From now on in English.")

    def help(self, rows: Iterable[tuple[str, str]]) -> str:
        """Usage and summary of every command."""
        _ = self._
        lines = [f"{escape(usage)}\n   {escape(_(summary))}" for usage, summary in rows]
        return "\n".join((f"<b>{_('What you can ask')}</b>", "", *lines))

    def summary(self, summary: str) -> str:
        """A command's line in the menu."""
        return self._(summary)

    def usage(self, found: str, usage: str, example: str) -> str:
        """A command that could not be understood."""
        text = self._("I do not understand “{found}”. Usage: {usage}. Example: {example}")
        return text.format(found=_safe(found, 60), usage=escape(usage), example=escape(example))

    def unknown(self, name: str) -> str:
        """A command that does not exist."""
        return self._("There is no /{name}. /help shows what there is.").format(
            name=_safe(name, 40)
        )

    def prompt(self) -> str:
        """What the terminal says before the first command."""
        return self._("Commands can be typed here, such as {example}.").format(example="/help")

    def not_allowed(self) -> str:
        """A chat that may not use this bot."""
        return self._("This bot is private. Its owner can allow this chat: {chat}")

    def silenced(self, rule: str | None, until: datetime) -> str:
        """After /silence."""
        if rule is None:
            return self._("Quiet until {until} UTC. Nothing is lost: /latest shows it.").format(
                until=_time(until)
            )
        return self._("{rule}: quiet until {until} UTC. Nothing is lost: /latest shows it.").format(
            rule=escape(rule), until=_time(until)
        )

    def silences(self, mine: Sequence[Silence], now: datetime) -> str:
        """The silences of a chat."""
        if not mine:
            return self._("Nothing is silenced.")
        rows = (
            f"{escape(s.rule or '*')}: {_time(s.until)} UTC ({_span(s.until - now)})" for s in mine
        )
        return "\n".join((f"<b>{self._('Silenced')}</b>", *rows))

    def silence_ended(self, count: int) -> str:
        """After /silence off."""
        return self._("Silences ended: {count}").format(count=count)

    def latest(self, jobs: Sequence[Job]) -> str:
        """Headlines of the newest alerts."""
        if not jobs:
            return self._("No alerts yet.")
        reader = Reader(language=self.language)
        rows = []
        for job in jobs:
            finding = job.transition.finding
            receipt = Receipt(finding.published_at, finding.observed_at, job.detected_at)
            headline = render(job.transition, reader, receipt).plain.split("\n", 1)[0]
            link = " " + as_html(Piece("→", url=finding.urls[0])) if finding.urls else ""
            rows.append(f"{_time(job.transition.at)} UTC  {escape(headline)}{link}")
        return "\n\n".join((f"<b>{self._('Latest')}</b>", *rows))

    def rules(self, rules: Sequence[Rule]) -> str:
        """Each rule, its question and its thresholds."""
        rows = [f"<b>{self._('Rules')}</b>"]
        for rule in rules:
            mark = "🟢" if rule.on else "⚪"
            about = self._(question(rule))
            knobs = ", ".join(f"{name} {_knob(value)}" for name, value in _knobs(rule))
            rows.append(f"{mark} <b>{rule.name}</b>\n{escape(about)}\n{escape(knobs)}")
        return "\n\n".join(rows)

    def status(
        self,
        *,
        version: str,
        now: datetime,
        sources: Sequence[Standing],
        firing: Sequence[Alert],
        regime: Mapping[str, object],
    ) -> str:
        """How the bot sees the world and itself."""
        _ = self._
        rows = [f"<b>fedpivot {escape(version)}</b> · {_time(now)} UTC"]
        stance = regime.get("announced") or _("not known yet: no official text read so far")
        rows.append(f"{_('Balance sheet')}: {escape(str(stance))}")
        if regime.get("target"):
            rows.append(f"{_('Target range')}: {escape(str(regime['target']))}")
        rows.append("")
        rows += [self._source(standing, now) for standing in sources]
        if firing:
            rows += ["", f"<b>{_('Firing')}</b>", *(escape(alert.key) for alert in firing)]
        return "\n".join(rows)

    def _source(self, standing: Standing, now: datetime) -> str:
        _ = self._
        mark = MARKS.get(standing.state and standing.state.value, "🟠")
        last = standing.last_success
        seen = _("{span} ago").format(span=_span(now - last)) if last else _("never")
        row = f"{mark} <b>{standing.watcher}</b> · {_('last success')} {seen}"
        if standing.next_look:
            wait = max(standing.next_look - now, timedelta(0))
            row += f" · {_('next in {span}').format(span=_span(wait))}"
        if standing.problem:
            row += f"\n   {_safe(standing.problem, 160)}"
        return row


def question(rule: Rule) -> str:
    """What a rule asks: the first line of its description, which is a message id of its own."""
    return (type(rule).__doc__ or "").strip().splitlines()[0]


def whole_lines(html: str) -> str:
    """As many lines as one message holds. Tags close on the line they open on: none is cut."""
    if units(html) <= LIMIT:
        return html
    kept: list[str] = []
    room = LIMIT - units(ELLIPSIS)
    for line in html.split("\n"):
        room -= units(line) + 1
        if room < 0:
            break
        kept.append(line)
    return "\n".join((*kept, ELLIPSIS))


@lru_cache
def replies(language: str) -> Replies:
    """The answers of one language."""
    return Replies(language)


def _safe(text: str, at_most: int) -> str:
    """What people or sources wrote, as one short line without markup."""
    return escape(cut(text, at_most))


def _knobs(rule: Rule) -> Iterable[tuple[str, object]]:
    return ((name, value) for name, value in rule if name not in ("on", "pace"))


def _knob(value: object) -> str:
    if isinstance(value, timedelta):
        return _span(value)
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M")


def _span(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
