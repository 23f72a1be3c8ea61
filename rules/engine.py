"""The fold: events and rules in, alert transitions out.

The whole state is what `snapshot` writes: the past as far as rules look back, the state of policy,
the alerts and the threads. `fold(all) == restore(snapshot) + fold(tail)`: live, restart and replay
are this one class, and the only clock inside is the events' own.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from rules.alerts import Alert, Reason, State, Transition, step
from rules.base import Finding, Rule, Thread, View
from rules.events import Event, Fact
from rules.history import History
from rules.regime import Regime, advance

FORGET_AFTER = timedelta(days=45)
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
SNAPSHOT_VERSION = 1


class SnapshotError(Exception):
    """A snapshot cannot be read: start from the event stream instead."""


class Engine:
    """Folds events into alert transitions, one event at a time, in stream order."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = tuple(rule for rule in rules if rule.on)
        self.now = BEGINNING
        self.history = History()
        self.regime = Regime()
        self.alerts: dict[str, Alert] = {}
        self.threads: dict[str, Thread] = {}
        self._readers = _by_type(self.rules)

    def feed(self, event: Event) -> list[Transition]:
        """Take in one event; give back what changed, in the order of the rules.

        Transitions that rest on old news are marked quiet: the state moves, nobody is told.
        """
        self.now = max(self.now, event.observed_at)
        self.history.add(event)
        self.regime = advance(self.regime, event)
        told: list[Transition] = []
        for rule in self._readers.get(type(event), ()):
            told.extend(self._ask(rule, event))
        self._forget()
        return told

    def view(self) -> View:
        """What a rule would see now."""
        return View(self.now, self.history, self.regime, self.threads)

    def firing(self) -> list[Alert]:
        """Alerts that hold now and can end, oldest first."""
        lasting = {rule.name for rule in self.rules if rule.pace.resolves}
        held = (a for a in self.alerts.values() if a.state is State.FIRING and a.finding)
        return sorted(
            (a for a in held if a.finding and a.finding.rule in lasting), key=lambda a: a.since
        )

    def _ask(self, rule: Rule, event: Event) -> Iterator[Transition]:
        found = {finding.key: finding for finding in rule.findings(event, self.view())}
        for finding in found.values():
            yield from self._step(rule, finding.key, finding, quiet=event.baseline)
        if rule.pace.resolves:
            for key in self._live_keys(rule):
                if key not in found:
                    yield from self._step(rule, key, None, quiet=event.baseline)

    def _live_keys(self, rule: Rule) -> list[str]:
        return [
            alert.key
            for alert in self.alerts.values()
            if alert.state is not State.INACTIVE
            and alert.finding is not None
            and alert.finding.rule == rule.name
        ]

    def _step(
        self, rule: Rule, key: str, finding: Finding | None, *, quiet: bool
    ) -> Iterator[Transition]:
        before = self.alerts.get(key) or Alert(key=key, since=self.now)
        after, reason = step(before, finding, self.now, rule.pace)
        self.alerts[key] = after
        if reason is not None and after.finding is not None:
            told = before.finding if reason in (Reason.CORRECTION, Reason.ESCALATED) else None
            yield self._transition(after, after.finding, reason, told, quiet=quiet)

    def _transition(
        self,
        alert: Alert,
        finding: Finding,
        reason: Reason,
        before: Finding | None,
        *,
        quiet: bool,
    ) -> Transition:
        root = self._root(finding, quiet=quiet)
        if reason is Reason.FIRST and root is not None:
            reason = Reason.FOLLOW_UP
        return Transition(
            id=f"{alert.key}#{alert.told}",
            reason=reason,
            finding=finding,
            at=self.now,
            root=root,
            quiet=quiet,
            before=before,
        )

    def _root(self, finding: Finding, *, quiet: bool) -> str | None:
        if finding.thread is None:
            return None
        opened_at = finding.observed_at
        if quiet and finding.published_at is not None:
            opened_at = finding.published_at  # it was old when we first looked
        opened = Thread(
            key=finding.thread, root=finding.key, topic=finding.topic, opened_at=opened_at
        )
        thread = self.threads.setdefault(finding.thread, opened)
        return None if thread.root == finding.key else thread.root

    def _forget(self) -> None:
        oldest = self.now - FORGET_AFTER
        for key in [k for k, a in self.alerts.items() if (a.found_at or a.since) < oldest]:
            del self.alerts[key]
        for key in [k for k, thread in self.threads.items() if thread.opened_at < oldest]:
            del self.threads[key]

    def snapshot(self) -> dict[str, Any]:
        """The whole state in JSON-able form."""
        return {
            "version": SNAPSHOT_VERSION,
            "now": self.now.isoformat(),
            "history": self.history.dump(),
            "regime": self.regime.model_dump(mode="json"),
            "alerts": [alert.model_dump(mode="json") for alert in self.alerts.values()],
            "threads": [thread.model_dump(mode="json") for thread in self.threads.values()],
        }

    @classmethod
    def restore(cls, rules: Sequence[Rule], raw: dict[str, Any]) -> "Engine":
        """The engine that wrote this snapshot, with these rules.

        Raises `SnapshotError` if another version wrote it.
        """
        if raw.get("version") != SNAPSHOT_VERSION:
            raise SnapshotError(
                f"expected snapshot version {SNAPSHOT_VERSION}, found {raw.get('version')}"
            )
        engine = cls(rules)
        engine.now = datetime.fromisoformat(raw["now"])
        engine.history = History.load(raw["history"])
        engine.regime = Regime.model_validate(raw["regime"])
        engine.alerts = {a["key"]: Alert.model_validate(a) for a in raw["alerts"]}
        engine.threads = {t["key"]: Thread.model_validate(t) for t in raw["threads"]}
        return engine


def fold(engine: Engine, events: Iterable[Event]) -> list[Transition]:
    """Feed many events; all transitions in order."""
    return [transition for event in events for transition in engine.feed(event)]


def _by_type(rules: Sequence[Rule]) -> dict[type[Fact], tuple[Rule, ...]]:
    table: dict[type[Fact], list[Rule]] = {}
    for rule in rules:
        for kind in rule.reads:
            table.setdefault(kind, []).append(rule)
    return {kind: tuple(readers) for kind, readers in table.items()}
